// Commands that are not running yet, and who leaves the mask that it inherits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "explain/diagnose.h"
#include "explain/text.h"
#include "support/fake_kernel.h"
#include "support/program.h"

namespace pinfold {
namespace {

namespace fs = std::filesystem;
using test::cpus;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class WhyCommand : public testing::Test {
 protected:
  WhyCommand() {
    char name[] = "/tmp/pinfold-why-XXXXXX";
    folder_ = ::mkdtemp(name);
    kernel_.add(50, 0, cpus("0-7"));
  }
  ~WhyCommand() override { fs::remove_all(folder_); }

  void program(const std::string& name, mode_t mode = 0755,
               const std::string& content = "#!/bin/sh\n") {
    std::ofstream(folder_ + '/' + name) << content;
    ::chmod((folder_ + '/' + name).c_str(), mode);
  }

  // Of "KIND sentence" for each constraint.
  std::vector<std::string> why(std::vector<std::string> arguments,
                               std::map<std::string, std::string> environment = {}) {
    environment.emplace("PATH", "/missing:" + folder_);
    const auto found = diagnose_command(
        kernel_, {.arguments = std::move(arguments), .environment = std::move(environment)},
        cpus("0-1"));
    if (!found) {
      ADD_FAILURE() << message(found.error());
      return {};
    }
    may_ = found->may();
    verdict_ = verdict(*found);
    std::vector<std::string> texts;
    for (const Constraint& constraint : found->constraints)
      texts.push_back(std::string(name(constraint.kind)) + ": " + sentence(constraint));
    return texts;
  }

  std::string folder_;
  test::FakeKernel kernel_{cpus("0-7")};
  bool may_ = false;
  std::string verdict_;
};

TEST_F(WhyCommand, IsLookedForInPath) {
  program("server");
  EXPECT_THAT(why({"server"}), IsEmpty());
  EXPECT_TRUE(may_);
  EXPECT_EQ(verdict_, "server may run on 0-1.");
  EXPECT_THAT(why({folder_ + "/server"}), IsEmpty());
  EXPECT_THAT(why({"other"}), ElementsAre("command: There is no command other in PATH."));
  EXPECT_FALSE(may_);
  EXPECT_EQ(verdict_, "other cannot be started.");
  EXPECT_THAT(why({"/missing/x"}), ElementsAre("command: /missing/x does not exist."));
}

TEST_F(WhyCommand, MustBeExecutable) {
  program("server", 0644);
  EXPECT_THAT(why({"server"}), ElementsAre("command: " + folder_ + "/server may not be executed."));
  EXPECT_FALSE(may_);
}

TEST_F(WhyCommand, HasTheCallersLimits) {
  program("server");
  kernel_.system.online = cpus("0,2-7");
  EXPECT_THAT(why({"server"}), ElementsAre("offline: CPU 1 is offline: online are 0,2-7."));
}

TEST_F(WhyCommand, Of32BitsCannotUseEveryCpuOfSomeMachines) {
  kernel_.system.aarch32 = cpus("0");
  program("old", 0755,
          std::string("\x7f"
                      "ELF\x01\x01\x01") +
              std::string(9, '\0'));
  program("new", 0755,
          std::string("\x7f"
                      "ELF\x02\x01\x01") +
              std::string(9, '\0'));
  EXPECT_THAT(why({"new"}), IsEmpty());
  EXPECT_THAT(why({"old"}),
              ElementsAre("arch: CPU 1 runs no 32-bit programs, and this is one: 0 does."));
}

TEST_F(WhyCommand, OpenMpiLeavesTheMaskUnlessToldNotToBind) {
  program("orterun");
  fs::create_symlink(folder_ + "/orterun", folder_ + "/mpirun");
  EXPECT_THAT(why({"mpirun", "-n", "2", "./x"}),
              ElementsAre("escaper: Open MPI's mpirun binds its ranks itself, and not within the "
                          "mask that it inherits."));
  EXPECT_TRUE(may_);
  EXPECT_THAT(why({"mpirun", "--bind-to", "none", "./x"}), IsEmpty());
  EXPECT_THAT(why({"mpirun", "--bind-to", "core", "./x"}), testing::SizeIs(1));
}

TEST_F(WhyCommand, MpichDoesNot) {
  program("mpiexec.hydra");
  fs::create_symlink(folder_ + "/mpiexec.hydra", folder_ + "/mpiexec");
  EXPECT_THAT(why({"mpiexec", "./x"}), IsEmpty());
}

TEST_F(WhyCommand, WhoseMpirunItIsMayBeUnknown) {
  program("mpirun");
  EXPECT_THAT(why({"mpirun", "./x"}), ElementsAre(HasSubstr("mpirun, if it is Open MPI's, binds")));
}

TEST_F(WhyCommand, SlurmStartsItsTasksElsewhere) {
  program("srun");
  EXPECT_THAT(why({"srun", "./x"}), ElementsAre(HasSubstr("Slurm's daemon")));
  EXPECT_THAT(why({"srun", "./x"}, {{"SLURM_CPU_BIND", "cores"}}),
              ElementsAre(HasSubstr("SLURM_CPU_BIND=cores")));
}

TEST_F(WhyCommand, SettingsOfOpenMpThatLeaveTheMask) {
  program("x");
  EXPECT_THAT(why({"x"}, {{"GOMP_CPU_AFFINITY", "0-3"}}),
              ElementsAre(HasSubstr("escaper: GOMP_CPU_AFFINITY=0-3")));
  EXPECT_THAT(why({"x"}, {{"GOMP_CPU_AFFINITY", "0-3"}, {"OMP_PROC_BIND", "FALSE"}}), IsEmpty());
  EXPECT_THAT(why({"x"}, {{"KMP_AFFINITY", "norespect,compact"}}),
              ElementsAre(HasSubstr("escaper: KMP_AFFINITY=")));
  EXPECT_TRUE(may_);
}

TEST_F(WhyCommand, SettingsOfOpenMpThatDivideIt) {
  program("x");
  EXPECT_THAT(why({"x"}, {{"OMP_PROC_BIND", "close"}}),
              ElementsAre(HasSubstr("binder: OMP_PROC_BIND=close")));
  EXPECT_THAT(why({"x"}, {{"OMP_PLACES", "cores"}, {"OMP_PROC_BIND", "true"}}),
              ElementsAre(HasSubstr("binder: OMP_PLACES=cores")));
  EXPECT_THAT(why({"x"}, {{"KMP_AFFINITY", "compact"}}),
              ElementsAre(HasSubstr("binder: KMP_AFFINITY=compact")));
  EXPECT_THAT(why({"x"}, {{"KMP_AFFINITY", "disabled"}}), IsEmpty());
}

}  // namespace
}  // namespace pinfold
