#include "base/closest.h"

#include <gtest/gtest.h>

#include <array>

namespace pinfold {
namespace {

constexpr std::array<std::string_view, 5> names = {"core", "node", "package", "l2", "l3"};

TEST(Closest, IsTheNameASlipAway) {
  EXPECT_EQ(closest("cor", names), "core");
  EXPECT_EQ(closest("coore", names), "core");
  EXPECT_EQ(closest("mode", names), "node");
  EXPECT_EQ(closest("pakcage", names), "package");
  EXPECT_EQ(closest("node", names), "node");
}

TEST(Closest, IsNothingWhereNoNameIsNear) {
  EXPECT_EQ(closest("banana", names), std::nullopt);
  EXPECT_EQ(closest("packages-of-cpus", names), std::nullopt);
  EXPECT_EQ(closest("", names), std::nullopt);
  EXPECT_EQ(closest("core", {}), std::nullopt);
}

TEST(Closest, DoesNotTurnShortWordsIntoOthers) {
  EXPECT_EQ(closest("x", names), std::nullopt);
  EXPECT_EQ(closest("xy", names), std::nullopt);
  EXPECT_EQ(closest("l4", names), "l2");
}

}  // namespace
}  // namespace pinfold
