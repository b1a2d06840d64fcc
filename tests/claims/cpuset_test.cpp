// What the manual pages say of cpusets, in a cgroup of the test's own (v1).
#include <gtest/gtest.h>

#include <cerrno>

#include <pinfold/cpu_list.h>

#include "claims/claims.h"
#include "support/cpuset_v1.h"

namespace pinfold::test {
namespace {

TEST_F(Claims, M07_NoCpuThatTheCpusetPermitsIsEinval) {
  if (lonely) GTEST_SKIP() << needs_two_cpus;
  if (const auto reason = CpusetV1::missing(); !reason.empty()) GTEST_SKIP() << reason;
  CpusetV1 cpuset(only(a));
  Victim victim({"quiet", "1"});
  cpuset.move_in(victim.pid());
  EXPECT_EQ(raw_set(victim.pid(), only(b)), -EINVAL);
  EXPECT_EQ(mask_of(victim.pid()), only(a));
}

TEST_F(Claims, M11_CpusOutsideTheCpusetAreDroppedSilentlyAndPinfoldSaysSo) {
  if (lonely) GTEST_SKIP() << needs_two_cpus;
  if (const auto reason = CpusetV1::missing(); !reason.empty()) GTEST_SKIP() << reason;
  CpusetV1 cpuset(only(a));
  Victim victim({"quiet", "1"});
  cpuset.move_in(victim.pid());
  const CpuSet asked = only(a) | only(b);
  ASSERT_EQ(raw_set(victim.pid(), asked), 0);
  EXPECT_EQ(mask_of(victim.pid()), only(a));

  const Output set = pinfold({"set", to_cpu_list(asked), victim.pid_text()});
  EXPECT_EQ(set.exit, 1);
  EXPECT_EQ(set.err, "pinfold: quiet (" + victim.pid_text() + ") cannot use " +
                         to_cpu_list(only(b)) + ": cgroup " + cpuset.name() + " allows " +
                         to_cpu_list(only(a)) + "\n  (" + cpuset.file("cpuset.effective_cpus") +
                         ")\n  --clip drops CPUs that cannot be used\n");
}

}  // namespace
}  // namespace pinfold::test
