#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

#include <pinfold/cpu_list.h>

#include "base/number.h"
#include "cpuset/cpu_list_item.h"
#include "cpuset/model.h"
#include "support/print.h"

namespace pinfold {
namespace {

using test::any_cpu;
using test::any_numbers;
using test::Numbers;
using test::numbers_of;
using test::set_of;

Numbers read(const char* text) {
  const auto set = parse_cpu_list(text);
  if (!set) {
    ADD_FAILURE() << text << ": " << message(set.error());
    return {};
  }
  return numbers_of(*set);
}

Numbers read(const char* text, const CpuSet& possible) {
  const auto set = parse_cpu_list(text, possible);
  if (!set) {
    ADD_FAILURE() << text << ": " << message(set.error());
    return {};
  }
  return numbers_of(*set);
}

TEST(CpuList, ReadsNumbersAndRanges) {
  EXPECT_EQ(read("5"), Numbers({5}));
  EXPECT_EQ(read("0-3,8"), Numbers({0, 1, 2, 3, 8}));
  EXPECT_EQ(read("8,0-3"), Numbers({0, 1, 2, 3, 8}));
  EXPECT_EQ(read("3-3"), Numbers({3}));
  EXPECT_EQ(read("1,1,0-2"), Numbers({0, 1, 2}));
  EXPECT_EQ(read("007"), Numbers({7}));
  EXPECT_EQ(read("00000000000000000007-0000000008"), Numbers({7, 8}));
  EXPECT_EQ(read("1048575"), Numbers({1048575}));
}

TEST(CpuList, StrideIsOneOfEverySo) {
  EXPECT_EQ(read("0-7:2"), Numbers({0, 2, 4, 6}));
  EXPECT_EQ(read("1-7:3"), Numbers({1, 4, 7}));
  EXPECT_EQ(read("0-3:1"), Numbers({0, 1, 2, 3}));
  EXPECT_EQ(read("2-9:100"), Numbers({2}));
  EXPECT_EQ(read("0-3:4294967295"), Numbers({0}));
}

TEST(CpuList, GroupIsSeveralOfEverySo) {
  EXPECT_EQ(read("0-9:2/4"), Numbers({0, 1, 4, 5, 8, 9}));
  EXPECT_EQ(read("0-8:2/4"), Numbers({0, 1, 4, 5, 8}));
  EXPECT_EQ(read("3-8:1/2"), Numbers({3, 5, 7}));
  EXPECT_EQ(read("0-3:4/4"), Numbers({0, 1, 2, 3}));
}

TEST(CpuList, MaskCountsBitsFromTheRight) {
  EXPECT_EQ(read("0x0f"), Numbers({0, 1, 2, 3}));
  EXPECT_EQ(read("0X8000000000000001"), Numbers({0, 63}));
  EXPECT_EQ(read("0xAbC"), Numbers({2, 3, 4, 5, 7, 9, 11}));
  EXPECT_EQ(read("0x10000000000000000"), Numbers({64}));
  EXPECT_EQ(read("0x3,8"), Numbers({0, 1, 8}));
  EXPECT_EQ(read("0x0"), Numbers());
}

TEST(CpuList, KnowsAllAndTheLastOfThePossibleCpus) {
  const CpuSet possible = set_of({0, 1, 2, 5});
  EXPECT_EQ(read("all", possible), Numbers({0, 1, 2, 5}));
  EXPECT_EQ(read("N", possible), Numbers({5}));
  EXPECT_EQ(read("3-N", possible), Numbers({3, 4, 5}));
  EXPECT_EQ(read("0-N:2", possible), Numbers({0, 2, 4}));
  EXPECT_EQ(read("all,9", possible), Numbers({0, 1, 2, 5, 9}));
  EXPECT_EQ(read("9,all", possible), Numbers({0, 1, 2, 5, 9}));
}

struct Mistake {
  const char* text;
  std::size_t column;
  const char* reason;
};

void expect_mistake(const Result<CpuSet>& set, const Mistake& mistake) {
  ASSERT_FALSE(set.has_value()) << mistake.text;
  EXPECT_EQ(set.error().kind, ErrorKind::syntax) << mistake.text;
  EXPECT_EQ(set.error().text, mistake.text);
  EXPECT_EQ(set.error().column, mistake.column) << mistake.text;
  EXPECT_EQ(set.error().reason, mistake.reason) << mistake.text;
}

TEST(CpuList, SaysWhatIsWrongAndWhere) {
  const std::string too_long_mask = "0x" + std::string(262145, '0');
  for (const Mistake& mistake : std::vector<Mistake>{
           {"", 0, "a CPU number is missing"},
           {",", 0, "a CPU number is missing"},
           {"1,", 2, "a CPU number is missing"},
           {"0,,1", 2, "a CPU number is missing"},
           {"3-", 2, "a CPU number is missing"},
           {"3-,5", 2, "a CPU number is missing"},
           {"0-7:", 4, "a CPU number is missing"},
           {"0-7:2/", 6, "a CPU number is missing"},
           {"x", 0, "not a CPU number"},
           {" 1", 0, "not a CPU number"},
           {"-1", 0, "not a CPU number"},
           {"+1", 0, "not a CPU number"},
           {"0,-1", 2, "not a CPU number"},
           {"1--2", 2, "not a CPU number"},
           {"0-7:-2", 4, "not a CPU number"},
           {"all", 0, "not a CPU number"},
           {"N", 0, "N is not known here"},
           {"0-N", 2, "N is not known here"},
           {"1x", 1, "expected '-' or ',' after a CPU number"},
           {"1 ", 1, "expected '-' or ',' after a CPU number"},
           {"1:2", 1, "expected '-' or ',' after a CPU number"},
           {"0-3 ,4", 3, "expected ':' or ',' after a range"},
           {"0-3-5", 3, "expected ':' or ',' after a range"},
           {"3-1", 2, "the range runs backwards"},
           {"5,12-7,9", 5, "the range runs backwards"},
           {"4294967296", 0, "the number is too large"},
           {"7,99999999999999999999", 2, "the number is too large"},
           {"0-3:4294967296", 4, "the number is too large"},
           {"1048576", 0, "the CPU number is too large"},
           {"0-1048576", 2, "the CPU number is too large"},
           {"0-4294967295", 2, "the CPU number is too large"},
           {"0-7:0", 4, "a stride of 0"},
           {"0-7:0/2", 4, "0 CPUs of each group"},
           {"0-7:1/0", 6, "a group of 0 CPUs"},
           {"0-7:3/2", 4, "more CPUs used than the group has"},
           {"0-7:2x", 5, "unexpected text after the stride"},
           {"0-7:2/4/8", 7, "unexpected text after the stride"},
           {"0x", 2, "a hexadecimal mask is missing after 0x"},
           {"1,0x,2", 4, "a hexadecimal mask is missing after 0x"},
           {"0xfg", 3, "not a hexadecimal digit"},
           {"0x-1", 2, "not a hexadecimal digit"},
           {"0xf-3", 3, "not a hexadecimal digit"},
           {too_long_mask.c_str(), 2, "the mask is too long"},
       }) {
    expect_mistake(parse_cpu_list(mistake.text), mistake);
  }
}

TEST(CpuList, SaysWhatIsWrongWithNAndAll) {
  const CpuSet possible = set_of({0, 1, 2, 5});
  for (const Mistake& mistake : std::vector<Mistake>{
           {"9-N", 2, "the range runs backwards"},
           {"N5", 1, "expected '-' or ',' after a CPU number"},
           {"n", 0, "not a CPU number"},
           {"all-3", 0, "not a CPU number"},
           {"allx", 0, "not a CPU number"},
           {"al", 0, "not a CPU number"},
           {"1,ALL", 2, "not a CPU number"},
           {"0-all", 2, "not a CPU number"},
           {"all,", 4, "a CPU number is missing"},
       }) {
    expect_mistake(parse_cpu_list(mistake.text, possible), mistake);
  }
  expect_mistake(parse_cpu_list("N", CpuSet()), {"N", 0, "N is not known here"});
}

// A default string_view has no address that one could compare with.
TEST(CpuList, TextWithoutAnAddressIsEmptyText) {
  expect_mistake(parse_cpu_list(std::string_view()), {"", 0, "a CPU number is missing"});
}

TEST(CpuListItem, IsOneItemAndNoMore) {
  CpuSet set = set_of({9});
  ASSERT_TRUE(add_cpu_list_item("0-3:2", std::nullopt, set));
  ASSERT_TRUE(add_cpu_list_item("N", CpuId(5), set));
  EXPECT_EQ(numbers_of(set), Numbers({0, 2, 5, 9}));
  const auto two = add_cpu_list_item("1,2", std::nullopt, set);
  ASSERT_FALSE(two);
  EXPECT_EQ(two.error().column, 1U);
  EXPECT_EQ(two.error().reason, "unexpected text after the item");
  EXPECT_FALSE(add_cpu_list_item("", std::nullopt, set));
}

TEST(CpuList, IsWrittenAsTheShortestRanges) {
  EXPECT_EQ(to_cpu_list(CpuSet()), "");
  EXPECT_EQ(to_cpu_list(set_of({0})), "0");
  EXPECT_EQ(to_cpu_list(set_of({0, 1})), "0-1");
  EXPECT_EQ(to_cpu_list(set_of({0, 1, 2, 3, 8})), "0-3,8");
  EXPECT_EQ(to_cpu_list(set_of({0, 2, 4})), "0,2,4");
  EXPECT_EQ(to_cpu_list(set_of({62, 63, 64, 65, 1048575})), "62-65,1048575");
}

RC_GTEST_PROP(CpuListProperty, IsReadBackAsTheSameSet, ()) {
  Numbers numbers = *any_numbers();
  numbers.insert(*any_cpu());
  const CpuSet set = set_of(numbers);
  const auto list = parse_cpu_list(to_cpu_list(set));
  RC_ASSERT(list.has_value());
  RC_ASSERT(*list == set);
  const auto mask = parse_cpu_list("0x" + to_hex_mask(set));
  RC_ASSERT(mask.has_value());
  RC_ASSERT(*mask == set);
}

// No two ranges that could be one.
RC_GTEST_PROP(CpuListProperty, LeavesAGapBetweenRanges, ()) {
  const std::string text = to_cpu_list(set_of(*any_numbers()));
  long end_before = -2;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    const std::string item = text.substr(at, comma - at);
    const std::size_t dash = item.find('-');
    const auto first = parse_number<long>(item.substr(0, dash));
    const auto last = dash == item.npos ? first : parse_number<long>(item.substr(dash + 1));
    RC_ASSERT(first.has_value() && last.has_value());
    RC_ASSERT(*first > end_before + 1);
    RC_ASSERT(dash == item.npos || *first < *last);
    end_before = *last;
    at = comma + 1;
  }
}

RC_GTEST_PROP(CpuListProperty, MeansTheCpusThatItsItemsName, ()) {
  std::string text;
  Numbers numbers;
  const auto items = *rc::gen::inRange(1, 12);
  for (int i = 0; i < items; ++i) {
    const unsigned first = *any_cpu();
    const unsigned last = first + *rc::gen::inRange(0U, 300U);
    unsigned group = *rc::gen::inRange(1U, 70U);
    unsigned used = *rc::gen::inRange(1U, group + 1);
    if (i > 0) text += ',';
    text += std::to_string(first) + '-' + std::to_string(last);
    switch (*rc::gen::inRange(0, 3)) {
      case 0:
        group = used = 1;
        break;
      case 1:
        used = 1;
        text += ':' + std::to_string(group);
        break;
      default:
        text += ':' + std::to_string(used) + '/' + std::to_string(group);
    }
    for (unsigned cpu = first; cpu <= last; ++cpu) {
      if ((cpu - first) % group < used) numbers.insert(cpu);
    }
  }
  const auto set = parse_cpu_list(text);
  RC_ASSERT(set.has_value());
  RC_ASSERT(numbers_of(*set) == numbers);
}

TEST(HexMask, OfNothingIsZero) { EXPECT_EQ(to_hex_mask(CpuSet()), "0"); }

RC_GTEST_PROP(HexMaskProperty, IsWhatPrintfWrites, ()) {
  const CpuSet set = set_of(*any_numbers());
  RC_PRE(!set.empty());
  std::string expected;
  for (std::size_t i = set.words().size(); i-- > 0;) {
    char digits[32];
    const int width = expected.empty() ? 0 : static_cast<int>(CpuSet::word_bits / 4);
    std::snprintf(digits, sizeof digits, "%0*lx", width, set.words()[i]);
    expected += digits;
  }
  RC_ASSERT(to_hex_mask(set) == expected);
}

}  // namespace
}  // namespace pinfold
