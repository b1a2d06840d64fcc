// why, of cgroups of v1, of other users' tasks and of deadline tasks (needs root).
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include <pinfold/cpu_list.h>

#include "support/cpuset_v1.h"
#include "support/program.h"

namespace pinfold {
namespace {

using test::CpusetV1;
using test::Output;
using test::Victim;
using Json = nlohmann::json;

std::string list(const CpuSet& cpus) { return to_cpu_list(cpus); }

class WhySystem : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    const CpuSet own = test::mask_of(0);
    if (own.count() < 2) GTEST_SKIP() << "needs two CPUs";
    auto cpu = own.begin();
    a = CpuSet{*cpu};
    b = CpuSet{*++cpu};
    both = a | b;
  }

  /// pinfold as that user, in a shell command: "why 1234".
  static Output as_user(const std::string& command) {
    return test::run({"/usr/bin/setpriv", "--reuid=61001", "--regid=61001", "--clear-groups",
                      "/bin/sh", "-c", std::string(PINFOLD_COMMAND) + ' ' + command});
  }

  CpuSet a;
  CpuSet b;
  CpuSet both;
};

class WhyCpusetV1 : public WhySystem {
 protected:
  void SetUp() override {
    if (const std::string reason = CpusetV1::missing(); !reason.empty()) GTEST_SKIP() << reason;
    WhySystem::SetUp();
  }
};

TEST_F(WhyCpusetV1, NamesTheCgroupTheFileAndWhatLiftsIt) {
  CpusetV1 cpuset(a);
  const Victim victim({"quiet", "2"});
  cpuset.move_in(victim.pid());
  const Output why = test::pinfold({"why", victim.pid_text(), "--on", list(both)});
  EXPECT_EQ(why.exit, 1);
  EXPECT_EQ(why.err, "");
  const std::string lifts = "echo " + list(both) + " > " + cpuset.file("cpuset.cpus");
  EXPECT_EQ(why.out, "quiet (" + victim.pid_text() + ") cannot run on " + list(b) +
                         "; it may run on " + list(a) + ".\n\nCPU " + list(b) +
                         " is not given to the task: cgroup " + cpuset.name() + " allows " +
                         list(a) + ".\n  where: " + cpuset.file("cpuset.cpus") +
                         "\n  lifts: " + lifts + '\n');
  ASSERT_EQ(test::run({"/bin/sh", "-c", lifts}).exit, 0);
  EXPECT_EQ(test::pinfold({"why", victim.pid_text(), "--on", list(both)}).exit, 0);
}

TEST_F(WhyCpusetV1, TheOuterCgroupTakesFirstAndBothMustBeLifted) {
  CpusetV1 cpuset(a);
  const std::string inner = cpuset.file("inner");
  ASSERT_EQ(::mkdir(inner.c_str(), 0755), 0);
  {
    ASSERT_EQ(test::run({"/bin/sh", "-c",
                         "cat '" + cpuset.file("cpuset.mems") + "' > '" + inner +
                             "/cpuset.mems' && echo " + list(a) + " > '" + inner + "/cpuset.cpus'"})
                  .exit,
              0);
    const Victim victim({"quiet", "1"});
    ASSERT_EQ(cpuset.write("inner/cgroup.procs", victim.pid_text()), 0);
    const Json why =
        Json::parse(test::pinfold({"why", "--json", victim.pid_text(), "--on", list(b)}).out);
    ASSERT_EQ(why["constraints"].size(), 1U) << why;
    EXPECT_EQ(why["constraints"][0]["by"], "cgroup " + cpuset.name());
    const std::string lifts = why["constraints"][0]["lifts"];
    EXPECT_EQ(lifts, "echo " + list(both) + " > " + cpuset.file("cpuset.cpus") + " && echo " +
                         list(both) + " > " + inner + "/cpuset.cpus");
    EXPECT_EQ(test::run({"/bin/sh", "-c", lifts}).exit, 0);
    EXPECT_EQ(test::pinfold({"why", victim.pid_text(), "--on", list(b)}).exit, 0);
    cpuset.move_out(victim.pid());
  }
  EXPECT_EQ(::rmdir(inner.c_str()), 0);
}

TEST_F(WhyCpusetV1, OfAPlaceByNameItSaysWhatIsTaken) {
  CpusetV1 cpuset(a);
  const Victim victim({"quiet", "1"});
  cpuset.move_in(victim.pid());
  const Json why =
      Json::parse(test::pinfold({"why", "--json", victim.pid_text(), "--on", "online"}).out);
  EXPECT_EQ(why["may"], false);
  EXPECT_EQ(why["targets"][0]["left"], list(a));
  // What is permitted to it is all that this name means.
  EXPECT_EQ(test::pinfold({"why", victim.pid_text(), "--on", "allowed"}).exit, 0);
}

TEST_F(WhyCpusetV1, TheMaskIsExplainedByTheCpusetAndByTheRequest) {
  CpusetV1 cpuset(b);
  const Victim victim({"quiet", "1"});
  cpuset.move_in(victim.pid());
  const Json why = Json::parse(test::pinfold({"why", "--json", victim.pid_text()}).out);
  EXPECT_EQ(why["may"], true);
  EXPECT_EQ(why["targets"][0]["effective"], list(b));
  ASSERT_GE(why["constraints"].size(), 1U);
  for (const Json& constraint : why["constraints"]) {
    if (constraint["kind"] == "not_present" || constraint["kind"] == "offline") continue;
    EXPECT_EQ(constraint["kind"], "cpuset");
    EXPECT_EQ(constraint["by"], "cgroup " + cpuset.name());
  }
}

TEST_F(WhyCpusetV1, ACommandHasTheCallersCpuset) {
  CpusetV1 cpuset(a);
  const Output why = test::run({"/bin/sh", "-c",
                                "echo $$ > '" + cpuset.file("cgroup.procs") + "' && exec " +
                                    PINFOLD_COMMAND + " why --on " + list(b) + " -- true"});
  EXPECT_EQ(why.exit, 1);
  EXPECT_TRUE(why.out.starts_with("true cannot run on " + list(b) + ".\n")) << why.out;
}

TEST_F(WhySystem, AnotherUsersTaskNeedsItsUserOrTheCapability) {
  const Victim victim({"quiet", "2"});
  const Output why = as_user("why " + victim.pid_text() + " --on " + list(a));
  EXPECT_EQ(why.exit, 1);
  EXPECT_EQ(why.err, "");
  EXPECT_EQ(why.out, "quiet (" + victim.pid_text() + ") cannot be set to " + list(a) +
                         ".\n\nIt belongs to root: other users may not set its mask.\n"
                         "  where: sched_setaffinity(2): the caller must have the task's user, or\n"
                         "         CAP_SYS_NICE in its user namespace\n"
                         "  lifts: run as root, or with CAP_SYS_NICE\n");
}

TEST_F(WhySystem, ATaskOfTheSameUserWithMoreCapabilitiesIsTheOtherRule) {
  const Victim victim({"quiet", "1"});
  // Root without capabilities: the same user, and less permitted.
  const Output why = test::run(
      {"/usr/bin/setpriv", "--bounding-set=-all", "--inh-caps=-all", "/bin/sh", "-c",
       std::string(PINFOLD_COMMAND) + " why --json " + victim.pid_text() + " --on " + list(a)});
  EXPECT_EQ(why.exit, 1);
  const Json json = Json::parse(why.out);
  ASSERT_EQ(json["constraints"].size(), 1U) << why.out;
  EXPECT_EQ(json["constraints"][0]["kind"], "capabilities");
  EXPECT_EQ(json["constraints"][0]["lifts"], "give the container or the service CAP_SYS_NICE");
}

TEST_F(WhySystem, WhoMayNotSetItMayAskWhyItsMaskIsWhatItIs) {
  const Victim victim({"quiet", "1"});
  EXPECT_EQ(as_user("why " + victim.pid_text()).exit, 0);
}

TEST_F(WhySystem, ADeadlineTaskNeedsItsWholeRootDomainAndAnotherPolicyLiftsThat) {
  const Victim victim({"quiet", "1"});
  const Output made =
      test::run({"/usr/bin/chrt", "--deadline", "--sched-runtime", "10000000", "--sched-deadline",
                 "100000000", "--sched-period", "100000000", "-p", "0", victim.pid_text()});
  if (made.exit != 0) GTEST_SKIP() << "no SCHED_DEADLINE here: " << made.err;
  const Output why = test::pinfold({"why", "--json", victim.pid_text(), "--on", list(a)});
  EXPECT_EQ(why.exit, 1);
  EXPECT_EQ(test::pinfold({"set", list(a), victim.pid_text()}).exit, 1);
  const Json json = Json::parse(why.out);
  ASSERT_GE(json["constraints"].size(), 1U);
  const Json& constraint = json["constraints"].back();
  EXPECT_EQ(constraint["kind"], "deadline");
  EXPECT_EQ(constraint["takes"], list(a));
  const std::string lifts = constraint["lifts"];
  EXPECT_EQ(lifts, "chrt --other -p 0 " + victim.pid_text());
  EXPECT_EQ(test::run({"/bin/sh", "-c", lifts}).exit, 0);
  EXPECT_EQ(test::pinfold({"why", victim.pid_text(), "--on", list(a)}).exit, 0);
}

}  // namespace
}  // namespace pinfold
