// The machine of the manual page's example, which nobody has to have.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "support/child.h"
#include "support/sim.h"

namespace pinfold::test {
namespace {

class SimulatedClaims : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string reason = no_sim(); !reason.empty()) GTEST_SKIP() << reason;
    if (!has_program("lscpu")) GTEST_SKIP() << "no lscpu here";
  }

  static std::string said_there(std::vector<std::string> command) {
    const Output output = run_child(simulated("pack:1 core:2 pu:2", std::move(command)));
    EXPECT_EQ(output.exit, 0) << output.err;
    return output.out;
  }
};

TEST_F(SimulatedClaims, M31_LscpuPrintsTheThreeLinesOfTheExample) {
  std::string lines = said_there({"sh", "-c", "LC_ALL=C lscpu | grep -Ei 'core.*:|socket'"});
  // How wide the columns are is lscpu's.
  std::erase(lines, ' ');
  EXPECT_EQ(lines, "Thread(s)percore:2\nCore(s)persocket:2\nSocket(s):1\n");
}

TEST_F(SimulatedClaims, M31_Cpus0And1ShareACoreAnd0And3DoNot) {
  std::istringstream lines(said_there({"lscpu", "-p=CPU,CORE"}));
  std::vector<std::string> core_of;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with('#')) core_of.push_back(line.substr(line.find(',') + 1));
  }
  ASSERT_EQ(core_of.size(), 4U);
  EXPECT_EQ(core_of[0], core_of[1]);
  EXPECT_NE(core_of[0], core_of[3]);
}

TEST_F(SimulatedClaims, M31_ParentAndChildRunOnThePairsOfTheExample) {
  for (const char* child : {"0", "1", "3"}) {
    const std::string script = std::string("taskset -pc 0 $$ >/dev/null; taskset -c ") + child +
                               " grep Cpus_allowed_list /proc/self/status; "
                               "grep Cpus_allowed_list /proc/$$/status";
    EXPECT_EQ(said_there({"sh", "-c", script}),
              std::string("Cpus_allowed_list:\t") + child + "\nCpus_allowed_list:\t0\n");
  }
}

}  // namespace
}  // namespace pinfold::test
