#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <ranges>
#include <utility>
#include <vector>

#include <pinfold/cpu_set.h>

#include "cpuset/model.h"
#include "support/print.h"
#include "support/program.h"

namespace pinfold {
namespace {

using test::any_cpu;
using test::any_numbers;
using test::cpus;
using test::Numbers;
using test::numbers_of;
using test::set_of;

static_assert(std::ranges::forward_range<CpuSet>);
static_assert(std::is_nothrow_move_constructible_v<CpuSet>);
static_assert(std::is_nothrow_move_assignable_v<CpuSet>);

// All that can be asked of a set says what the numbers say.
void check_same(const CpuSet& set, const Numbers& numbers) {
  RC_ASSERT(numbers_of(set) == numbers);
  RC_ASSERT(set.count() == numbers.size());
  RC_ASSERT(set.empty() == numbers.empty());
  RC_ASSERT(set.first().has_value() == !numbers.empty());
  RC_ASSERT(set.last().has_value() == !numbers.empty());
  if (!numbers.empty()) {
    RC_ASSERT(set.first()->value() == *numbers.begin());
    RC_ASSERT(set.last()->value() == *numbers.rbegin());
  }
  // One way to write each set, so that == may compare words.
  const std::size_t words = numbers.empty() ? 0 : *numbers.rbegin() / CpuSet::word_bits + 1;
  RC_ASSERT(set.words().size() == words);
  RC_ASSERT(set == set_of(numbers));
}

template <class Algorithm>
Numbers combine(const Numbers& a, const Numbers& b, Algorithm algorithm) {
  Numbers result;
  algorithm(a, b, std::inserter(result, result.end()));
  return result;
}

Numbers all_of(const Numbers& a, const Numbers& b) { return combine(a, b, std::ranges::set_union); }
Numbers common(const Numbers& a, const Numbers& b) {
  return combine(a, b, std::ranges::set_intersection);
}
Numbers not_common(const Numbers& a, const Numbers& b) {
  return combine(a, b, std::ranges::set_symmetric_difference);
}
Numbers without(const Numbers& a, const Numbers& b) {
  return combine(a, b, std::ranges::set_difference);
}

TEST(CpuSet, IsEmptyAtFirst) {
  const CpuSet set;
  EXPECT_TRUE(set.empty());
  EXPECT_EQ(set.count(), 0U);
  EXPECT_EQ(set.first(), std::nullopt);
  EXPECT_EQ(set.last(), std::nullopt);
  EXPECT_TRUE(set.words().empty());
  EXPECT_TRUE(set.begin() == CpuSet::end());
}

TEST(CpuSet, HoldsWhatWasAdded) {
  CpuSet set;
  set.add(CpuId(5000));
  EXPECT_TRUE(set.contains(CpuId(5000)));
  EXPECT_FALSE(set.contains(CpuId(4999)));
  EXPECT_FALSE(set.contains(CpuId(100000)));
  EXPECT_EQ(set, cpus("5000"));
}

TEST(CpuSet, IsMadeOfAListOfCpus) {
  EXPECT_EQ((CpuSet{CpuId(8), CpuId(0), CpuId(8)}), cpus("0,8"));
}

TEST(CpuSet, WordsAreTheMaskOfTheKernel) {
  const CpuSet set{CpuId(0), CpuId(2), CpuId(CpuSet::word_bits + 1)};
  ASSERT_EQ(set.words().size(), 2U);
  EXPECT_EQ(set.words()[0], 5UL);
  EXPECT_EQ(set.words()[1], 2UL);
}

TEST(CpuSet, WordsThatAreZeroAtTheEndAreNoPartOfIt) {
  const std::array<CpuSet::Word, 40> words = {1, 0, 4};
  const CpuSet set = CpuSet::from_words(words);
  EXPECT_EQ(set.words().size(), 3U);
  EXPECT_EQ(set, (CpuSet{CpuId(0), CpuId(2 * CpuSet::word_bits + 2)}));
  EXPECT_TRUE(CpuSet::from_words(std::span(words).subspan(5)).empty());
}

TEST(CpuSet, IsEmptyAfterItWasMovedFrom) {
  for (const char* list : {"3", "0-1023", "5000"}) {
    CpuSet from = cpus(list);
    const CpuSet to = std::move(from);
    EXPECT_EQ(to, cpus(list));
    EXPECT_EQ(from, CpuSet()) << list;  // NOLINT(bugprone-use-after-move): it is promised
    from.add(CpuId(7));
    EXPECT_EQ(from, cpus("7")) << list;
    from = cpus("0-2000");
    EXPECT_EQ(from, cpus("0-2000")) << list;
  }
}

TEST(CpuSet, StaysWhatItIsWhenAssignedToItself) {
  for (const char* list : {"", "3", "0-1023", "5000"}) {
    CpuSet set = cpus(list);
    CpuSet& same = set;
    set = same;
    EXPECT_EQ(set, cpus(list));
    set = std::move(same);
    EXPECT_EQ(set, cpus(list));
  }
}

TEST(CpuSet, RangeWhoseEndsAreReversedIsEmpty) {
  EXPECT_TRUE(CpuSet::range(CpuId(3), CpuId(2)).empty());
  EXPECT_TRUE(CpuSet::range(CpuId(300), CpuId(2), 5).empty());
  CpuSet set = cpus("1");
  set.add_range(CpuId(3), CpuId(2));
  EXPECT_EQ(set, cpus("1"));
}

TEST(CpuSet, IteratesInAlgorithms) {
  const CpuSet set = cpus("1,64,5000");
  std::vector<unsigned> seen;
  std::ranges::for_each(set, [&](CpuId cpu) { seen.push_back(cpu.value()); });
  EXPECT_EQ(seen, (std::vector<unsigned>{1, 64, 5000}));
  auto cpu = set.begin();
  EXPECT_EQ(*cpu++, CpuId(1));
  EXPECT_EQ(*cpu, CpuId(64));
  EXPECT_EQ(cpu, ++set.begin());
}

RC_GTEST_PROP(CpuSetProperty, IsTheSetOfWhatWasAdded, ()) {
  const Numbers numbers = *any_numbers();
  check_same(set_of(numbers), numbers);
  const unsigned cpu = *any_cpu();
  RC_ASSERT(set_of(numbers).contains(CpuId(cpu)) == numbers.contains(cpu));
}

RC_GTEST_PROP(CpuSetProperty, ChangesAsTheModelDoes, ()) {
  enum Change {
    add,
    remove,
    add_range,
    clear,
    copy,
    move,
    and_,
    or_,
    xor_,
    minus
  };
  CpuSet set;
  Numbers numbers;
  for (const int change :
       *rc::gen::container<std::vector<int>>(rc::gen::weightedElement<int>({{6, add},
                                                                            {5, remove},
                                                                            {3, add_range},
                                                                            {1, clear},
                                                                            {2, copy},
                                                                            {2, move},
                                                                            {2, and_},
                                                                            {2, or_},
                                                                            {2, xor_},
                                                                            {2, minus}}))) {
    const unsigned cpu = *any_cpu();
    const Numbers other = change >= and_ ? *any_numbers() : Numbers();
    switch (change) {
      case add:
        set.add(CpuId(cpu));
        numbers.insert(cpu);
        break;
      case remove: {
        // One that is there, where there is one.
        const auto there = numbers.lower_bound(cpu);
        const unsigned gone = there == numbers.end() ? cpu : *there;
        set.remove(CpuId(gone));
        numbers.erase(gone);
        break;
      }
      case add_range: {
        const unsigned last = cpu + *rc::gen::inRange(0U, 200U);
        set.add_range(CpuId(cpu), CpuId(last));
        for (unsigned c = cpu; c <= last; ++c) {
          numbers.insert(c);
        }
        break;
      }
      case clear:
        set.clear();
        numbers.clear();
        break;
      case copy: {
        const CpuSet copied = set;
        set = set_of({cpu});
        set = copied;
        break;
      }
      case move: {
        CpuSet moved = std::move(set);
        set = CpuSet{CpuId(cpu)};
        set = std::move(moved);
        break;
      }
      case and_:
        set &= set_of(other);
        numbers = common(numbers, other);
        break;
      case or_:
        set |= set_of(other);
        numbers = all_of(numbers, other);
        break;
      case xor_:
        set ^= set_of(other);
        numbers = not_common(numbers, other);
        break;
      case minus:
        set -= set_of(other);
        numbers = without(numbers, other);
        break;
    }
    check_same(set, numbers);
  }
}

RC_GTEST_PROP(CpuSetProperty, AlgebraIsThatOfSets, ()) {
  const Numbers a = *any_numbers();
  const Numbers b = *any_numbers();
  check_same(set_of(a) & set_of(b), common(a, b));
  check_same(set_of(a) | set_of(b), all_of(a, b));
  check_same(set_of(a) ^ set_of(b), not_common(a, b));
  check_same(set_of(a) - set_of(b), without(a, b));
}

RC_GTEST_PROP(CpuSetProperty, AlgebraTakesTheSetItselfAsTheOther, ()) {
  const Numbers a = *any_numbers();
  CpuSet set = set_of(a);
  const CpuSet& same = set;
  set &= same;
  check_same(set, a);
  set |= same;
  check_same(set, a);
  set -= same;
  check_same(set, {});
  set = set_of(a);
  set ^= same;
  check_same(set, {});
}

RC_GTEST_PROP(CpuSetProperty, ComparesAsSetsDo, ()) {
  const Numbers a = *any_numbers();
  const Numbers b = *any_numbers();
  RC_ASSERT((set_of(a) == set_of(b)) == (a == b));
  RC_ASSERT(set_of(a).contains(set_of(b)) == std::ranges::includes(a, b));
  RC_ASSERT(set_of(a).intersects(set_of(b)) == !common(a, b).empty());
  RC_ASSERT(set_of(a).contains(set_of(a)));
  RC_ASSERT(set_of(a).contains(set_of(common(a, b))));
  RC_ASSERT(set_of(all_of(a, b)).contains(set_of(b)));
}

RC_GTEST_PROP(CpuSetProperty, RangeIsEveryStrideFromTheFirst, ()) {
  const unsigned first = *any_cpu();
  const unsigned last = *any_cpu();
  const unsigned stride = *rc::gen::inRange(1U, 100U);
  Numbers numbers;
  for (unsigned cpu = first; cpu <= last; cpu += stride) {
    numbers.insert(cpu);
  }
  check_same(CpuSet::range(CpuId(first), CpuId(last), stride), numbers);
}

RC_GTEST_PROP(CpuSetProperty, IsReadBackFromItsWords, ()) {
  const Numbers numbers = *any_numbers();
  const CpuSet set = set_of(numbers);
  std::vector<CpuSet::Word> words(set.words().begin(), set.words().end());
  words.resize(words.size() + *rc::gen::inRange<std::size_t>(0, 40));
  check_same(CpuSet::from_words(words), numbers);
}

RC_GTEST_PROP(CpuSetProperty, CopyAndOriginalChangeApart, ()) {
  const Numbers numbers = *any_numbers();
  const unsigned cpu = *any_cpu();
  const CpuSet original = set_of(numbers);
  CpuSet copy = original;
  copy.add(CpuId(cpu));
  copy.remove(CpuId(cpu));
  check_same(original, numbers);
  check_same(copy, without(numbers, {cpu}));
}

}  // namespace
}  // namespace pinfold
