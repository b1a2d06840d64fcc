#include <gtest/gtest.h>

#include "kernel/permission.h"

namespace pinfold {
namespace {

TEST(RuleAgainst, TheCallersEffectiveUidMustBeTheTasksEffectiveOrRealOne) {
  const Credentials caller{.real = 1, .effective = 2};
  EXPECT_EQ(rule_against(caller, {.real = 2, .effective = 3}), SetRule::none);
  EXPECT_EQ(rule_against(caller, {.real = 3, .effective = 2}), SetRule::none);
  EXPECT_EQ(rule_against(caller, {.real = 1, .effective = 1}), SetRule::other_user);
}

TEST(RuleAgainst, NoCapabilityMayBePermittedToTheTaskAlone) {
  const Credentials caller{.permitted = 0b0110};
  EXPECT_EQ(rule_against(caller, {.permitted = 0b0100}), SetRule::none);
  EXPECT_EQ(rule_against(caller, {.permitted = 0b1100}), SetRule::capabilities);
  EXPECT_EQ(capabilities_beyond(caller, {.permitted = 0b1101}), 0b1001U);
}

TEST(CapabilityList, NamesThemAndNumbersThoseWithoutAName) {
  EXPECT_EQ(capability_list(0), "");
  EXPECT_EQ(capability_list(std::uint64_t{1} << cap_sys_nice), "cap_sys_nice");
  EXPECT_EQ(capability_list(1U | std::uint64_t{1} << 60), "cap_chown, cap 60");
}

}  // namespace
}  // namespace pinfold
