// sched_setaffinity(2) of man-pages 4.00 and 5.11, on the model: what the pages say is what the
// modelled kernels do, or the older ones did.
#include <gtest/gtest.h>

#include <cerrno>
#include <climits>

#include "claims/model_claims.h"

namespace pinfold::test {
namespace {

using model::Hierarchy;

TEST_F(ModelClaims, M01_SetsTheMaskOfTheThreadWithThatId) {
  model::Task& other = thread();
  EXPECT_EQ(set(other.number, cpus("2")), 0);
  EXPECT_EQ(mask_of(other), cpus("2"));
  EXPECT_EQ(mask_of(caller()), cpus("0-3"));
}

TEST_F(ModelClaims, M01_ZeroIsTheCaller) {
  EXPECT_EQ(set(0, cpus("1")), 0);
  EXPECT_EQ(mask_of(caller()), cpus("1"));
}

TEST_F(ModelClaims, M02_CpusetsizeCountsBytes) {
  boot("core:64 pu:1");
  EXPECT_EQ(set(0, 1, cpus("0-63")), 0);
  EXPECT_EQ(mask_of(caller()), cpus("0-7"));
  EXPECT_EQ(set(0, 8, cpus("0-63")), 0);
  EXPECT_EQ(mask_of(caller()), cpus("0-63"));
}

TEST_F(ModelClaims, M03_ARunningThreadIsOnACpuOfTheMaskWhenTheCallReturns) {
  model::Task& busy = thread();
  system().wake(busy);
  for (const char* cpu : {"3", "0", "2"}) {
    ASSERT_EQ(set(busy.number, cpus(cpu)), 0);
    EXPECT_TRUE(cpus(cpu).contains(CpuId(busy.cpu)));
  }
}

TEST_F(ModelClaims, M03_AQueuedThreadIsOnACpuOfTheMaskWhenTheCallReturns) {
  ASSERT_EQ(set(0, cpus("1")), 0);
  model::Task& first = thread();
  model::Task& queued = thread();
  system().wake(first);
  system().wake(queued);
  ASSERT_TRUE(system().is_running(first));
  ASSERT_FALSE(system().is_running(queued));
  ASSERT_EQ(set(queued.number, cpus("2")), 0);
  EXPECT_EQ(queued.cpu, 2U);
  EXPECT_TRUE(system().is_running(queued));
}

TEST_F(ModelClaims, M03_ASleepingThreadIsMigratedWhenItWakes) {
  ASSERT_EQ(set(0, cpus("1")), 0);
  model::Task& sleeper = thread();
  ASSERT_EQ(sleeper.cpu, 1U);
  ASSERT_EQ(set(sleeper.number, cpus("3")), 0);
  EXPECT_EQ(sleeper.cpu, 1U);
  system().wake(sleeper);
  EXPECT_EQ(sleeper.cpu, 3U);
}

TEST_F(ModelClaims, M04_GetWritesTheMaskOfTheThread) {
  model::Task& other = thread();
  ASSERT_EQ(set(other.number, cpus("1,3")), 0);
  EXPECT_EQ(get(other.number, 32), 32);
  EXPECT_EQ(answer(), cpus("1,3"));
}

TEST_F(ModelClaims, M04_ZeroIsTheCaller) {
  ASSERT_EQ(set(0, cpus("2")), 0);
  EXPECT_EQ(get(0, 8), 8);
  EXPECT_EQ(answer(), cpus("2"));
}

TEST_F(ModelClaims, M04_GetLeavesOutCpusThatAreOffline) {
  ASSERT_EQ(set(0, cpus("1-2")), 0);
  ASSERT_EQ(system().take_offline(CpuId(1)), 0);
  EXPECT_EQ(mask_of(caller()), cpus("2"));
  EXPECT_EQ(*caller().allowed, cpus("1-2"));
  ASSERT_EQ(system().bring_online(CpuId(1)), 0);
  EXPECT_EQ(mask_of(caller()), cpus("1-2"));
}

TEST_F(ModelClaims, M06_AnInvalidAddressIsEfault) {
  model::ModelAbi abi(session());
  EXPECT_EQ(abi.set_affinity(0, 8, {}), -EFAULT);
  EXPECT_EQ(abi.get_affinity(0, 8, {}), -EFAULT);
  unsigned long word = 1;
  EXPECT_EQ(abi.set_affinity(0, 8, {.address = &word, .readable = 7, .writable = 7}), -EFAULT);
  EXPECT_EQ(abi.get_affinity(0, 8, {.address = &word, .readable = 8, .writable = 0}), -EFAULT);
  EXPECT_EQ(mask_of(caller()), cpus("0-3"));
}

TEST_F(ModelClaims, M07_NoCpuThatIsPresentIsEinval) {
  EXPECT_EQ(set(0, cpus("4")), -EINVAL);
  EXPECT_EQ(set(0, {}), -EINVAL);
  EXPECT_EQ(mask_of(caller()), cpus("0-3"));
}

TEST_F(ModelClaims, M07_NoCpuThatTheCpusetPermitsIsEinval) {
  boot("core:4 pu:1", "6.12", Hierarchy::v2);
  confine(caller(), "0-1");
  EXPECT_EQ(set(0, cpus("2-3")), -EINVAL);
  EXPECT_EQ(mask_of(caller()), cpus("0-1"));
}

TEST_F(ModelClaims, M07_AKernelThreadBoundToItsCpuIsEinvalWithAnyMask) {
  call_as(system().init());
  const pid_t bound = system().kernel_thread("migration/0")->number;
  EXPECT_EQ(set(bound, cpus("0")), -EINVAL);
  EXPECT_EQ(set(bound, {}), -EINVAL);
}

TEST_F(ModelClaims, M07_AnOfflineCpuAloneIsEinval) {
  ASSERT_EQ(system().take_offline(CpuId(3)), 0);
  EXPECT_EQ(set(0, cpus("3")), -EINVAL);
}

TEST_F(ModelClaims, M08_GetNeedsABitForEveryCpuNumberInWholeWords) {
  boot("core:100 pu:1");
  EXPECT_EQ(get(0, 8), -EINVAL);
  EXPECT_EQ(get(0, 13), -EINVAL);
  EXPECT_EQ(get(0, 16), 16);
}

TEST_F(ModelClaims, M08_SetNeededTheWholeMaskBefore2_6_9) {
  EXPECT_EQ(set(0, 1, cpus("0")), 0);
  boot("core:4 pu:1", "2.5");
  EXPECT_EQ(set(0, 1, cpus("0")), -EINVAL);
  boot("core:4 pu:1", "2.6.9");
  EXPECT_EQ(set(0, 1, cpus("0")), 0);
}

TEST_F(ModelClaims, M09_TheCallersEffectiveUidMustBeTheTargetsEffectiveOrRealOne) {
  const auto set_by = [&](uid_t real, uid_t effective, uid_t saved, model::Task& target) {
    model::Task& by = process_of(0);
    EXPECT_EQ(system().set_uids(by, real, effective, saved), 0);
    call_as(by);
    return set(target.number, cpus("0"));
  };
  model::Task& mixed = process_of(0);
  ASSERT_EQ(system().set_uids(mixed, 1001, 1002, 1003), 0);
  EXPECT_EQ(set_by(1001, 1001, 1001, mixed), 0);       // its real one
  EXPECT_EQ(set_by(1002, 1002, 1002, mixed), 0);       // its effective one
  EXPECT_EQ(set_by(1003, 1003, 1003, mixed), -EPERM);  // its saved one
  EXPECT_EQ(set_by(1001, 1002, 1003, process_of(1002)), 0);
  EXPECT_EQ(set_by(1001, 1002, 1003, process_of(1001)), -EPERM);
}

TEST_F(ModelClaims, M09_CapSysNiceMaySetAnybodysMask) {
  constexpr std::uint64_t nice = std::uint64_t{1} << 23U;
  model::Credentials held = *caller().credentials;
  held.permitted = nice;
  model::Credentials in_force = held;
  in_force.in_force = nice;
  model::Task& target = process_of(1002);
  EXPECT_EQ(set(target.number, cpus("0")), -EPERM);
  system().be(caller(), held);
  EXPECT_EQ(set(target.number, cpus("0")), -EPERM);
  system().be(caller(), in_force);
  EXPECT_EQ(set(target.number, cpus("0")), 0);
}

TEST_F(ModelClaims, M09_TheCapabilityCountsInTheUserNamespaceOfTheTarget) {
  model::Task& inside = process_of(user);
  system().enter_user_namespace(inside);
  model::Task& beside = process_of(1002);
  // Who made a namespace has all capabilities in it, and who is in it none outside.
  EXPECT_EQ(set(inside.number, cpus("0")), 0);
  EXPECT_EQ(set(beside.number, cpus("0")), -EPERM);
  call_as(inside);
  EXPECT_EQ(set(beside.number, cpus("0")), -EPERM);
  call_as(beside);
  EXPECT_EQ(set(inside.number, cpus("0")), -EPERM);
}

TEST_F(ModelClaims, M09_ATargetWithMoreCapabilitiesIsRefusedToo) {
  model::Task& target = process_of(user);
  model::Credentials more = *target.credentials;
  more.permitted = std::uint64_t{1} << 13U;  // CAP_NET_RAW
  system().be(target, more);
  EXPECT_EQ(set(target.number, cpus("0")), -EPERM);
  model::Credentials same = *caller().credentials;
  same.permitted = more.permitted;
  system().be(caller(), same);
  EXPECT_EQ(set(target.number, cpus("0")), 0);
}

TEST_F(ModelClaims, M10_AnIdThatNobodyHasIsEsrch) {
  for (const long pid : {long{INT_MAX}, -1L, -long{caller().number}, 99'999L}) {
    EXPECT_EQ(set(pid, cpus("0")), -ESRCH) << pid;
    EXPECT_EQ(get(pid, 8), -ESRCH) << pid;
  }
}

TEST_F(ModelClaims, M14_NobodyIsOnIsolatedCpusWhoDidNotAskForThem) {
  boot("core:8 pu:1;isolated=6-7");
  EXPECT_EQ(mask_of(system().init()), cpus("0-5"));
  EXPECT_EQ(mask_of(caller()), cpus("0-5"));
  EXPECT_EQ(mask_of(fork()), cpus("0-5"));
  ASSERT_EQ(set(0, cpus("6")), 0);
  EXPECT_EQ(mask_of(caller()), cpus("6"));
}

TEST_F(ModelClaims, M14_ACpusetPutsATaskThere) {
  boot("core:8 pu:1;isolated=6-7", "6.12", Hierarchy::v2);
  confine(caller(), "6-7");
  EXPECT_EQ(mask_of(caller()), cpus("6-7"));
}

TEST_F(ModelClaims, M15_AChildInheritsTheMaskOfTheThreadThatForks) {
  ASSERT_EQ(set(0, cpus("2")), 0);
  EXPECT_EQ(mask_of(fork()), cpus("2"));
  EXPECT_EQ(mask_of(thread()), cpus("2"));
}

// It copies the mask before anybody can see it: who sets all threads that there are misses it.
TEST_F(ModelClaims, M15_AMaskThatIsSetWhileACloneIsUnderWayIsNotInherited) {
  model::Task* child = nullptr;
  ASSERT_EQ(system().begin_clone(caller(), {.make = model::System::Make::thread}, child), 0);
  ASSERT_EQ(set(child->number, cpus("1")), -ESRCH);
  ASSERT_EQ(set(0, cpus("1")), 0);
  system().finish_clone(*child);
  EXPECT_EQ(mask_of(*child), cpus("0-3"));
}

TEST_F(ModelClaims, M16_ExecPreservesTheMask) {
  ASSERT_EQ(set(0, cpus("1,3")), 0);
  system().exec(caller(), std::make_shared<const model::Program>(
                              model::Program{.path = "/bin/sleep", .file = {1, 2}}));
  EXPECT_EQ(caller().name(), "sleep");
  EXPECT_EQ(mask_of(caller()), cpus("1,3"));
}

TEST_F(ModelClaims, M17_RawGetReturnsTheSmallerOfCpusetsizeAndTheKernelsMask) {
  ASSERT_EQ(system().mask_bytes(), 32U);
  EXPECT_EQ(get(0, 8), 8);
  EXPECT_EQ(get(0, 32), 32);
  EXPECT_EQ(get(0, 1024), 32);
}

// The 4.00 text was true of kernels that refused a shorter buffer.
TEST_F(ModelClaims, M18_RawGetReturnedTheSizeOfTheKernelsMask) {
  boot("core:32 pu:1", "2.6.9");
  const auto size = static_cast<long>(system().mask_bytes());
  EXPECT_EQ(get(0, system().mask_bytes()), size);
  EXPECT_EQ(get(0, 1024), size);
  EXPECT_EQ(get(0, 4), -EINVAL);
}

TEST_F(ModelClaims, M19_AMaskOfMoreThan1024CpusDoesNotFitIntoACpuSetT) {
  boot("core:4 pu:1;possible=2048");
  EXPECT_EQ(get(0, 128), -EINVAL);
  EXPECT_EQ(set(0, 128, cpus("2")), 0);
  EXPECT_EQ(get(0, 256), 256);
  EXPECT_EQ(answer(), cpus("2"));
}

TEST_F(ModelClaims, M21_TheKernelSetsBitsBeyondThoseAllocated) {
  boot("core:32 pu:1");
  // Room for the two CPUs that were asked for is room for a word of them.
  EXPECT_EQ(get(0, 8), 8);
  EXPECT_EQ(answer().count(), 32U);
}

}  // namespace
}  // namespace pinfold::test
