#include "document/log_axis.h"

#include <gmock/gmock.h>

#include <cmath>

namespace pinfold::bench {
namespace {

using testing::Pointwise;

MATCHER(IsNearly, "") { return std::abs(std::get<0>(arg) / std::get<1>(arg) - 1) < 1e-9; }

TEST(LogAxis, EachFactorTakesTheSameLength) {
  const LogAxis axis(2, 8192, 2);
  EXPECT_NEAR(axis.part(64) - axis.part(2), axis.part(2048) - axis.part(64), 1e-12);
  EXPECT_GT(axis.part(2), 0) << "there is room at the ends";
  EXPECT_LT(axis.part(8192), 1);
}

TEST(LogAxis, ADecadeHasItsOnesTwosAndFives) {
  EXPECT_THAT(LogAxis(1, 10, 10).ticks(), Pointwise(IsNearly(), {1.0, 2.0, 5.0, 10.0}));
}

TEST(LogAxis, SeveralDecadesHaveTheirPowersOnly) {
  EXPECT_THAT(LogAxis(3, 3e4, 10).ticks(), Pointwise(IsNearly(), {10.0, 100.0, 1e3, 1e4}));
}

TEST(LogAxis, ManyDecadesHaveSomeOfTheirPowers) {
  EXPECT_THAT(LogAxis(1, 1e9, 10).ticks(), Pointwise(IsNearly(), {1.0, 1e2, 1e4, 1e6, 1e8}));
  EXPECT_LE(LogAxis(1e-9, 1e20, 10).ticks().size(), 7U);
}

TEST(LogAxis, OneValueAloneStandsInTheMiddleOfAWholeFactor) {
  const LogAxis axis(30, 30, 10);
  EXPECT_NEAR(axis.part(30), 0.5, 1e-12);
  EXPECT_GE(axis.ticks().size(), 2U);
}

TEST(LogAxis, BelowOneItIsTheSame) {
  EXPECT_THAT(LogAxis(0.02, 0.1, 10).ticks(), Pointwise(IsNearly(), {0.02, 0.05, 0.1}));
}

}  // namespace
}  // namespace pinfold::bench
