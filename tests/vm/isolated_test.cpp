// A machine started with isolcpus=6,7 nohz_full=5.
#include <gtest/gtest.h>
#include <sched.h>

#include <fstream>
#include <map>
#include <vector>

#include <pinfold/machine.h>
#include <pinfold/place.h>

#include "claims/claims.h"
#include "vm/cpuset_v2.h"
#include "vm/machine.h"

namespace pinfold::test {
namespace {

const CpuSet& isolated() {
  static const CpuSet cpus = test::cpus("6-7");
  return cpus;
}

// None of them sets the mask of the test itself: that would be a request of its own, which whom it
// starts would inherit.
class Isolated : public VmTest {
 protected:
  static std::vector<Task> tasks(bool of_the_kernel) {
    std::vector<Task> tasks;
    const auto processes = kernel().processes();
    for (const Pid pid : processes.value()) {
      const auto task = kernel().task(pid.leader());
      if (task && task->kernel_thread == of_the_kernel) tasks.push_back(*task);
    }
    return tasks;
  }
};

TEST_F(Isolated, M14_TheKernelTellsWhichCpusAreIsolated) {
  EXPECT_EQ(kernel().cpus()->isolated, isolated());
  EXPECT_EQ(kernel().cpus()->nohz_full, cpus("5"));
}

TEST_F(Isolated, PlacesNameThem) {
  const auto machine = ::pinfold::Machine::host();
  ASSERT_TRUE(machine);
  EXPECT_EQ(resolve("isolated", *machine).value(), isolated());
  EXPECT_EQ(resolve("nohz", *machine).value(), cpus("5"));
  EXPECT_EQ(resolve("housekeeping", *machine).value(), cpus("0-4"));
}

TEST_F(Isolated, M14_TheFirstProcessIsKeptOffThem) { EXPECT_EQ(effective(Tid(1)), cpus("0-5")); }

TEST_F(Isolated, M14_NobodyHasThemWhoDidNotAskForThem) {
  const auto everybody = tasks(false);
  EXPECT_GE(everybody.size(), 2U);
  for (const Task& task : everybody) {
    EXPECT_FALSE(effective(task.tid).intersects(isolated())) << task.name;
    EXPECT_FALSE(isolated().contains(task.cpu)) << task.name;
  }
}

TEST_F(Isolated, M14_ANewTaskInheritsAMaskWithoutThem) {
  const Victim victim({"quiet", "2"});
  EXPECT_EQ(mask_of(victim.pid()), cpus("0-5"));
}

TEST_F(Isolated, M14_AffinityPutsATaskThere) {
  const int found = in_child([] {
    if (raw_set(0, cpus("6")) != 0 || mask_of(0) != cpus("6")) return 128;
    return ::sched_getcpu();
  });
  EXPECT_EQ(found, 6);
}

TEST_F(Isolated, M14_ACpusetPutsATaskThere) {
  const CpusetV2 cpuset("6-7");
  const auto process = sleeper();
  const Tid busy = process->start(Work::compute);
  cpuset.move_in(process->pid());
  EXPECT_EQ(effective(busy), isolated());
  EXPECT_TRUE(eventually([&] { return isolated().contains(kernel().task(busy)->cpu); }));
}

// The mask has them, the scheduler's balancing does not.
TEST_F(Isolated, M14_WhoMayRunThereIsStillNotMovedThere) {
  const auto process = sleeper("0-7");
  ASSERT_EQ(effective(*process), cpus("0-7"));
  std::vector<Tid> crowd;
  for (int i = 0; i < 24; ++i)
    crowd.push_back(process->start(Work::compute));
  for (int look = 0; look < 20; ++look) {
    for (const Tid tid : crowd) {
      ASSERT_EQ(effective(tid), cpus("0-7"));
      ASSERT_FALSE(isolated().contains(kernel().task(tid)->cpu)) << "at look " << look;
    }
  }
}

TEST_F(Isolated, M29_KernelThreadsAreThereAllTheSame) {
  std::map<std::string, CpuSet> found;
  for (const Task& task : tasks(true))
    found[task.name] = effective(task.tid);
  EXPECT_EQ(found["migration/6"], cpus("6"));
  EXPECT_EQ(found["kthreadd"], cpus("0-4,6-7"));  // and whatever it starts
}

// What isolcpus keeps tasks off by is the mask they inherit, and a cpuset writes masks.
TEST_F(Isolated, M29_MovingIntoACpusetGivesThemToATaskThatNeverAsked) {
  const CpusetV2 cpuset("4-7");
  const Victim victim({"quiet", "1"});
  cpuset.move_in(Pid(victim.pid()));
  EXPECT_EQ(mask_of(victim.pid()), cpus("4-7"));
}

TEST_F(Isolated, NohzFullTakesNothingFromUsersMasks) {
  std::ifstream file("/sys/devices/system/cpu/nohz_full");
  std::string list;
  std::getline(file, list);
  if (list != "5") GTEST_SKIP() << "this kernel has no nohz_full";
  EXPECT_TRUE(effective(Tid(1)).contains(CpuId(5)));
}

TEST_F(Isolated, PinfoldSetPutsAProcessThere) {
  const Victim victim({"quiet", "2"});
  const Output set = pinfold({"set", "6", victim.pid_text()});
  EXPECT_EQ(set.exit, 0) << set.err;
  EXPECT_EQ(mask_of(victim.pid()), cpus("6"));
}

TEST_F(Isolated, PinfoldResetLeavesThemOutUnlessToldOtherwise) {
  const Victim victim({"quiet", "2"});
  ASSERT_EQ(pinfold({"set", "6", victim.pid_text()}).exit, 0);
  const Output reset = pinfold({"reset", victim.pid_text()});
  EXPECT_EQ(reset.exit, 0) << reset.err;
  EXPECT_EQ(mask_of(victim.pid()), cpus("0-5"));
  EXPECT_EQ(pinfold({"reset", "--isolated", victim.pid_text()}).exit, 0);
  EXPECT_EQ(mask_of(victim.pid()), cpus("0-7"));
}

TEST_F(Isolated, PinfoldResetOfWhoMayHaveNothingElseIsAnError) {
  const CpusetV2 cpuset("6-7");
  const Victim victim({"quiet", "1"});
  cpuset.move_in(Pid(victim.pid()));
  const Output reset = pinfold({"reset", victim.pid_text()});
  EXPECT_EQ(reset.exit, 1);
  EXPECT_EQ(reset.err, "pinfold: quiet (" + victim.pid_text() + ") may use only 6-7 (cgroup " +
                           cpuset.name() + "), and all of them are isolated\n  (" +
                           cpuset.file("cpuset.cpus.effective") +
                           ")\n"
                           "  --isolated asks for them too\n");
}

}  // namespace
}  // namespace pinfold::test
