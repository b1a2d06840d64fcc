// The two calls on tasks of other kinds: threads, zombies, the kernel's own.
#include <gtest/gtest.h>

#include <cerrno>

#include "kernel/world.h"

namespace pinfold::test {
namespace {

class Tasks : public WorldTest {};

TEST_F(Tasks, LeadersNumberChangesTheLeaderOnly) {
  const auto process = world().process();
  const Tid thread = process->start(Work::sleep);
  EXPECT_EQ(set_mask(process->pid().leader(), first()), 0);
  EXPECT_EQ(mask_of(process->pid().leader()), first());
  EXPECT_EQ(mask_of(thread), machine().usable);
}

TEST_F(Tasks, ThreadsNumberChangesThatThreadOnly) {
  const auto process = world().process();
  const Tid thread = process->start(Work::sleep);
  const Tid other = process->start(Work::sleep);
  EXPECT_EQ(set_mask(thread, last()), 0);
  EXPECT_EQ(mask_of(thread), last());
  EXPECT_EQ(mask_of(process->pid().leader()), machine().usable);
  EXPECT_EQ(mask_of(other), machine().usable);
}

TEST_F(Tasks, OwnNumberIsTheSameAsNought) {
  EXPECT_EQ(set_mask(world().self(), first()), 0);
  EXPECT_EQ(mask_of(Tid()), first());
}

TEST_F(Tasks, ZombieHasAMaskAndItCanBeSet) {
  const auto process = world().process();
  process->die();
  EXPECT_EQ(mask_of(process->pid().leader()), machine().usable);
  EXPECT_EQ(set_mask(process->pid().leader(), first()), 0);
  EXPECT_EQ(mask_of(process->pid().leader()), first());
}

TEST_F(Tasks, ReapedTaskIsNotThere) {
  const Tid gone = world().vanished();
  EXPECT_EQ(set_mask(gone, first()), -ESRCH);
  EXPECT_EQ(world().abi().get_affinity(gone.value(), 0, {}), -EINVAL);
  EXPECT_EQ(world().abi().get_affinity(gone.value(), machine().mask_bytes, {}), -ESRCH);
}

TEST_F(Tasks, EndedThreadIsNotThere) {
  const auto process = world().process();
  const Tid thread = process->start(Work::sleep);
  process->end(thread);
  EXPECT_EQ(set_mask(thread, first()), -ESRCH);
}

class PerCpuKernelThread : public WorldTest, public testing::WithParamInterface<const char*> {};

TEST_P(PerCpuKernelThread, RefusesEveryMask) {
  const auto cpu = std::to_string(machine().online.first()->value());
  const auto thread = world().kernel_thread(GetParam() + ('/' + cpu));
  if (!thread) GTEST_SKIP() << "no " << GetParam() << '/' << cpu << " to be seen here";
  const CpuSet before = mask_of(*thread);
  EXPECT_EQ(set_mask(*thread, before), -EINVAL) << "its own mask";
  EXPECT_EQ(set_mask(*thread, {}), -EINVAL) << "no CPU";
  EXPECT_EQ(mask_of(*thread), before);
}

INSTANTIATE_TEST_SUITE_P(All, PerCpuKernelThread,
                         testing::Values("migration", "ksoftirqd", "cpuhp"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace pinfold::test
