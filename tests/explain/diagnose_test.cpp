// Who takes CPUs from a task, on systems that the tests describe.
#include "explain/diagnose.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pinfold/cpu_list.h>

#include "explain/text.h"
#include "support/fake_kernel.h"
#include "support/program.h"

namespace pinfold {
namespace {

using test::cpus;
using test::FakeKernel;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Tid nginx{1234};

// A machine of CPUs 0-7, and nginx, which may run on all of them.
class Why : public testing::Test {
 protected:
  Why() { task_.name = "nginx"; }

  Diagnosis there(const char* asked) {
    auto found = diagnose_thread(kernel_, nginx, {.asked = cpus(asked)});
    if (!found) ADD_FAILURE() << message(found.error());
    return found.value_or(Diagnosis());
  }

  Diagnosis mask(const Question& question = {}) {
    auto found = diagnose_thread(kernel_, nginx, question);
    if (!found) ADD_FAILURE() << message(found.error());
    return found.value_or(Diagnosis());
  }

  void v2_level(const char* cgroup, const char* given, const char* effective) {
    const std::string folder = std::string("/cg") + (cgroup == std::string("/") ? "" : cgroup);
    const bool root = folder == "/cg";
    kernel_.levels.push_back({.limit = {.cgroup = cgroup,
                                        .file = folder + "/cpuset.cpus.effective",
                                        .cpus = cpus(effective)},
                              .given_file = root ? "" : folder + "/cpuset.cpus",
                              .given = *given == '\0' ? CpuSet() : cpus(given)});
  }

  void partition(const char* cgroup, const char* list, bool isolated = false) {
    kernel_.all_partitions.push_back(
        {.cgroup = cgroup,
         .file = std::string("/cg") + cgroup + "/cpuset.cpus.partition",
         .cpus = cpus(list),
         .isolated = isolated});
  }

  FakeKernel kernel_{cpus("0-7")};
  test::FakeTask& task_ = kernel_.add(1234, 1234, cpus("0-7"));
};

// "cpuset takes 4-5", or with a colon the CPUs of a remark.
std::vector<std::string> summary(const Diagnosis& found) {
  std::vector<std::string> lines;
  for (const Constraint& constraint : found.constraints) {
    const bool takes = !constraint.takes.empty();
    if (takes) {
      EXPECT_EQ(constraint.takes, constraint.cpus);
    }
    lines.push_back(std::string(name(constraint.kind)) + (takes ? " takes " : ": ") +
                    to_cpu_list(constraint.cpus));
  }
  return lines;
}

TEST_F(Why, NothingStandsInTheWay) {
  const Diagnosis found = there("0-3");
  EXPECT_TRUE(found.may());
  EXPECT_THAT(summary(found), IsEmpty());
  EXPECT_EQ(verdict(found), "nginx (1234), thread 1234 may run on 0-3.");
}

TEST_F(Why, EachCpuIsTakenByTheCauseNearestToTheRoot) {
  kernel_.system.possible = cpus("0-15");
  kernel_.system.present = cpus("0-11");
  v2_level("/a", "0-1", "0-1");
  v2_level("/", "", "0-7");
  const Diagnosis found = there("0-17");
  EXPECT_FALSE(found.may());
  EXPECT_THAT(summary(found), ElementsAre("nonexistent takes 16-17", "not_present takes 12-15",
                                          "offline takes 8-11", "cpuset takes 2-7"));
  EXPECT_EQ(found.left(), cpus("0-1"));
}

TEST_F(Why, OfAMachineWithThousandsOfCpusToo) {
  kernel_.system.possible = kernel_.system.present = kernel_.system.online = cpus("0-4095");
  EXPECT_TRUE(there("4095").may());
  EXPECT_THAT(summary(there("4000-5000")), ElementsAre("nonexistent takes 4096-5000"));
}

// Offline

TEST_F(Why, WhatIsOfflineCanBeSwitchedOn) {
  kernel_.system.online = cpus("0-4");
  EXPECT_EQ(there("5").constraints[0].lifts, "echo 1 > /sys/devices/system/cpu/cpu5/online");
  EXPECT_EQ(there("4-7").constraints[0].lifts, "chcpu --enable 5-7");
}

TEST_F(Why, WhatIsOfflineBecauseSmtIsOffCannotBeSwitchedOnByItself) {
  kernel_.system.online = cpus("0-4");
  kernel_.smt_off = "off";
  EXPECT_EQ(there("5").constraints[0].lifts, "echo on > /sys/devices/system/cpu/smt/control");
  kernel_.smt_off = "forceoff";
  EXPECT_THAT(there("5").constraints[0].lifts, HasSubstr("boot without nosmt=force"));
}

TEST_F(Why, AMaskThatKeepsAnOfflineCpuIsNotTheEffectiveOne) {
  task_.mask = cpus("0-1");
  kernel_.system.online = cpus("0,2-7");
  EXPECT_THAT(summary(there("1")), ElementsAre("offline takes 1", "disagreement: 1"));
  const Diagnosis now = mask();
  EXPECT_TRUE(now.may());
  EXPECT_THAT(summary(now), ElementsAre("offline takes 1", "request takes 2-7", "disagreement: 1"));
  EXPECT_EQ(sentence(now.constraints[2]),
            "Its mask keeps CPU 1, which is offline: allowed is 0-1, effective is 0.");
}

TEST_F(Why, AMaskOfOfflineCpusLeavesNothing) {
  task_.mask = cpus("1");
  kernel_.system.online = cpus("0,2-7");
  const Diagnosis found = mask();
  EXPECT_FALSE(found.may());
  EXPECT_EQ(verdict(found), "nginx (1234), thread 1234 can run nowhere: its mask is 1.");
}

// Cpusets

TEST_F(Why, TheAncestorFarthestUpTakesWhatItWasNotGiven) {
  v2_level("/a/b/c", "", "0-1");
  v2_level("/a/b", "0-1", "0-1");
  v2_level("/a", "0-3", "0-3");
  v2_level("/", "", "0-7");
  const Diagnosis found = there("1-4");
  EXPECT_THAT(summary(found), ElementsAre("cpuset takes 4", "cpuset takes 2-3"));
  EXPECT_EQ(found.constraints[0].by, "cgroup /a");
  EXPECT_EQ(found.constraints[0].where, "/cg/a/cpuset.cpus");
  EXPECT_EQ(found.constraints[0].lifts,
            "echo 0-4 > /cg/a/cpuset.cpus && echo 0-4 > /cg/a/b/cpuset.cpus");
  EXPECT_EQ(found.constraints[1].by, "cgroup /a/b");
  EXPECT_EQ(found.constraints[1].lifts, "echo 0-4 > /cg/a/b/cpuset.cpus");
}

TEST_F(Why, WhatIsTakenAboveAContainerCannotBeSeenFromInside) {
  v2_level("/", "", "0-3");
  kernel_.levels.back().given_file = "/cg/cpuset.cpus";  // the real root has none
  const Diagnosis inherited = there("5");
  EXPECT_THAT(summary(inherited), ElementsAre("cpuset takes 5"));
  EXPECT_THAT(inherited.constraints[0].by, HasSubstr("cannot be seen from here"));

  kernel_.levels.back().given = cpus("0-3");
  const Diagnosis own = there("5");
  EXPECT_EQ(own.constraints[0].by, "cgroup /");
  EXPECT_EQ(own.constraints[0].lifts,
            "echo 0-3,5 > /cg/cpuset.cpus, if the cgroups above, which cannot be seen from here, "
            "have them");
}

// Partitions

TEST_F(Why, APartitionTakesItsCpusFromEverybodyElse) {
  v2_level("/web", "0-3", "0-1");
  v2_level("/", "", "0-1,4-7");
  partition("/rt", "2-3");
  const Diagnosis found = there("1-2");
  EXPECT_THAT(summary(found), ElementsAre("partition takes 2"));
  EXPECT_EQ(found.constraints[0].by, "cgroup /rt");
  EXPECT_EQ(found.constraints[0].where, "/cg/rt/cpuset.cpus.partition");
  EXPECT_EQ(found.constraints[0].lifts, "echo member > /cg/rt/cpuset.cpus.partition");
}

TEST_F(Why, WithoutThePartitionTheTasksOwnCgroupMustBeGivenThemToo) {
  v2_level("/web", "0-1", "0-1");
  v2_level("/", "", "0-1,4-7");
  partition("/rt", "2-3");
  EXPECT_EQ(there("2").constraints[0].lifts,
            "echo member > /cg/rt/cpuset.cpus.partition && echo 0-2 > /cg/web/cpuset.cpus");
}

TEST_F(Why, TheOuterPartitionHasWhatItsInnerOneHas) {
  v2_level("/", "", "0-3");
  partition("/rt", "4-7");
  partition("/rt/inner", "6-7", true);
  kernel_.system.isolated = cpus("6-7");
  const Diagnosis found = there("6");
  EXPECT_THAT(summary(found), ElementsAre("partition takes 6"));
  EXPECT_EQ(found.constraints[0].by, "cgroup /rt");
}

TEST_F(Why, APartitionThatTheTaskIsInTakesNothingFromIt) {
  v2_level("/rt", "2-3", "2-3");
  v2_level("/", "", "0-1,4-7");
  partition("/rt", "2-3");
  EXPECT_TRUE(there("2").may());
  const Diagnosis outside = there("3-4");
  EXPECT_THAT(summary(outside), ElementsAre("cpuset takes 4"));
  EXPECT_EQ(outside.constraints[0].by, "cgroup /rt");
}

// The task itself

TEST_F(Why, OnSomeArm64MachinesA32BitProgramHasFewerCpus) {
  kernel_.system.aarch32 = cpus("0-3");
  EXPECT_TRUE(there("2-5").may());
  task_.runs_32_bit = true;
  EXPECT_THAT(summary(there("2-5")), ElementsAre("arch takes 4-5"));
  task_.mask = cpus("0-3");
  EXPECT_THAT(summary(mask()), ElementsAre("arch takes 4-7"));
}

TEST_F(Why, AThreadThatTheKernelBindsStaysWhereItIs) {
  task_.name = "migration/2";
  task_.mask = cpus("2");
  task_.kernel_thread = task_.bound_by_kernel = true;
  const Diagnosis found = there("1-2");
  EXPECT_THAT(summary(found), ElementsAre("kernel_thread takes 1-2"));
  EXPECT_EQ(verdict(found), "migration/2 (1234), thread 1234 cannot be set to 1-2.");
  EXPECT_EQ(found.constraints[0].lifts, "");
  EXPECT_TRUE(there("2").may());
  EXPECT_THAT(summary(mask()), ElementsAre("kernel_thread takes 0-1,3-7"));
}

TEST_F(Why, AnotherUsersTaskIsNotTheCallersToSet) {
  kernel_.own = {.real = 1000, .effective = 1000};
  kernel_.others = {.real = 0, .effective = 0};
  const Diagnosis found = there("0-1,9");
  EXPECT_THAT(summary(found), ElementsAre("nonexistent takes 9", "permission takes 0-1"));
  EXPECT_EQ(found.constraints[1].by, "root");
  EXPECT_EQ(found.constraints[1].lifts, "run as root, or with CAP_SYS_NICE");
}

TEST_F(Why, ATaskThatHoldsMoreCapabilitiesIsNotEither) {
  kernel_.own = {.real = 1000, .effective = 1000};
  kernel_.others = {.real = 1000, .effective = 1000, .permitted = 1U << 13};
  const Diagnosis found = there("0");
  EXPECT_THAT(summary(found), ElementsAre("capabilities takes 0"));
  EXPECT_EQ(found.constraints[0].by, "cap_net_raw");
}

TEST_F(Why, CapSysNiceLiftsBothRules) {
  kernel_.own = {.real = 1000, .effective = 1000};
  kernel_.others = {.real = 0, .effective = 0, .permitted = 1U << 13};
  kernel_.sys_nice = true;
  EXPECT_TRUE(there("0").may());
}

TEST_F(Why, RootWithoutTheCapabilityIsNotToldToBeRoot) {
  kernel_.others = {.real = 1000, .effective = 1000};
  EXPECT_EQ(there("0").constraints.at(0).lifts, "give the container or the service CAP_SYS_NICE");
}

TEST_F(Why, WhoHasTheMaskAlreadyNeedsNoPermission) {
  task_.mask = cpus("0");
  kernel_.own = {.real = 1000, .effective = 1000};
  const Diagnosis found = there("0");
  EXPECT_TRUE(found.may());
  EXPECT_THAT(summary(found), ElementsAre("permission: 0"));
}

TEST_F(Why, ADeadlineTaskNeedsItsWholeRootDomain) {
  task_.deadline = true;
  kernel_.system.isolated = kernel_.system.isolcpus = cpus("7");  // belongs to no root domain
  EXPECT_THAT(summary(there("0-5")), ElementsAre("deadline takes 0-5"));
  EXPECT_EQ(there("0-5").constraints[0].limit, cpus("0-6"));
  EXPECT_TRUE(there("0-6").may());
  kernel_.admission = false;
  EXPECT_TRUE(there("0-5").may());
}

TEST_F(Why, OfTwoRefusalsTheSecondTakesNothingMore) {
  task_.deadline = true;
  kernel_.own = {.real = 1000, .effective = 1000};
  EXPECT_THAT(summary(there("0-1")), ElementsAre("permission takes 0-1", "deadline: 0-1"));
}

// What is only said

TEST_F(Why, IsolatedByBootAndByAPartitionAreToldApart) {
  kernel_.system.isolated = cpus("2-3,6-7");
  kernel_.system.isolcpus = cpus("6-7");
  partition("/rt", "2-3", true);
  const Diagnosis found = there("3-6");
  EXPECT_TRUE(found.may());
  EXPECT_THAT(summary(found), ElementsAre("isolated: 3", "isolated: 6"));
  EXPECT_EQ(found.constraints[0].by, "cgroup /rt");
  EXPECT_EQ(found.constraints[0].where, "/cg/rt/cpuset.cpus.partition");
  EXPECT_EQ(found.constraints[1].by, "isolcpus");
  EXPECT_EQ(found.constraints[1].where, "/sys/devices/system/cpu/isolated");
}

// Linux 6.12 keeps the CPUs of a partition that became invalid in cpuset.cpus.isolated.
TEST_F(Why, WhatTheKernelListsAsIsolatedWithoutAReasonIsNot) {
  kernel_.system.isolated = cpus("6-7");
  EXPECT_THAT(summary(there("6")), IsEmpty());
  task_.mask = cpus("0-5");
  EXPECT_THAT(summary(mask()), ElementsAre("request takes 6-7"));
}

TEST_F(Why, NohzFullIsSaid) {
  kernel_.system.nohz_full = cpus("5");
  const Diagnosis found = there("4-5");
  EXPECT_TRUE(found.may());
  EXPECT_THAT(summary(found), ElementsAre("nohz_full: 5"));
}

// The present mask

TEST_F(Why, AMaskOfEverythingIsNarrowedByNobody) {
  const Diagnosis found = mask();
  EXPECT_TRUE(found.may());
  EXPECT_THAT(summary(found), IsEmpty());
  EXPECT_EQ(verdict(found), "nginx (1234), thread 1234 may run on 0-7, all CPUs of this machine.");
}

TEST_F(Why, WhatNoLimitTakesWasAskedFor) {
  task_.mask = cpus("0-1");
  kernel_.system.isolated = kernel_.system.isolcpus = cpus("7");
  v2_level("/web", "0-3,6-7", "0-3,6-7");
  const Diagnosis found = mask();
  EXPECT_THAT(summary(found),
              ElementsAre("cpuset takes 4-5", "isolated takes 7", "request takes 2-3,6"));
  EXPECT_EQ(found.constraints[1].lifts, "pinfold reset --isolated 1234");
  EXPECT_EQ(found.constraints[2].lifts, "pinfold reset 1234");
  EXPECT_EQ(sentence(found.constraints[2]),
            "Its mask was set to 0-1: the kernel does not tell by whom.");
}

TEST_F(Why, WhatWasAskedForIsSaidWhereItIsKnown) {
  kernel_.snapshots = true;
  task_.mask = cpus("0-1");
  task_.request = cpus("0-1,4");
  v2_level("/web", "0-3,6-7", "0-3,6-7");
  const Diagnosis found = mask();
  EXPECT_EQ(found.request, cpus("0-1,4"));
  EXPECT_THAT(summary(found), ElementsAre("cpuset takes 4-5", "request takes 2-3,6-7"));
  EXPECT_EQ(sentence(found.constraints[1]),
            "Its mask was set to 0-1,4: the kernel does not tell by whom.");
}

TEST_F(Why, NarrowMaskThatNobodyAskedForIsTheKernels) {
  kernel_.snapshots = true;
  task_.mask = cpus("0-1");
  task_.request = CpuSet();
  EXPECT_EQ(sentence(mask().constraints.at(0)),
            "Its mask was set to 0-1: the kernel remembers nobody who asked for that.");
  task_.request = cpus("0-3");
  EXPECT_EQ(sentence(mask().constraints.at(0)),
            "Its mask was set to 0-1: the kernel narrowed it, asked for was 0-3.");
}

TEST_F(Why, InAnIsolatedPartitionWhatIsMissingWasAskedFor) {
  task_.mask = cpus("2");
  kernel_.system.isolated = cpus("2-3");
  v2_level("/rt", "2-3", "2-3");
  v2_level("/", "", "0-1,4-7");
  partition("/rt", "2-3", true);
  EXPECT_THAT(summary(mask()),
              ElementsAre("cpuset takes 0-1,4-7", "request takes 3", "isolated: 2"));
}

TEST_F(Why, AParentWithTheSameMaskIsNamed) {
  task_.mask = cpus("0-1");
  task_.parent = Pid(1200);
  test::FakeTask& parent = kernel_.add(1200, 1200, cpus("0-1"));
  parent.name = "bash";
  EXPECT_EQ(mask().constraints.at(0).by, "its parent bash (1200) has the same");
  parent.parent = Pid(1100);
  kernel_.add(1100, 1100, cpus("0-1")).name = "sshd";
  EXPECT_EQ(mask().constraints.at(0).by,
            "its parent bash (1200) has the same, and so up to sshd (1100)");
  parent.mask = cpus("0-2");
  EXPECT_EQ(mask().constraints.at(0).by, "");
}

TEST_F(Why, WhoeverKnowsMoreOfAMasksOriginIsAsked) {
  task_.mask = cpus("0-1");
  const Diagnosis found = mask(
      {.asked = std::nullopt, .origin = [](const Task& task, const CpuSet& now) {
         EXPECT_EQ(task.tid, nginx);
         EXPECT_EQ(now, cpus("0-1"));
         return std::optional(Origin{"pinfold set, 12:03", "/run/pinfold/journal", "pinfold undo"});
       }});
  ASSERT_EQ(found.constraints.size(), 1U);
  EXPECT_EQ(sentence(found.constraints[0]), "Its mask was set to 0-1: pinfold set, 12:03.");
  EXPECT_EQ(found.constraints[0].lifts, "pinfold undo");
}

TEST_F(Why, KernelThreadsAreKeptAwayFromNohzFull) {
  task_.kernel_thread = true;
  task_.mask = cpus("0-4,6-7");
  kernel_.system.nohz_full = cpus("5");
  EXPECT_THAT(summary(mask()), ElementsAre("nohz_full takes 5"));
}

// A process

TEST_F(Why, ThreadsForWhichTheSameHoldsStandTogether) {
  kernel_.add(1234, 1240, cpus("0-7"));
  kernel_.add(1234, 1241, cpus("3"));
  const auto all = diagnose_process(kernel_, Pid(1234), {});
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ((*all)[0].threads, (std::vector{Tid(1234), Tid(1240)}));
  EXPECT_EQ(label((*all)[0]), "nginx (1234), threads 1234, 1240");
  EXPECT_EQ(label((*all)[1]), "nginx (1234), thread 1241");
  EXPECT_EQ((*all)[1].constraints.at(0).lifts, "pinfold reset tid:1241");
  const auto there = diagnose_process(kernel_, Pid(1234), {.asked = cpus("9")});
  ASSERT_TRUE(there);
  // That they have different masks does not matter to what is asked.
  ASSERT_EQ(there->size(), 1U);
  EXPECT_EQ(label(there->front()), "nginx (1234)");
}

TEST_F(Why, AProcessThatIsNotThereIsAnError) {
  const auto none = diagnose_process(kernel_, Pid(99), {});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, ErrorKind::no_such_task);
}

}  // namespace
}  // namespace pinfold
