#include "document/numbers.h"

#include <gtest/gtest.h>

namespace pinfold::bench {
namespace {

TEST(BenchNumbers, HaveThreeDigitsThatCount) {
  EXPECT_EQ(three_digits(0), "0");
  EXPECT_EQ(three_digits(0.391), "0.391");
  EXPECT_EQ(three_digits(0.004123), "0.00412");
  EXPECT_EQ(three_digits(1.05), "1.05");
  EXPECT_EQ(three_digits(12.34), "12.3");
  EXPECT_EQ(three_digits(99.96), "100");
  EXPECT_EQ(three_digits(999.6), "1,000");
  EXPECT_EQ(three_digits(1234567), "1,234,567");
  EXPECT_EQ(three_digits(-12.34), "-12.3");
}

TEST(BenchNumbers, TimesGetTheUnitThatSuitsThem) {
  EXPECT_EQ(amount_text(12.34, "ns"), "12.3 ns");
  EXPECT_EQ(amount_text(0.0123, "ms"), "12.3 µs");
  EXPECT_EQ(amount_text(4567, "us"), "4.57 ms");
  EXPECT_EQ(amount_text(999.96, "us"), "1.00 ms");
  EXPECT_EQ(amount_text(0.25, "ns"), "0.250 ns");
  EXPECT_EQ(amount_text(0, "ms"), "0 ns");
  EXPECT_EQ(amount_text(-0.3, "ns"), "-0.300 ns");
  EXPECT_EQ(amount_text(2, "s"), "2.00 s");
}

TEST(BenchNumbers, OtherAmountsKeepTheirUnit) {
  EXPECT_EQ(amount_text(411.5, "MB"), "412 MB");
  EXPECT_EQ(amount_text(12345, "events"), "12,345 events");
}

TEST(BenchNumbers, WhatSomebodyHasChosenHasNoDigitsThatSayNothing) {
  EXPECT_EQ(short_number(0.80), "0.8");
  EXPECT_EQ(short_number(0.667), "0.667");
  EXPECT_EQ(round_amount(5, "ms"), "5 ms");
  EXPECT_EQ(round_amount(1000, "ms"), "1 s");
  EXPECT_EQ(round_amount(512, "MB"), "512 MB");
}

TEST(BenchNumbers, ASizeIsReadFromARowsName) {
  EXPECT_EQ(size_in("and: 1,024 CPUs, dense / hwloc", "and: # CPUs, dense / hwloc"), 1024U);
  EXPECT_EQ(size_in("model: memory of 1 tasks", "model: memory of # tasks"), 1U);
  EXPECT_EQ(size_in("start 64", "start #"), 64U);
  EXPECT_EQ(size_in("64", "#"), 64U);
}

TEST(BenchNumbers, OfOtherNamesThereIsNoSize) {
  EXPECT_EQ(size_in("and: 1,024 CPUs, sparse / hwloc", "and: # CPUs, dense / hwloc"), std::nullopt);
  EXPECT_EQ(size_in("and: many CPUs", "and: # CPUs"), std::nullopt);
  EXPECT_EQ(size_in("and:  CPUs", "and: # CPUs"), std::nullopt);
  EXPECT_EQ(size_in("ab", "abc#abc"), std::nullopt);
  EXPECT_EQ(size_in("aba", "ab#ba"), std::nullopt) << "they share a letter";
  EXPECT_EQ(size_in("and", "and"), std::nullopt);
}

}  // namespace
}  // namespace pinfold::bench
