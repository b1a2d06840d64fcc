// What every Kernel promises of snapshots: all tasks at once, with what they asked for. Needs root.
#include <gtest/gtest.h>
#include <linux/capability.h>

#include <algorithm>
#include <cerrno>

#include "kernel/world.h"

namespace pinfold::test {
namespace {

constexpr std::uint64_t bpf = std::uint64_t{1} << CAP_BPF;
constexpr std::uint64_t perfmon = std::uint64_t{1} << CAP_PERFMON;
constexpr std::uint64_t sys_admin = std::uint64_t{1} << CAP_SYS_ADMIN;
constexpr Uids user = {1001, 1001, 1001};

class SnapshotContract : public WorldTest {
 protected:
  void SetUp() override {
    const auto own = kernel().snapshot(Tid());
    if (own) return;
    const bool may_not = own.error().kind == ErrorKind::unsupported || own.error().number == EPERM;
    ASSERT_TRUE(may_not) << message(own.error());  // a program that a kernel refuses is a fault
    GTEST_SKIP() << message(own.error());
  }

  static TaskMasks of(Tid tid) { return kernel().snapshot(tid).value().at(0); }

  /// What is told where nobody could have asked for anything else.
  static std::optional<CpuSet> told(const CpuSet& request) {
    return machine().remembers_requests ? std::optional(request) : std::nullopt;
  }
};

TEST_F(SnapshotContract, TellsWhatOneTaskIsAskedFor) {
  const auto process = world().process();
  const Tid tid = process->pid().leader();
  process->rename(tid, "a) R 1 (b");
  ASSERT_EQ(set_mask(tid, last()), 0);
  ASSERT_TRUE(asleep(tid));  // it has answered, and may still be on its way to sleep
  const auto snapshot = kernel().snapshot(tid);
  ASSERT_TRUE(snapshot) << message(snapshot.error());
  ASSERT_EQ(snapshot->size(), 1U);
  const TaskMasks& told = snapshot->front();
  const Task asked = kernel().task(tid).value();
  EXPECT_EQ(told.task.tid, tid);
  EXPECT_EQ(told.task.pid, asked.pid);
  EXPECT_EQ(told.task.parent, asked.parent);
  EXPECT_EQ(told.task.name, asked.name);
  EXPECT_EQ(told.task.state, asked.state);
  EXPECT_EQ(told.task.start_time, asked.start_time);
  EXPECT_EQ(told.task.cpu, asked.cpu);
  EXPECT_FALSE(told.task.kernel_thread);
  EXPECT_EQ(told.allowed, last());
}

TEST_F(SnapshotContract, RequestIsWhatWasAskedFor) {
  const auto process = world().process();
  const Tid tid = process->pid().leader();
  ASSERT_EQ(set_mask(tid, last()), 0);
  EXPECT_EQ(of(tid).request, told(last()));
  ASSERT_EQ(set_mask(tid, machine().possible), 0);
  EXPECT_EQ(of(tid).request, told(machine().possible));
  EXPECT_EQ(of(tid).allowed, kernel().allowed(tid).value());
}

TEST_F(SnapshotContract, RefusedCallLeavesTheRequest) {
  const auto process = world().process();
  const Tid tid = process->pid().leader();
  ASSERT_EQ(set_mask(tid, first()), 0);
  ASSERT_EQ(set_mask(tid, {CpuId(machine().cpu_ids)}), -EINVAL);
  EXPECT_EQ(of(tid).request, told(first()));
}

TEST_F(SnapshotContract, ThreadsAndChildrenInheritTheRequest) {
  const auto process = world().process();
  ASSERT_EQ(set_mask(process->pid().leader(), first()), 0);
  const Tid thread = process->start(Work::sleep);
  OR_SKIP(const Pid child, process->fork());
  EXPECT_EQ(of(thread).request, told(first()));
  EXPECT_EQ(of(child.leader()).request, told(first()));
}

TEST_F(SnapshotContract, WhoHasNeverAskedHasAnEmptyRequest) {
  const auto bound = world().kernel_thread("migration/0");  // nobody can set it
  if (!bound) GTEST_SKIP() << "no kernel threads to be seen here";
  const TaskMasks masks = of(*bound);
  EXPECT_TRUE(masks.task.kernel_thread);
  EXPECT_TRUE(masks.task.bound_by_kernel);
  EXPECT_EQ(masks.request, told(CpuSet()));
}

TEST_F(SnapshotContract, ProcessIsAllItsThreadsAndNobodyElse) {
  const auto process = world().process();
  const auto other = world().process();
  std::vector<Tid> threads = {process->pid().leader()};
  for (int i = 0; i < 100; ++i)
    threads.push_back(process->start(Work::sleep));
  ASSERT_EQ(set_mask(threads.back(), first()), 0);
  const auto snapshot = kernel().snapshot(process->pid());
  ASSERT_TRUE(snapshot) << message(snapshot.error());
  std::vector<Tid> seen;
  for (const TaskMasks& masks : *snapshot)
    seen.push_back(masks.task.tid);
  std::ranges::sort(seen);
  std::ranges::sort(threads);
  EXPECT_EQ(seen, threads);
  for (const TaskMasks& masks : *snapshot)
    EXPECT_EQ(masks.task.pid, process->pid());
}

TEST_F(SnapshotContract, EverybodyIsInIt) {
  const auto process = world().process();
  const Tid thread = process->start(Work::sleep);
  const auto before = kernel().processes().value();
  const auto snapshot = kernel().snapshot(Everybody());
  ASSERT_TRUE(snapshot) << message(snapshot.error());
  const auto seen = [&](Tid tid) {
    return std::ranges::any_of(*snapshot,
                               [&](const TaskMasks& masks) { return masks.task.tid == tid; });
  };
  EXPECT_TRUE(seen(thread));
  for (const Pid pid : before) {
    const bool there = kernel().task(pid.leader()).has_value();
    EXPECT_TRUE(seen(pid.leader()) || !there) << pid.value();
  }
}

TEST_F(SnapshotContract, WhoSleepsIsShownOutsideClone) {
  const auto process = world().process();
  const Tid thread = process->start(Work::sleep);
  EXPECT_TRUE(eventually([&] { return of(thread).outside_clone; }));
  EXPECT_TRUE(eventually([&] { return of(process->pid().leader()).outside_clone; }));
}

TEST_F(SnapshotContract, NobodyIsNoSuchTask) {
  const Tid tid = world().vanished();
  for (const Scope& scope : {Scope(tid), Scope(Pid(tid.value()))}) {
    const auto snapshot = kernel().snapshot(scope);
    ASSERT_FALSE(snapshot);
    EXPECT_EQ(snapshot.error().kind, ErrorKind::no_such_task);
  }
}

TEST_F(SnapshotContract, NeedsTwoCapabilities) {
  const auto process = world().process();
  const Tid tid = process->pid().leader();
  const auto errno_as = [&](std::uint64_t permitted) {
    return world().as({.uids = user, .permitted = permitted}, [&] {
      const auto snapshot = kernel().snapshot(tid);
      return long{snapshot ? 0 : snapshot.error().number};
    });
  };
  OR_SKIP(const long with_both, errno_as(bpf | perfmon));
  OR_SKIP(const long with_one, errno_as(bpf));
  OR_SKIP(const long with_the_other, errno_as(perfmon));
  OR_SKIP(const long with_none, errno_as(0));
  OR_SKIP(const long with_sys_admin, errno_as(sys_admin));
  EXPECT_EQ(with_both, 0);
  EXPECT_EQ(with_one, EPERM);
  EXPECT_EQ(with_the_other, EPERM);
  EXPECT_EQ(with_none, EPERM);
  EXPECT_EQ(with_sys_admin, 0);
}

}  // namespace
}  // namespace pinfold::test
