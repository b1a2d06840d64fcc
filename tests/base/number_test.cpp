#include "base/number.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace pinfold {
namespace {

template <class T>
void expect_number(std::string_view text, T number, int base = 10) {
  const auto parsed = parse_number<T>(text, base);
  ASSERT_TRUE(parsed.has_value()) << text << ": " << parsed.error().reason;
  EXPECT_EQ(*parsed, number) << text;
}

template <class T>
void expect_mistake(std::string_view text, std::size_t column, const char* reason) {
  const auto parsed = parse_number<T>(text);
  ASSERT_FALSE(parsed.has_value()) << text;
  EXPECT_EQ(parsed.error().kind, ErrorKind::syntax) << text;
  EXPECT_EQ(parsed.error().text, text);
  EXPECT_EQ(parsed.error().column, column) << text;
  EXPECT_EQ(parsed.error().reason, reason) << text;
}

TEST(Number, IsReadWhole) {
  expect_number<int>("0", 0);
  expect_number<int>("-42", -42);
  expect_number<int>("007", 7);
  expect_number<unsigned>("4294967295", 4294967295U);
  expect_number<std::uint64_t>("18446744073709551615", std::numeric_limits<std::uint64_t>::max());
  expect_number<std::int64_t>("-9223372036854775808", std::numeric_limits<std::int64_t>::min());
}

TEST(Number, IsReadInOtherBases) {
  expect_number<unsigned>("ff", 255, 16);
  expect_number<unsigned>("FF", 255, 16);
  expect_number<unsigned>("17", 15, 8);
}

TEST(Number, EmptyTextIsOneMistake) {
  expect_mistake<int>("", 0, "a number is missing");
  expect_mistake<unsigned>(std::string_view(), 0, "a number is missing");
}

TEST(Number, JunkIsAnother) {
  for (const char* text : {"x", " 1", "+1", "-", "--1", "\n", ".5"}) {
    expect_mistake<int>(text, 0, "not a number");
  }
}

TEST(Number, TextBehindItIsAnother) {
  expect_mistake<int>("12x", 2, "unexpected text after the number");
  expect_mistake<int>("1 ", 1, "unexpected text after the number");
  expect_mistake<int>("0x10", 1, "unexpected text after the number");
  expect_mistake<int>("1.5", 1, "unexpected text after the number");
  expect_mistake<int>("12\n", 2, "unexpected text after the number");
}

TEST(Number, OneThatDoesNotFitIsAnother) {
  expect_mistake<int>("2147483648", 0, "the number is too large");
  expect_mistake<unsigned>("4294967296", 0, "the number is too large");
  expect_mistake<std::uint8_t>("256", 0, "the number is too large");
  expect_mistake<std::uint64_t>("18446744073709551616", 0, "the number is too large");
  expect_mistake<std::uint64_t>(std::string(100, '9'), 0, "the number is too large");
}

TEST(Number, UnsignedOnesHaveNoSign) {
  expect_mistake<unsigned>("-1", 0, "not a number");
  expect_mistake<unsigned>("-0", 0, "not a number");
}

RC_GTEST_PROP(NumberProperty, IsReadBackAsItWasWritten,
              (std::int64_t number, std::uint32_t other)) {
  const auto parsed = parse_number<std::int64_t>(std::to_string(number));
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(*parsed == number);
  RC_ASSERT(parse_number<std::uint32_t>(std::to_string(other)).value() == other);
}

}  // namespace
}  // namespace pinfold
