// A CpuSet beside the plainest thing that means the same: a set of numbers.
#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <iterator>
#include <set>

#include <pinfold/cpu_set.h>

namespace pinfold::test {

using Numbers = std::set<unsigned>;

inline CpuSet set_of(const Numbers& numbers) {
  CpuSet set;
  for (const unsigned number : numbers) {
    set.add(CpuId(number));
  }
  return set;
}

inline Numbers numbers_of(const CpuSet& set) {
  Numbers numbers;
  for (const CpuId cpu : set) {
    numbers.insert(cpu.value());
  }
  return numbers;
}

/// A CPU number of a small machine, of one beyond a word, at the inline limit, or of a large one.
inline rc::Gen<unsigned> any_cpu() {
  return rc::gen::weightedOneOf<unsigned>({{4, rc::gen::inRange(0U, 64U)},
                                           {3, rc::gen::inRange(0U, 256U)},
                                           {3, rc::gen::inRange(1000U, 1100U)},
                                           {2, rc::gen::inRange(0U, 10000U)}});
}

/// Sets of all sizes, dense ones and sparse ones.
inline rc::Gen<Numbers> any_numbers() {
  const auto within = [](unsigned limit) {
    return rc::gen::container<Numbers>(rc::gen::inRange(0U, limit));
  };
  return rc::gen::oneOf(within(16), within(64), within(130), within(1024), within(1100),
                        rc::gen::container<Numbers>(any_cpu()));
}

}  // namespace pinfold::test
