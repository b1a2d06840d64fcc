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
