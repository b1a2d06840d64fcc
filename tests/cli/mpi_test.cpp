// pinfold run --slot auto below real launchers of MPI.
#include <gtest/gtest.h>
#include <unistd.h>

#include <sstream>

#include <pinfold/cpu_list.h>

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

// What `why` says of a launcher, beside what a rank of it has that was started on one CPU only.
class MpiEscapes : public Mpi {
 protected:
  static CpuSet last_cpu() { return {*mask_of(0).last()}; }

  static bool stays(std::vector<std::string> launcher) {
    launcher.insert(launcher.begin(),
                    {PINFOLD_COMMAND, "run", "--on", to_cpu_list(last_cpu()), "--"});
    launcher.insert(launcher.end(),
                    {"-n", "1", "grep", "-h", "Cpus_allowed_list", "/proc/self/status"});
    const Output rank = run(launcher);
    EXPECT_EQ(rank.exit, 0) << rank.err;
    return rank.out == "Cpus_allowed_list:\t" + to_cpu_list(last_cpu()) + '\n';
  }

  static bool is_said_to_stay(std::vector<std::string> launcher) {
    launcher.insert(launcher.begin(), {"why", "--on", to_cpu_list(last_cpu()), "--"});
    const Output why = pinfold(std::move(launcher));
    EXPECT_EQ(why.exit, 0) << why.err;
    return why.out.find("binds its ranks itself") == std::string::npos;
  }
};

TEST_F(MpiEscapes, OpenMpiDoesUnlessToldNotTo) {
  if (run({"which", "mpirun.openmpi"}).exit != 0) GTEST_SKIP() << "no mpirun.openmpi here";
  std::vector<std::string> launcher = {"mpirun.openmpi"};
  if (::geteuid() == 0) launcher.emplace_back("--allow-run-as-root");
  EXPECT_FALSE(stays(launcher));
  EXPECT_FALSE(is_said_to_stay(launcher));
  launcher.insert(launcher.end(), {"--bind-to", "none"});
  EXPECT_TRUE(stays(launcher));
  EXPECT_TRUE(is_said_to_stay(launcher));
}

TEST_F(MpiEscapes, MpichDoesNot) {
  if (run({"which", "mpirun.mpich"}).exit != 0) GTEST_SKIP() << "no mpirun.mpich here";
  EXPECT_TRUE(stays({"mpirun.mpich"}));
  EXPECT_TRUE(is_said_to_stay({"mpirun.mpich"}));
}

}  // namespace
}  // namespace pinfold::test
