// What every Kernel promises, of other users' tasks and of the kernel's own. Needs root.
#include <gtest/gtest.h>
#include <linux/capability.h>

#include <cerrno>

#include "kernel/world.h"

namespace pinfold::test {
namespace {

class SystemContract : public WorldTest {};

const Identity user = {.uids = Uids{1001, 1001, 1001}};
constexpr long no_error = -1000;

TEST_F(SystemContract, CredentialsTellRealEffectiveAndPermitted) {
  constexpr std::uint64_t net_raw = std::uint64_t{1} << CAP_NET_RAW;
  OR_SKIP(const auto mixed,
          world().process({.uids = Uids{1001, 1002, 1003}, .permitted = net_raw, .effective = 0}));
  const auto credentials = kernel().credentials(mixed->pid().leader());
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->real, 1001U);
  EXPECT_EQ(credentials->effective, 1002U);
  EXPECT_EQ(credentials->permitted, net_raw);
  EXPECT_EQ(credentials->in_force, 0U);
}

constexpr std::uint64_t sys_nice = std::uint64_t{1} << CAP_SYS_NICE;

TEST_F(SystemContract, WhoHasCapSysNiceInForceMaySetAnybody) {
  OR_SKIP(const auto root, world().process({.uids = Uids{0, 0, 0}}));
  const Tid tid = root->pid().leader();
  const auto may = [&] { return long{kernel().may_set_anybody(tid).value()}; };
  const Identity nice = {.uids = user.uids, .permitted = sys_nice};
  const Identity held = {.uids = user.uids, .permitted = sys_nice, .effective = 0};
  OR_SKIP(const long with, world().as(nice, may));
  OR_SKIP(const long held_only, world().as(held, may));
  OR_SKIP(const long without, world().as(user, may));
  EXPECT_EQ(with, 1);
  EXPECT_EQ(held_only, 0);
  EXPECT_EQ(without, 0);
}

// What the kernel does is what is said of it.
TEST_F(SystemContract, CapSysNiceCountsInTheUserNamespaceOfTheTask) {
  OR_SKIP(const auto inside,
          world().process({.uids = Uids{1001, 1001, 1001}, .new_user_namespace = true}));
  inside->exec();  // who has changed its user is hidden even from that user until it executes
  OR_SKIP(const auto outside, world().process({.uids = Uids{0, 0, 0}}));
  const auto said = [&](const TestProcess& target) {
    return long{kernel().may_set_anybody(target.pid().leader()).value()};
  };
  const auto done = [&](const TestProcess& target) {
    return long{kernel().set_affinity(target.pid().leader(), machine().usable).has_value()};
  };
  const Identity other = {.uids = Uids{1002, 1002, 1002}};
  const Identity elsewhere = {.uids = user.uids, .new_user_namespace = true};
  const Identity nice = {.uids = Uids{1002, 1002, 1002}, .permitted = sys_nice};
  struct Row {
    const char* who;
    const Identity& caller;
    const TestProcess& target;
    long may;
  };
  const Row rows[] = {
      {"the namespace's maker", user, *inside, 1},
      {"another user", other, *inside, 0},
      {"with the capability above it", nice, *inside, 1},
      {"in a namespace of its own", elsewhere, *outside, 0},
      {"in one beside it",
       {.uids = Uids{1002, 1002, 1002}, .new_user_namespace = true},
       *inside,
       0},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.who);
    OR_SKIP(const long answer, world().as(row.caller, [&] { return said(row.target); }));
    OR_SKIP(const long set, world().as(row.caller, [&] { return done(row.target); }));
    EXPECT_EQ(answer, row.may);
    EXPECT_EQ(set, row.may);
  }
}

TEST_F(SystemContract, KernelThreadHasNoProgram) {
  const auto kthreadd = world().kernel_thread("kthreadd");
  if (!kthreadd) GTEST_SKIP() << "no kthreadd to be seen here";
  EXPECT_EQ(kernel().runs_32_bit(*kthreadd), std::nullopt);
}

TEST_F(SystemContract, EveryoneMayReadATaskAndItsMasks) {
  OR_SKIP(const auto root, world().process({.uids = Uids{0, 0, 0}}));
  const Tid tid = root->pid().leader();
  OR_SKIP(const long read, world().as(user, [&] {
    return long{kernel().task(tid).has_value() && kernel().effective(tid).has_value() &&
                kernel().allowed(tid).has_value() && kernel().credentials(tid).has_value() &&
                kernel().process(Pid(tid.value())).value()->list().has_value()};
  }));
  EXPECT_EQ(read, 1);
}

TEST_F(SystemContract, ExecutableOfAnotherUsersTaskIsTheKernelsEacces) {
  OR_SKIP(const auto root, world().process({.uids = Uids{0, 0, 0}}));
  OR_SKIP(const long number, world().as(user, [&] {
    const auto executable = kernel().executable(root->pid());
    return executable ? no_error : long{executable.error().number};
  }));
  EXPECT_EQ(number, EACCES);
}

TEST_F(SystemContract, KernelThreadRunsNoFile) {
  const auto kthreadd = world().kernel_thread("kthreadd");
  if (!kthreadd) GTEST_SKIP() << "no kthreadd to be seen here";
  const auto executable = kernel().executable(Pid(kthreadd->value()));
  ASSERT_TRUE(executable) << message(executable.error());
  EXPECT_EQ(*executable, std::nullopt);
}

TEST_F(SystemContract, SetOfAnotherUsersTaskIsTheKernelsEperm) {
  OR_SKIP(const auto root, world().process({.uids = Uids{0, 0, 0}}));
  OR_SKIP(const long number, world().as(user, [&] {
    const auto set = kernel().set_affinity(root->pid().leader(), first());
    return set ? no_error : long{set.error().number};
  }));
  EXPECT_EQ(number, EPERM);
}

TEST_F(SystemContract, ActivityOfAnotherUsersThreadIsHidden) {
  OR_SKIP(const auto root, world().process({.uids = Uids{0, 0, 0}}));
  const Tid tid = root->pid().leader();
  OR_SKIP(const long seen, world().as(user, [&] {
    return static_cast<long>(kernel().process(root->pid()).value()->activity(tid));
  }));
  EXPECT_EQ(seen, static_cast<long>(Activity::hidden));
}

TEST_F(SystemContract, HoldOfAnotherUsersThreadIsRefused) {
  OR_SKIP(const auto root, world().process({.uids = Uids{0, 0, 0}}));
  const Tid busy = root->start(Work::compute);
  OR_SKIP(const long number, world().as(user, [&] {
    const auto held = kernel().process(root->pid()).value()->hold(busy);
    return held ? no_error : long{held.error().number};
  }));
  EXPECT_EQ(number, EPERM);
  EXPECT_TRUE(root->gets_on(busy));
}

TEST_F(SystemContract, PerCpuKernelThreadIsBoundByTheKernel) {
  const auto cpu = std::to_string(machine().online.first()->value());
  const auto bound = world().kernel_thread("migration/" + cpu);
  if (!bound) GTEST_SKIP() << "no migration/" << cpu << " to be seen here";
  EXPECT_TRUE(kernel().task(*bound)->kernel_thread);
  EXPECT_TRUE(kernel().task(*bound)->bound_by_kernel);
}

TEST_F(SystemContract, OtherKernelThreadsAreNotBound) {
  const auto kthreadd = world().kernel_thread("kthreadd");
  if (!kthreadd) GTEST_SKIP() << "no kthreadd to be seen here";
  EXPECT_TRUE(kernel().task(*kthreadd)->kernel_thread);
  EXPECT_FALSE(kernel().task(*kthreadd)->bound_by_kernel);
}

}  // namespace
}  // namespace pinfold::test
