// The command inside and against cpusets of the v1 hierarchy.
#include "support/cpuset_v1.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <thread>

#include <pinfold/cpu_list.h>
#include <pinfold/pin.h>
#include <pinfold/scoped_pin.h>

#include "linux/kernel.h"
#include "pin/assignment.h"
#include "support/kernel_release.h"
#include "support/program.h"

namespace pinfold {
namespace {

using test::CpusetV1;
using test::mask_of;
using test::Output;
using test::remembers_requests;
using test::Victim;

std::string list(const CpuSet& cpus) { return to_cpu_list(cpus); }

class CpusetV1Test : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string reason = CpusetV1::missing(); !reason.empty()) GTEST_SKIP() << reason;
    const CpuSet cpus = CpusetV1::parent_cpus();
    if (cpus.count() < 2) GTEST_SKIP() << "needs two CPUs, this cgroup has " << list(cpus);
    auto cpu = cpus.begin();
    a = CpuSet{*cpu};
    b = CpuSet{*++cpu};
    both = a | b;
  }

  /// What a command says of CPUs `asked` that a task cannot use.
  static std::string refusal(const std::string& task, const CpuSet& asked, const CpuSet& allowed,
                             const CpusetV1& cpuset) {
    return "pinfold: " + task + " cannot use " + list(asked - allowed) + ": cgroup " +
           cpuset.name() + " allows " + list(allowed) + "\n  (" +
           cpuset.file("cpuset.effective_cpus") + ")\n" +
           (asked.intersects(allowed) ? "  --clip drops CPUs that cannot be used\n" : "");
  }

  /// Runs `command` in a shell that has moved into the cpuset.
  static Output run_inside(const CpusetV1& cpuset, const std::string& command) {
    return test::run({"/bin/sh", "-c",
                      "echo $$ > '" + cpuset.file("cgroup.procs") + "' && exec " +
                          std::string(PINFOLD_COMMAND) + ' ' + command});
  }

  CpuSet a;
  CpuSet b;
  CpuSet both;
};

TEST_F(CpusetV1Test, SetOutsideOfItIsRefusedBeforeAnythingIsChanged) {
  CpusetV1 cpuset(a);
  Victim outside({"quiet", "2"});
  Victim inside({"quiet", "2"});
  cpuset.move_in(inside.pid());
  const CpuSet before = mask_of(outside.pid());

  const Output set = test::pinfold({"set", list(both), outside.pid_text(), inside.pid_text()});
  EXPECT_EQ(set.exit, 1);
  EXPECT_EQ(set.out, "");
  EXPECT_EQ(set.err, refusal("quiet (" + inside.pid_text() + ')', both, a, cpuset));
  EXPECT_EQ(mask_of(outside.pid()), before);
  EXPECT_EQ(mask_of(inside.pid()), a);
}

TEST_F(CpusetV1Test, SetSaysSoInJsonToo) {
  CpusetV1 cpuset(a);
  Victim victim({"quiet", "1"});
  cpuset.move_in(victim.pid());

  const Output set = test::pinfold({"set", "--json", list(both), victim.pid_text()});
  EXPECT_EQ(set.exit, 1);
  EXPECT_EQ(set.out, R"({"schema_version":1,"done":false,"proved":"no","threads":[],"error":)"
                     R"({"kind":"cpuset","errno":0,"message":"quiet ()" +
                         victim.pid_text() + ") cannot use " + list(b) + ": cgroup " +
                         cpuset.name() + " allows " + list(a) + "\"}}\n");
}

TEST_F(CpusetV1Test, ClipDropsWhatItDoesNotAllowAndSaysWhat) {
  CpusetV1 cpuset(b);
  Victim victim({"quiet", "2"});
  cpuset.move_in(victim.pid());

  const Output set = test::pinfold({"set", "--clip", list(both), victim.pid_text()});
  EXPECT_EQ(set.exit, 0);
  EXPECT_EQ(set.err, "pinfold: note: dropped: quiet (" + victim.pid_text() + ") cannot use " +
                         list(a) + ": cgroup " + cpuset.name() + " allows " + list(b) + "\n");
  EXPECT_EQ(set.out,
            "quiet (" + victim.pid_text() + "): 2 threads on " + list(b) + ", as before\n");
  EXPECT_EQ(mask_of(victim.pid()), b);
}

TEST_F(CpusetV1Test, ClipThatLeavesNothingIsRefused) {
  CpusetV1 cpuset(a);
  Victim victim({"quiet", "1"});
  cpuset.move_in(victim.pid());

  const Output set = test::pinfold({"set", "--clip", list(b), victim.pid_text()});
  EXPECT_EQ(set.exit, 1);
  EXPECT_EQ(set.err, refusal("quiet (" + victim.pid_text() + ')', b, a, cpuset));
}

TEST_F(CpusetV1Test, GetShowsWhatItAllows) {
  CpusetV1 cpuset(b);
  Victim victim({"quiet", "1"});
  cpuset.move_in(victim.pid());

  const Output get = test::pinfold({"get", "--json", victim.pid_text()});
  EXPECT_EQ(get.exit, 0);
  EXPECT_NE(get.out.find(R"("allowed":")" + list(b) + R"(","effective":")" + list(b) + '"'),
            std::string::npos)
      << get.out;
}

TEST_F(CpusetV1Test, ResetGivesAllThatItAllowsAndTheRestWhenItGrows) {
  CpusetV1 cpuset(both);
  Victim victim({"quiet", "2"});
  cpuset.move_in(victim.pid());
  ASSERT_EQ(test::pinfold({"set", list(b), victim.pid_text()}).exit, 0);
  cpuset.set_cpus(a);
  ASSERT_EQ(mask_of(victim.pid()), a);

  const Output reset = test::pinfold({"reset", victim.pid_text()});
  EXPECT_EQ(reset.exit, 0) << reset.err;
  EXPECT_EQ(reset.err, "");
  EXPECT_EQ(mask_of(victim.pid()), a);

  cpuset.set_cpus(both);
  EXPECT_EQ(mask_of(victim.pid()), both);
}

TEST_F(CpusetV1Test, RunOutsideOfItFailsAndTheCommandIsNotStarted) {
  CpusetV1 cpuset(a);
  const Output run = run_inside(cpuset, "run --on " + list(both) + " -- echo started");
  EXPECT_EQ(run.exit, 125);
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(run.err, refusal("echo", both, a, cpuset));
}

TEST_F(CpusetV1Test, RunWhollyOutsideOfItFailsTheSameWay) {
  CpusetV1 cpuset(a);
  const Output run = run_inside(cpuset, "run --on " + list(b) + " -- echo started");
  EXPECT_EQ(run.exit, 125);
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(run.err, refusal("echo", b, a, cpuset));
}

TEST_F(CpusetV1Test, RunInsideOfItStartsTheCommandThere) {
  CpusetV1 cpuset(both);
  const Output run =
      run_inside(cpuset, "run --on " + list(b) + " -- grep Cpus_allowed_list /proc/self/status");
  EXPECT_EQ(run.exit, 0);
  EXPECT_EQ(run.err, "");
  EXPECT_EQ(run.out, "Cpus_allowed_list:\t" + list(b) + "\n");
}

TEST_F(CpusetV1Test, RunOnAllMeansWhatItAllowsAndSaysSo) {
  CpusetV1 cpuset(b);
  const CpuSet online = LinuxKernel().cpus()->online;
  const Output run = run_inside(cpuset, "run --on all -- grep Cpus_allowed_list /proc/self/status");
  EXPECT_EQ(run.exit, 0);
  EXPECT_EQ(run.err, "pinfold: note: all is " + list(online) + "; cgroup " + cpuset.name() +
                         " allows " + list(b) + "\n");
  EXPECT_EQ(run.out, "Cpus_allowed_list:\t" + list(b) + "\n");
}

TEST_F(CpusetV1Test, MemoryOfANodeThatItForbidsIsRefused) {
  const NodeSet nodes = LinuxKernel().memory_limits()->usable();
  if (nodes.count() < 2) GTEST_SKIP() << "needs two nodes with memory, this machine has one";
  const std::string all = to_node_list(nodes);
  CpusetV1 cpuset(both);
  ASSERT_EQ(cpuset.write("cpuset.mems", "0"), 0);

  const Output run = run_inside(cpuset, "run --mem bind:1 -- echo started");
  EXPECT_EQ(run.exit, 125);
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(run.err, "pinfold: echo cannot use memory of node 1: cgroup " + cpuset.name() +
                         " allows 0\n  (" + cpuset.file("cpuset.effective_mems") + ")\n");

  const Output clipped = run_inside(cpuset, "run -v --clip --mem bind:0-1 -- true");
  EXPECT_EQ(clipped.exit, 0);
  EXPECT_EQ(clipped.err, "pinfold: note: dropped: true cannot use memory of node 1: cgroup " +
                             cpuset.name() + " allows 0\npinfold: note: true runs on " +
                             list(both) + ", memory bound to node 0\n");

  const Output spread = run_inside(cpuset, "run --mem interleave -- true");
  EXPECT_EQ(spread.exit, 0);
  EXPECT_EQ(spread.err, "pinfold: note: memory is on nodes " + all + "; cgroup " + cpuset.name() +
                            " allows 0\n");
}

TEST_F(CpusetV1Test, SetAllMeansWhatTheTargetsCpusetAllows) {
  CpusetV1 cpuset(a);
  Victim victim({"quiet", "1"});
  cpuset.move_in(victim.pid());
  const CpuSet online = LinuxKernel().cpus()->online;
  const Output set = test::pinfold({"set", "all", victim.pid_text()});
  EXPECT_EQ(set.exit, 0);
  EXPECT_EQ(set.err, "pinfold: note: all is " + list(online) + "; cgroup " + cpuset.name() +
                         " allows " + list(a) + "\n");
}

TEST_F(CpusetV1Test, ShrunkBetweenCheckAndSetIsFoundByReadingBack) {
  CpusetV1 cpuset(both);
  Victim victim({"quiet", "3"});
  cpuset.move_in(victim.pid());
  LinuxKernel kernel;
  const auto assignment =
      prepare(kernel, Pid(victim.pid()), {.cpus = [&](const Limits&) { return both; }});
  ASSERT_TRUE(assignment);

  cpuset.set_cpus(b);
  const auto placed = apply(kernel, *assignment);
  ASSERT_TRUE(placed);
  EXPECT_FALSE(placed->done());
  ASSERT_EQ(placed->threads.size(), 3U);
  for (const ThreadPlacement& thread : placed->threads) {
    EXPECT_EQ(thread.outcome, Outcome::failed);
    ASSERT_TRUE(thread.error);
    EXPECT_EQ(thread.error->kind, ErrorKind::cpuset);
    EXPECT_EQ(thread.error->owner, cpuset.name());
    EXPECT_EQ(thread.error->cpus, list(a));
    EXPECT_EQ(thread.error->now, list(b));
    EXPECT_EQ(thread.effective, b);
  }
}

// The limits of the calling process are remembered between calls: these are about a cpuset that
// has become narrower since. One thread moves, so that the test itself stays where it is.
TEST_F(CpusetV1Test, ShrunkSinceTheLastPinIsFoundByReadingBack) {
  CpusetV1 cpuset(both);
  std::jthread([&] {
    cpuset.move_thread_in(::gettid());
    ASSERT_TRUE(pin(this_thread(), both));
    cpuset.set_cpus(a);

    const auto narrowed = pin(this_thread(), both);
    ASSERT_FALSE(narrowed);
    EXPECT_EQ(narrowed.error().kind, ErrorKind::cpuset);
    EXPECT_EQ(narrowed.error().owner, cpuset.name());
    EXPECT_EQ(narrowed.error().cpus, list(b));
    EXPECT_EQ(narrowed.error().now, list(a));

    const auto refused = pin(this_thread(), b);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::cpuset);
    EXPECT_EQ(refused.error().cpus, list(b));
    EXPECT_EQ(refused.error().now, "");
    EXPECT_EQ(mask_of(0), a);
  }).join();
}

TEST_F(CpusetV1Test, ScopedPinPutsBackWhatANarrowedPinChanged) {
  if (!remembers_requests()) GTEST_SKIP() << "requests are remembered since Linux 6.2";
  CpusetV1 cpuset(both);
  std::jthread([&] {
    cpuset.move_thread_in(::gettid());
    ASSERT_TRUE(pin(this_thread(), a));
    cpuset.set_cpus(a);
    {
      const ScopedPin guard(both);
      ASSERT_FALSE(guard.placement());
      EXPECT_EQ(guard.placement().error().kind, ErrorKind::cpuset);
      EXPECT_EQ(guard.placement().error().now, list(a));
    }
    EXPECT_EQ(mask_of(0), a);
    // What is asked for now shows when there is room for more.
    cpuset.set_cpus(both);
    EXPECT_EQ(mask_of(0), a);
  }).join();
}

TEST_F(CpusetV1Test, WideningItRestoresWhatWasSet) {
  if (!remembers_requests()) GTEST_SKIP() << "requests are remembered since Linux 6.2";
  CpusetV1 cpuset(both);
  Victim victim({"quiet", "1"});
  cpuset.move_in(victim.pid());
  ASSERT_EQ(test::pinfold({"set", list(b), victim.pid_text()}).exit, 0);
  cpuset.set_cpus(a);
  EXPECT_EQ(mask_of(victim.pid()), a);
  cpuset.set_cpus(both);
  EXPECT_EQ(mask_of(victim.pid()), b);
}

TEST_F(CpusetV1Test, MovingOutOfItRestoresWhatWasSet) {
  if (!remembers_requests()) GTEST_SKIP() << "requests are remembered since Linux 6.2";
  Victim victim({"quiet", "1"});
  ASSERT_EQ(test::pinfold({"set", list(b), victim.pid_text()}).exit, 0);
  CpusetV1 cpuset(a);
  cpuset.move_in(victim.pid());
  EXPECT_EQ(mask_of(victim.pid()), a);
  cpuset.move_out(victim.pid());
  EXPECT_EQ(mask_of(victim.pid()), b);
}

TEST_F(CpusetV1Test, WithoutCpusItTakesNobody) {
  CpusetV1 cpuset((CpuSet()));
  Victim victim({"quiet", "1"});
  EXPECT_EQ(cpuset.write("cgroup.procs", victim.pid_text()), ENOSPC);
}

TEST_F(CpusetV1Test, TakesNoCpuThatDoesNotExist) {
  CpusetV1 cpuset(a);
  const unsigned beyond = LinuxKernel().cpus()->possible.last()->value() + 1;
  EXPECT_EQ(cpuset.write("cpuset.cpus", std::to_string(beyond)), ERANGE);
}

TEST_F(CpusetV1Test, TakesNoPerCpuKernelThread) {
  std::ifstream name("/proc/2/comm");
  std::string kthreadd;
  std::getline(name, kthreadd);
  if (kthreadd != "kthreadd") GTEST_SKIP() << "kernel threads are not visible in this container";
  LinuxKernel kernel;
  const auto processes = kernel.processes();
  ASSERT_TRUE(processes);
  CpusetV1 cpuset(a);
  for (const Pid pid : *processes) {
    const auto task = kernel.task(pid.leader());
    if (!task || !task->bound_by_kernel || !task->name.starts_with("migration/")) continue;
    EXPECT_EQ(cpuset.write("cgroup.procs", std::to_string(pid.value())), EINVAL);
    return;
  }
  GTEST_SKIP() << "no migration/N kernel thread: this machine has one CPU only";
}

}  // namespace
}  // namespace pinfold
