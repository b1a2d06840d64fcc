// pinfold run --slot auto below real launchers of MPI.
#include <gtest/gtest.h>
#include <unistd.h>

#include <sstream>

#include "support/program.h"

namespace pinfold::test {
namespace {

class Mpi : public testing::Test {
 protected:
  void SetUp() override {
    if (mask_of(0).count() < 2) GTEST_SKIP() << "needs two CPUs, this process has one";
  }

  // What two ranks say of where they are.
  static Output start(std::vector<std::string> launcher) {
    launcher.insert(launcher.end(),
                    {"-n", "2", PINFOLD_COMMAND, "run", "--on", "all", "--slot", "auto", "--policy",
                     "pu", "--", "grep", "-h", "Cpus_allowed_list", "/proc/self/status"});
    return run(launcher);
  }

  static void expect_different_cpus(const Output& ranks) {
    std::istringstream lines(ranks.out);
    CpuSet taken;
    int count = 0;
    for (std::string field, list; lines >> field >> list; ++count) {
      const CpuSet slot = cpus(list.c_str());
      EXPECT_EQ(slot.count(), 1U) << ranks.out;
      taken |= slot;
    }
    EXPECT_EQ(count, 2) << ranks.out << ranks.err;
    EXPECT_EQ(taken.count(), 2U) << ranks.out;
  }
};

TEST_F(Mpi, OpenMpisRanksTakeDifferentSlots) {
  if (run({"which", "mpirun.openmpi"}).exit != 0) GTEST_SKIP() << "no mpirun.openmpi here";
  std::vector<std::string> launcher = {"mpirun.openmpi", "--oversubscribe"};
  if (::geteuid() == 0) launcher.emplace_back("--allow-run-as-root");
  expect_different_cpus(start(launcher));
  // Also where the launcher leaves binding to others.
  launcher.insert(launcher.end(), {"--bind-to", "none"});
  expect_different_cpus(start(launcher));
}

TEST_F(Mpi, MpichsRanksTakeDifferentSlots) {
  if (run({"which", "mpirun.mpich"}).exit != 0) GTEST_SKIP() << "no mpirun.mpich here";
  expect_different_cpus(start({"mpirun.mpich"}));
}

}  // namespace
}  // namespace pinfold::test
