// Who may set whose mask: the conformance table. Needs root, to become others.
#include <gtest/gtest.h>
#include <linux/capability.h>

#include <cerrno>

#include "kernel/guarded_buffer.h"
#include "kernel/layout.h"
#include "kernel/world.h"

namespace pinfold::test {
namespace {

constexpr std::uint64_t capability(int number) { return std::uint64_t{1} << number; }
constexpr std::uint64_t nice = capability(CAP_SYS_NICE);
constexpr std::uint64_t net_raw = capability(CAP_NET_RAW);

constexpr Uids same(uid_t uid) { return {uid, uid, uid}; }
const Identity root = {.uids = same(0)};
const Identity u1001 = {.uids = same(1001)};
const Identity u1002 = {.uids = same(1002)};
const Identity u1001_with_net_raw = {.uids = same(1001), .permitted = net_raw, .effective = 0};
const Identity mixed = {.uids = Uids{1001, 1002, 1003}};

enum class Ask {
  first_cpu,
  nobody,
  bad_pointer
};

struct PermissionCase {
  const char* name;
  Identity caller;
  Identity target;
  int error;
  Ask ask = Ask::first_cpu;
};

void PrintTo(const PermissionCase& row, std::ostream* out) { *out << row.name; }

const PermissionCase cases[] = {
    {"RootAnyone", root, u1002, 0},
    {"SameUser", u1001, u1001, 0},
    {"TargetsRealUid", u1001, mixed, 0},
    {"TargetsEffectiveUid", u1002, mixed, 0},
    {"TargetsSavedUidDoesNotCount", {.uids = same(1003)}, mixed, EPERM},
    {"TargetsSavedUidAloneDoesNotCount", u1001, {.uids = Uids{1004, 1004, 1001}}, EPERM},
    {"AnotherUser", u1001, u1002, EPERM},
    {"CallersEffectiveUid", mixed, u1002, 0},
    {"CallersRealUidDoesNotCount", mixed, u1001, EPERM},
    {"RootsTask", u1001, root, EPERM},
    {"PermissionBeforeMask", u1001, root, EPERM, Ask::nobody},
    {"PointerBeforePermission", u1001, root, EFAULT, Ask::bad_pointer},

    {"SysNiceOverAUser", {.uids = same(1005), .permitted = nice}, u1001, 0},
    {"SysNiceOverRoot", {.uids = same(1005), .permitted = nice}, root, 0},
    {"SysNiceNotEffective", {.uids = same(1005), .permitted = nice, .effective = 0}, u1001, EPERM},
    {"RootWithoutSysNiceOverAUser", {.uids = same(0), .permitted = ~nice}, u1001, EPERM},
    {"RootWithoutSysNiceOverRootThatHasMore", {.uids = same(0), .permitted = ~nice}, root, EPERM},
    {"RootWithSysNicePermittedOnly",
     {.uids = same(0), .permitted = ~std::uint64_t{0}, .effective = ~nice},
     root,
     0},
    {"SameUserThatHoldsACapability", u1001, u1001_with_net_raw, EPERM},
    {"CapabilitiesBeforeMask", u1001, u1001_with_net_raw, EPERM, Ask::nobody},
    {"SameUserBothHoldTheCapability", u1001_with_net_raw, u1001_with_net_raw, 0},

    {"NewUserNamespaceSameUser", {.uids = same(1001), .new_user_namespace = true}, u1001, 0},
    {"NewUserNamespaceAnotherUser", {.uids = same(1001), .new_user_namespace = true}, u1002, EPERM},
    {"RootInANewUserNamespaceOverAUser", {.new_user_namespace = true}, u1001, EPERM},
    {"RootInANewUserNamespaceOverRoot", {.new_user_namespace = true}, root, 0},
};

class Permission : public WorldTest, public testing::WithParamInterface<PermissionCase> {};

TEST_P(Permission, Answers) {
  const auto& row = GetParam();
  OR_SKIP(const auto target, world().process(row.target));
  const Tid tid = target->pid().leader();
  const CpuSet cpus = row.ask == Ask::nobody ? CpuSet() : first();
  const GuardedBuffer mask(to_bytes(cpus, machine().mask_bytes), Access::read);
  const UserBuffer user = row.ask == Ask::bad_pointer ? UserBuffer() : mask.user();

  OR_SKIP(const long result, world().as(row.caller, [&] {
    return world().abi().set_affinity(tid.value(), machine().mask_bytes, user);
  }));

  EXPECT_EQ(result, -row.error);
  EXPECT_EQ(mask_of(tid), row.error == 0 ? first() : machine().usable);
}

INSTANTIATE_TEST_SUITE_P(All, Permission, testing::ValuesIn(cases),
                         [](const auto& test) { return std::string(test.param.name); });

class Permissions : public WorldTest {};

TEST_F(Permissions, NobodyNeedsOneForItself) {
  OR_SKIP(const long result,
          world().as({.uids = same(0), .permitted = 0}, [&] { return set_mask(Tid(), first()); }));
  EXPECT_EQ(result, 0);
}

TEST_F(Permissions, AnyoneMayAskForAMask) {
  OR_SKIP(const auto target, world().process(root));
  const GuardedBuffer mask(machine().mask_bytes);
  OR_SKIP(const long result, world().as(u1001, [&] {
    return world().abi().get_affinity(target->pid().value(), machine().mask_bytes, mask.user());
  }));
  EXPECT_EQ(result, static_cast<long>(machine().mask_bytes));
  EXPECT_EQ(from_bytes(mask.bytes()), machine().usable);
}

TEST_F(Permissions, PerCpuKernelThreadIsRefusedBeforePermissionIsAsked) {
  const auto cpu = std::to_string(machine().online.first()->value());
  const auto thread = world().kernel_thread("migration/" + cpu);
  if (!thread) GTEST_SKIP() << "no migration/" << cpu << " to be seen here";
  OR_SKIP(const long result, world().as(u1001, [&] { return set_mask(*thread, first()); }));
  EXPECT_EQ(result, -EINVAL);
}

TEST_F(Permissions, KernelThreadThatIsNotBoundIsRootsAlone) {
  const auto kthreadd = world().kernel_thread("kthreadd");
  if (!kthreadd) GTEST_SKIP() << "no kthreadd to be seen here";
  const CpuSet before = mask_of(*kthreadd);
  OR_SKIP(const long refused, world().as(u1001, [&] { return set_mask(*kthreadd, first()); }));
  EXPECT_EQ(refused, -EPERM);
  EXPECT_EQ(set_mask(*kthreadd, before), 0) << "the mask that it has";
  EXPECT_EQ(mask_of(*kthreadd), before);
}

}  // namespace
}  // namespace pinfold::test
