// pinfold run --slot.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include <pinfold/cpu_list.h>

#include "support/program.h"

namespace pinfold::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// A variable of the environment, for a while.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { ::unsetenv(name_); }

 private:
  const char* name_;
};

class RunSlot : public testing::Test {
 protected:
  RunSlot() {
    for (const char* name :
         {"OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID", "PALS_LOCAL_RANKID", "SLURM_LOCALID",
          "LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_SIZE", "LOCAL_WORLD_SIZE"})
      ::unsetenv(name);
    const CpuSet own = mask_of(0);
    a = *own.first();
    b = *own.last();
    both = own.count() > 1;
  }

  // Where the command runs.
  static Output allowed(std::vector<std::string> options) {
    options.insert(options.begin(), "run");
    options.insert(options.end(), {"--", "grep", "Cpus_allowed_list", "/proc/self/status"});
    return pinfold(std::move(options));
  }
  [[nodiscard]] static std::string line(CpuId cpu) {
    return "Cpus_allowed_list:\t" + std::to_string(cpu.value()) + '\n';
  }
  [[nodiscard]] std::string pair() const { return to_cpu_list({a, b}); }

  CpuId a;
  CpuId b;
  bool both = false;
};

TEST_F(RunSlot, IsOneShareOfThePlace) {
  if (!both) GTEST_SKIP() << "needs two CPUs, this process has one";
  EXPECT_EQ(allowed({"--on", pair(), "--slot", "0/2"}).out, line(a));
  EXPECT_EQ(allowed({"--on", pair(), "--slot", "1/2"}).out, line(b));
  EXPECT_EQ(allowed({"--on", pair(), "--slot", "1/2", "--policy", "pu"}).out, line(b));
}

TEST_F(RunSlot, WithoutAPlaceDividesWhatPinfoldWasGiven) {
  const std::string one = std::to_string(b.value());
  const Output run = pinfold({"run", "--on", one, "--", PINFOLD_COMMAND, "run", "--slot", "0/1",
                              "--", "grep", "Cpus_allowed_list", "/proc/self/status"});
  EXPECT_EQ(run.out, line(b)) << run.err;
}

TEST_F(RunSlot, AutoTakesTheLaunchersRank) {
  if (!both) GTEST_SKIP() << "needs two CPUs, this process has one";
  const Variable rank("MPI_LOCALRANKID", "1");
  {
    const Variable size("MPI_LOCALNRANKS", "2");
    EXPECT_EQ(allowed({"--on", pair(), "--slot", "auto"}).out, line(b));
  }
  EXPECT_EQ(allowed({"--on", pair(), "--slot", "auto/2"}).out, line(b));
  const Output run = allowed({"--slot", "auto"});
  EXPECT_EQ(run.exit, 125);
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(run.err,
            "pinfold: --slot auto: MPI_LOCALRANKID says the rank, but nothing says of how many: "
            "--slot auto/N says it\n");
}

TEST_F(RunSlot, AutoWithoutALauncherIsAnError) {
  const Output run = allowed({"--slot", "auto"});
  EXPECT_EQ(run.exit, 125);
  EXPECT_THAT(run.err, StartsWith("pinfold: --slot auto: no launcher says which rank this is"));
}

TEST_F(RunSlot, RankBeyondTheSlotsIsAnError) {
  const Variable rank("LOCAL_RANK", "2");
  const Output run = allowed({"--slot", "auto/2"});
  EXPECT_EQ(run.exit, 125);
  EXPECT_EQ(run.err, "pinfold: --slot auto: LOCAL_RANK is 2, and of 2 slots the last is 1\n");
}

TEST_F(RunSlot, MoreWorkersThanCpusNeedShare) {
  const std::string one = std::to_string(a.value());
  const Output run = allowed({"--on", one, "--slot", "2/3"});
  EXPECT_EQ(run.exit, 125);
  EXPECT_EQ(run.err, "pinfold: 3 workers have no room: " + one +
                         " has 1 CPU\n  --share gives several workers the same CPUs\n");
  EXPECT_EQ(allowed({"--on", one, "--slot", "2/3", "--share"}).out, line(a));
  EXPECT_EQ(allowed({"--on", one, "--slot", "free/3"}).err,
            "pinfold: 3 workers have no room: " + one + " has 1 CPU\n");
}

TEST_F(RunSlot, SaysWhenALauncherGaveLess) {
  if (!both) GTEST_SKIP() << "needs two CPUs, this process has one";
  const std::string one = std::to_string(a.value());
  const Output run =
      pinfold({"run", "--on", one, "--", PINFOLD_COMMAND, "run", "--slot", "1/2", "--", "true"});
  EXPECT_EQ(run.exit, 125);
  EXPECT_THAT(run.err, HasSubstr("--on all divides all it may have"));
}

TEST_F(RunSlot, OptionsThatMakeNoSenseAreErrors) {
  EXPECT_THAT(allowed({"--policy", "core"}).err, HasSubstr("--policy says how --slot divides"));
  EXPECT_THAT(allowed({"--share"}).err, HasSubstr("--share says how --slot divides"));
  EXPECT_THAT(allowed({"--share", "--slot", "free/1"}).err, HasSubstr("makes no sense with it"));
  EXPECT_THAT(allowed({"--slot", "0/1", "--policy", "cores"}).err, HasSubstr("did you mean core?"));
  EXPECT_THAT(allowed({"--slot", "1/1"}).err, HasSubstr("slots count from 0"));
  for (const auto& options : {std::vector<std::string>{"--slot", "x"}, {"--slot", "0/0"}})
    EXPECT_EQ(allowed(options).exit, 125);
}

TEST_F(RunSlot, DryRunSaysWhichSlot) {
  const std::string one = std::to_string(a.value());
  EXPECT_EQ(pinfold({"run", "--on", one, "--slot", "0/1", "--dry-run", "--", "x"}).out,
            "would run x on " + one + " (slot 0 of 1)\n");
}

}  // namespace
}  // namespace pinfold::test
