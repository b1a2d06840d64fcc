// CpuSet beside CPU_SET(3): every macro of the manual page has its counterpart.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sched.h>

#include <functional>
#include <memory>

#include <pinfold/cpu_set.h>

#include "cpuset/model.h"

namespace pinfold {
namespace {

using test::Numbers;
using test::set_of;

// A cpu_set_t for `size` bytes, from CPU_ALLOC.
class Mask {
 public:
  explicit Mask(unsigned cpus) : bits_(CPU_ALLOC(cpus)), size_(CPU_ALLOC_SIZE(cpus)) {
    CPU_ZERO_S(size_, get());
  }
  Mask(unsigned cpus, const Numbers& numbers) : Mask(cpus) {
    for (const unsigned cpu : numbers) {
      CPU_SET_S(cpu, size_, get());
    }
  }
  [[nodiscard]] cpu_set_t* get() const { return bits_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  // Through the words, as the kernel reads it.
  [[nodiscard]] CpuSet set() const {
    return CpuSet::from_words(
        {reinterpret_cast<const CpuSet::Word*>(get()), size_ / sizeof(CpuSet::Word)});
  }

 private:
  struct Free {
    void operator()(cpu_set_t* bits) const { CPU_FREE(bits); }
  };
  std::unique_ptr<cpu_set_t, Free> bits_;
  std::size_t size_;
};

rc::Gen<Numbers> numbers_below(unsigned limit) {
  return rc::gen::container<Numbers>(rc::gen::inRange(0U, limit));
}

CpuSet set_of_fixed(const cpu_set_t& mask) {
  return CpuSet::from_words(
      {reinterpret_cast<const CpuSet::Word*>(&mask), sizeof mask / sizeof(CpuSet::Word)});
}

RC_GTEST_PROP(CpuSetMacros, M22_CpuSetDoesWhatTheMacrosDo, ()) {
  const Numbers numbers = *numbers_below(CPU_SETSIZE);
  const Numbers others = *numbers_below(CPU_SETSIZE);
  const auto cpu = *rc::gen::inRange<unsigned>(0, CPU_SETSIZE);
  cpu_set_t a;
  cpu_set_t b;
  cpu_set_t c;
  CPU_ZERO(&a);
  CPU_ZERO(&b);
  RC_ASSERT(set_of_fixed(a).empty());
  for (const unsigned number : numbers) {
    CPU_SET(number, &a);
  }
  for (const unsigned number : others) {
    CPU_SET(number, &b);
  }
  CpuSet set = set_of(numbers);
  const CpuSet other = set_of(others);
  RC_ASSERT(set_of_fixed(a) == set);
  RC_ASSERT(static_cast<bool>(CPU_ISSET(cpu, &a)) == set.contains(CpuId(cpu)));
  RC_ASSERT(static_cast<std::size_t>(CPU_COUNT(&a)) == set.count());
  RC_ASSERT(static_cast<bool>(CPU_EQUAL(&a, &b)) == (set == other));
  CPU_AND(&c, &a, &b);
  RC_ASSERT(set_of_fixed(c) == (set & other));
  CPU_OR(&c, &a, &b);
  RC_ASSERT(set_of_fixed(c) == (set | other));
  CPU_XOR(&c, &a, &b);
  RC_ASSERT(set_of_fixed(c) == (set ^ other));
  CPU_CLR(cpu, &a);
  set.remove(CpuId(cpu));
  RC_ASSERT(set_of_fixed(a) == set);
}

RC_GTEST_PROP(CpuSetMacros, M22_CpuSetDoesWhatTheMacrosForLargeMasksDo, ()) {
  const unsigned limit = *rc::gen::element(1U, 64U, 65U, 1024U, 1025U, 4096U, 10000U);
  const Numbers numbers = *numbers_below(limit);
  const Numbers others = *numbers_below(limit);
  const unsigned cpu = *rc::gen::inRange(0U, limit);
  const Mask a(limit, numbers);
  const Mask b(limit, others);
  const Mask c(limit);
  const std::size_t size = a.size();
  CpuSet set = set_of(numbers);
  const CpuSet other = set_of(others);
  RC_ASSERT(c.set().empty());
  RC_ASSERT(a.set() == set);
  RC_ASSERT(static_cast<bool>(CPU_ISSET_S(cpu, size, a.get())) == set.contains(CpuId(cpu)));
  RC_ASSERT(static_cast<std::size_t>(CPU_COUNT_S(size, a.get())) == set.count());
  RC_ASSERT(static_cast<bool>(CPU_EQUAL_S(size, a.get(), b.get())) == (set == other));
  CPU_AND_S(size, c.get(), a.get(), b.get());
  RC_ASSERT(c.set() == (set & other));
  CPU_OR_S(size, c.get(), a.get(), b.get());
  RC_ASSERT(c.set() == (set | other));
  CPU_XOR_S(size, c.get(), a.get(), b.get());
  RC_ASSERT(c.set() == (set ^ other));
  CPU_CLR_S(cpu, size, a.get());
  set.remove(CpuId(cpu));
  RC_ASSERT(a.set() == set);
}

// The macros drop what does not fit into the mask, without a word; CpuSet has no such end.
TEST(CpuSetMacros, M22_CpuSetHoldsCpusBeyondTheLastOfCpuSetT) {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  volatile unsigned beyond = 1500;
  CPU_SET(beyond, &mask);
  EXPECT_EQ(CPU_COUNT(&mask), 0);
  CpuSet set;
  set.add(CpuId(beyond));
  EXPECT_EQ(set.count(), 1U);
}

}  // namespace
}  // namespace pinfold
