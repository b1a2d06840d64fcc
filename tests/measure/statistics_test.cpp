#include "measure/statistics.h"

#include <gtest/gtest.h>

namespace pinfold::measure {
namespace {

TEST(Spread, OfNothingIsAllZero) {
  const Spread none = spread_of({});
  EXPECT_EQ(none.count, 0U);
  EXPECT_EQ(none.median, 0);
  EXPECT_EQ(none.width(), 0);
}

TEST(Spread, OfOneNumberIsThatNumber) {
  const Spread one = spread_of({7});
  EXPECT_EQ(one.median, 7);
  EXPECT_EQ(one.low, 7);
  EXPECT_EQ(one.high, 7);
  EXPECT_EQ(one.width(), 0);
}

// R: quantile(c(9, 1, 4, 2), c(.25, .5, .75)) is 1.75 3.00 5.25.
TEST(Spread, QuartilesAreThoseOfR) {
  const Spread spread = spread_of({9, 1, 4, 2});
  EXPECT_DOUBLE_EQ(spread.low, 1.75);
  EXPECT_DOUBLE_EQ(spread.median, 3);
  EXPECT_DOUBLE_EQ(spread.high, 5.25);
  EXPECT_EQ(spread.least, 1);
  EXPECT_EQ(spread.most, 9);
  EXPECT_EQ(spread.count, 4U);
}

TEST(Spread, ASingleOutlierMovesNeitherMedianNorWidth) {
  const Spread spread = spread_of({10, 10, 10, 10, 10, 10, 10, 1e9});
  EXPECT_EQ(spread.median, 10);
  EXPECT_EQ(spread.width(), 0);
}

}  // namespace
}  // namespace pinfold::measure
