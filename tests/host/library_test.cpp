// What a program gets from the library on the running system.
#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <thread>

#include <pinfold/pinfold.h>

#include "support/program.h"

namespace pinfold {
namespace {

using test::mask_of;

class LibraryTest : public testing::Test {
 protected:
  test::MaskGuard guard_;
  CpuSet all_ = mask_of(0);
  CpuSet one_{*all_.last()};
};

TEST_F(LibraryTest, PinsTheCallingThreadAndReadsItBack) {
  const auto placed = pin(this_thread(), one_);
  ASSERT_TRUE(placed) << message(placed.error());
  EXPECT_EQ(placed->asked, one_);
  EXPECT_EQ(placed->allowed, one_);
  EXPECT_EQ(placed->effective, one_);
  EXPECT_EQ(mask_of(0), one_);
  EXPECT_EQ(CpuId(static_cast<unsigned>(::sched_getcpu())), *one_.first());
}

TEST_F(LibraryTest, PinsAnotherThreadByItsNumber) {
  const test::Victim victim({"quiet", "1"});
  ASSERT_TRUE(pin(Tid(victim.pid()), one_));
  EXPECT_EQ(mask_of(victim.pid()), one_);
  const auto now = affinity(Tid(victim.pid()));
  ASSERT_TRUE(now);
  EXPECT_EQ(now->allowed, one_);
  EXPECT_FALSE(now->request) << "the kernel does not tell it here";
}

TEST_F(LibraryTest, CpusThatDoNotExistLeaveTheMaskAlone) {
  CpuSet asked = one_;
  asked.add(CpuId(100'000));
  const auto placed = pin(this_thread(), asked);
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().kind, ErrorKind::no_such_cpu);
  EXPECT_EQ(mask_of(0), all_);
  EXPECT_EQ(pin(this_thread(), asked, Clip::yes)->effective, one_);
}

TEST_F(LibraryTest, AnEmptySetIsAnError) {
  EXPECT_EQ(pin(this_thread(), {}).error().kind, ErrorKind::empty_set);
}

TEST_F(LibraryTest, AThreadThatIsNotThereIsAnError) {
  EXPECT_EQ(pin(Tid(0x3fffffff), one_).error().kind, ErrorKind::no_such_task);
  EXPECT_EQ(affinity(Tid(0x3fffffff)).error().kind, ErrorKind::no_such_task);
}

TEST_F(LibraryTest, ScopedPinPutsTheMaskBack) {
  {
    const ScopedPin pinned(one_);
    ASSERT_TRUE(pinned.placement());
    EXPECT_EQ(mask_of(0), one_);
  }
  EXPECT_EQ(mask_of(0), all_);
}

TEST_F(LibraryTest, ScopedPinsNest) {
  const CpuSet first{*all_.first()};
  const ScopedPin outer(first);
  {
    const ScopedPin inner(one_);
    EXPECT_EQ(mask_of(0), one_);
  }
  EXPECT_EQ(mask_of(0), first);
}

TEST_F(LibraryTest, ScopedPinThatFailsChangesNothing) {
  {
    const ScopedPin pinned({CpuId(100'000)});
    EXPECT_FALSE(pinned.placement());
  }
  EXPECT_EQ(mask_of(0), all_);
}

TEST_F(LibraryTest, AThreadStartsWhereItBelongs) {
  CpuSet seen;
  int cpu = -1;
  auto thread = thread_on(one_, [&] {
    seen = mask_of(0);
    cpu = ::sched_getcpu();
  });
  ASSERT_TRUE(thread);
  thread->join();
  EXPECT_EQ(seen, one_);
  EXPECT_EQ(cpu, static_cast<int>(one_.first()->value()));
  EXPECT_EQ(mask_of(0), all_) << "the creator stays as it was";
}

TEST_F(LibraryTest, AThreadThatCannotBePlacedNeverRuns) {
  bool ran = false;
  const auto thread = thread_on({CpuId(100'000)}, [&] { ran = true; });
  ASSERT_FALSE(thread);
  EXPECT_EQ(thread.error().kind, ErrorKind::no_such_cpu);
  EXPECT_FALSE(ran);
}

TEST_F(LibraryTest, SeveralThreadsPinThemselvesAtOnce) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 200; ++k) {
        const ScopedPin pinned(k % 2 == 0 ? one_ : all_);
        ASSERT_TRUE(pinned.placement());
      }
    });
  }
}

}  // namespace
}  // namespace pinfold
