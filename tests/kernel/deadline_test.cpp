// Tasks under SCHED_DEADLINE: the conformance table. Needs root.
#include <gtest/gtest.h>

#include <cerrno>

#include "kernel/world.h"

namespace pinfold::test {
namespace {

class Deadline : public WorldTest {
 protected:
  void SetUp() override {
    if (machine().usable.count() < 2) GTEST_SKIP() << "one CPU is no less than all of them";
    if (machine().usable != machine().online) {
      GTEST_SKIP() << "a task that may not use every online CPU is not admitted";
    }
    const long refused = process_->become_deadline();
    if (refused != 0) GTEST_SKIP() << "no SCHED_DEADLINE here, errno " << -refused;
  }

  std::unique_ptr<TestProcess> process_ = world().process();
  Tid task_ = process_->pid().leader();
};

TEST_F(Deadline, LessThanTheRootDomainIsBusy) {
  EXPECT_EQ(set_mask(task_, first()), -EBUSY);
  EXPECT_EQ(mask_of(task_), machine().usable);
}

TEST_F(Deadline, NobodyIsBusyToo) { EXPECT_EQ(set_mask(task_, {}), -EBUSY); }

TEST_F(Deadline, TheRootDomainAndMoreAreTaken) {
  EXPECT_EQ(set_mask(task_, machine().usable), 0);
  EXPECT_EQ(set_mask(task_, machine().usable | CpuSet{CpuId(machine().cpu_ids)}), 0);
  EXPECT_EQ(mask_of(task_), machine().usable);
}

TEST_F(Deadline, ForkIsRefused) {
  const auto child = process_->fork();
  ASSERT_FALSE(child);
  EXPECT_EQ(child.error().number, EAGAIN);
}

TEST_F(Deadline, IsShownByTask) {
  EXPECT_TRUE(kernel().task(task_)->deadline);
  EXPECT_FALSE(kernel().task(world().self())->deadline);
}

TEST_F(Deadline, TaskWithANarrowMaskIsNotAdmitted) {
  const auto narrow = world().process();
  ASSERT_EQ(set_mask(narrow->pid().leader(), first()), 0);
  EXPECT_EQ(narrow->become_deadline(), -EPERM);
}

}  // namespace
}  // namespace pinfold::test
