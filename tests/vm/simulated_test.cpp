// Programs in a simulated machine, on kernels that have not all that newer ones offer for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/program.h"

namespace pinfold::test {
namespace {

using testing::HasSubstr;

TEST(Simulated, ProgramsSeeTheMachineAndLiveOnIt) {
  const Output output = pinfold(
      {"sim", "--machine", "pack:2 numa:2 core:8 pu:2", "--", "sh", "-c",
       "nproc; cat /sys/devices/system/cpu/online /sys/devices/system/node/online; "
       "grep Cpus_allowed_list /proc/self/status; taskset -p 0x0f $$ >/dev/null; nproc; exit 7"});
  EXPECT_EQ(output.out, "64\n0-63\n0-3\nCpus_allowed_list:\t0-63\n4\n") << output.err;
  EXPECT_EQ(output.exit, 7);
}

TEST(Simulated, TheContractSuiteHoldsThere) {
  const Output output =
      pinfold({"sim", "--cpus", "2", "--", PINFOLD_KERNEL_TESTS, "--gtest_brief=1"});
  EXPECT_EQ(output.exit, 0) << output.out << output.err;
  EXPECT_THAT(output.out, HasSubstr("[  PASSED  ]"));
}

}  // namespace
}  // namespace pinfold::test
