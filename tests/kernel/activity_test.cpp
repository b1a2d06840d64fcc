#include "kernel/activity.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/syscall.h>

namespace pinfold {
namespace {

TEST(Activity, CallsThatMakeNoTasksAreOutsideClone) {
  for (const long call : {-1L, long{SYS_read}, long{SYS_futex}, long{SYS_execve}}) {
    EXPECT_EQ(activity_in(call, CLONE_THREAD), Activity::outside_clone) << call;
    EXPECT_TRUE(is_outside_clone(call)) << call;
  }
}

TEST(Activity, ACloneOfAThreadIsNotAFork) {
  EXPECT_EQ(activity_in(SYS_clone3, 0), Activity::in_clone);
  EXPECT_EQ(activity_in(SYS_clone, CLONE_VM | CLONE_THREAD), Activity::in_clone);
  EXPECT_EQ(activity_in(SYS_clone, 17), Activity::in_fork);
  EXPECT_EQ(activity_in(SYS_clone, CLONE_VM | CLONE_VFORK), Activity::outside_clone);
  constexpr long clone_32 = 120;
  EXPECT_EQ(activity_in(clone_32, CLONE_THREAD), Activity::in_clone);
}

TEST(Activity, WhateverMakesTasksIsNotOutside) {
  constexpr long of_32_bit[] = {2, 120, 190};
  for (const long call : of_32_bit)
    EXPECT_FALSE(is_outside_clone(call)) << call;
  EXPECT_FALSE(is_outside_clone(SYS_clone));
  EXPECT_FALSE(is_outside_clone(SYS_clone3));
#ifdef __x86_64__
  EXPECT_FALSE(is_outside_clone(SYS_fork));
  EXPECT_FALSE(is_outside_clone(SYS_vfork));
  constexpr long x32 = 0x40000000;
  EXPECT_FALSE(is_outside_clone(x32 | SYS_clone));
  EXPECT_EQ(activity_in(x32 | SYS_clone, CLONE_THREAD), Activity::in_clone);
  EXPECT_TRUE(is_outside_clone(x32 | SYS_read));
#endif
}

}  // namespace
}  // namespace pinfold
