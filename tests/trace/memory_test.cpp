#include "trace/memory.h"

#include <gtest/gtest.h>

#include "support/program.h"

namespace pinfold::trace {
namespace {

using test::cpus;

Moment at(int second) { return Moment(std::chrono::seconds(second)); }

TaskMasks thread(pid_t tid, const char* mask, std::uint64_t start = 100) {
  TaskMasks masks;
  masks.task.tid = Tid(tid);
  masks.task.pid = Pid(tid);
  masks.task.start_time = start;
  masks.allowed = cpus(mask);
  return masks;
}

class RememberedTest : public testing::Test {
 protected:
  std::vector<Change> look(std::vector<TaskMasks> snapshot, int began, Whole whole = Whole::yes) {
    return memory.compare(snapshot, at(began), whole);
  }
  void hear(pid_t tid, const char* mask, int second, std::uint64_t start = 100) {
    memory.remember(Tid(tid), Pid(tid), start, cpus(mask), at(second));
  }

  Remembered memory;
};

TEST_F(RememberedTest, AThreadIsItsNumberAndItsStart) {
  hear(7, "0-1", 1);
  EXPECT_EQ(memory.recall(Tid(7), 100), cpus("0-1"));
  EXPECT_FALSE(memory.recall(Tid(7), 101));
  EXPECT_FALSE(memory.recall(Tid(8), 100));
  memory.forget(Tid(7));
  EXPECT_FALSE(memory.recall(Tid(7), 100));
}

TEST_F(RememberedTest, WhatIsNewerStays) {
  hear(7, "0-1", 5);
  hear(7, "3", 4);
  EXPECT_EQ(memory.recall(Tid(7), 100), cpus("0-1"));
  hear(7, "3", 4, 200);  // another thread, whatever the time says
  EXPECT_EQ(memory.recall(Tid(7), 200), cpus("3"));
}

TEST_F(RememberedTest, ASnapshotTellsWhoDiffers) {
  EXPECT_TRUE(look({thread(7, "0-3"), thread(8, "0-3")}, 1).empty());
  auto changes = look({thread(7, "0-3"), thread(8, "2")}, 2);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].now.task.tid, Tid(8));
  EXPECT_EQ(changes[0].before, cpus("0-3"));
  EXPECT_EQ(changes[0].now.allowed, cpus("2"));
  EXPECT_EQ(memory.confirm(changes[0]), cpus("0-3"));
  EXPECT_FALSE(memory.confirm(changes[0])) << "told once";
  EXPECT_TRUE(look({thread(7, "0-3"), thread(8, "2")}, 3).empty());
}

TEST_F(RememberedTest, WhoIsNewIsOnlyRemembered) {
  look({thread(7, "0-3")}, 1);
  EXPECT_TRUE(look({thread(7, "2", 200), thread(9, "1")}, 2).empty()) << "a number used again";
  EXPECT_EQ(memory.recall(Tid(7), 200), cpus("2"));
  EXPECT_EQ(memory.recall(Tid(9), 100), cpus("1"));
}

TEST_F(RememberedTest, WhoIsGoneIsForgottenByAWholeSnapshotOnly) {
  look({thread(7, "0-3"), thread(8, "0-3")}, 1);
  look({thread(7, "0-3")}, 2, Whole::no);
  EXPECT_EQ(memory.size(), 2U);
  hear(9, "1", 4);  // born after the snapshot began
  look({thread(7, "0-3")}, 3);
  EXPECT_FALSE(memory.recall(Tid(8), 100));
  EXPECT_TRUE(memory.recall(Tid(9), 100));
}

TEST_F(RememberedTest, AnEventAfterTheSnapshotBeganIsBelievedMore) {
  look({thread(7, "0-3")}, 1);
  hear(7, "2", 3);
  EXPECT_TRUE(look({thread(7, "0-3")}, 2).empty()) << "it was read before the event";
  EXPECT_EQ(memory.recall(Tid(7), 100), cpus("2"));
}

TEST_F(RememberedTest, AnEventThatComesBetweenTakesTheChange) {
  look({thread(7, "0-3")}, 1);
  auto changes = look({thread(7, "2")}, 5);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(memory.recall(Tid(7), 100), cpus("0-3")) << "the event is to find what was before";
  hear(7, "2", 6);
  EXPECT_FALSE(memory.confirm(changes[0]));
}

TEST_F(RememberedTest, AnEventFromBeforeTheSnapshotTakesItsPartOfTheChange) {
  look({thread(7, "0-3"), thread(8, "0-3")}, 1);
  auto changes = look({thread(7, "2"), thread(8, "2")}, 5);
  ASSERT_EQ(changes.size(), 2U);
  hear(7, "2", 4);
  hear(8, "1-2", 4);
  EXPECT_FALSE(memory.confirm(changes[0]));
  EXPECT_EQ(memory.confirm(changes[1]), cpus("1-2"));
}

TEST_F(RememberedTest, WhoEndsMeanwhileHasNotChanged) {
  look({thread(7, "0-3"), thread(8, "0-3")}, 1);
  auto changes = look({thread(7, "2"), thread(8, "2")}, 5);
  ASSERT_EQ(changes.size(), 2U);
  memory.forget(Tid(7));
  hear(8, "0-3", 6, 200);
  EXPECT_FALSE(memory.confirm(changes[0]));
  EXPECT_FALSE(memory.confirm(changes[1]));
}

TEST_F(RememberedTest, LookingAtThreadsOneByOneIsTheSame) {
  look({thread(7, "0-3"), thread(8, "0-3")}, 1);
  ASSERT_TRUE(memory.known(Tid(7), at(2)));
  EXPECT_EQ(*memory.known(Tid(7), at(2)), cpus("0-3"));
  memory.same(Tid(7), at(2));
  EXPECT_FALSE(memory.known(Tid(7), at(2))) << "it was looked at";
  EXPECT_FALSE(memory.look(thread(9, "1"), at(2)));
  memory.forget_unseen(at(2));
  EXPECT_EQ(memory.size(), 2U);
  EXPECT_TRUE(memory.look(thread(9, "2"), at(3)));
}

TEST_F(RememberedTest, AMillionThreadsOnManyCpusShareTheirMasks) {
  CpuSet half;
  for (unsigned cpu = 0; cpu < 4096; cpu += 2)
    half.add(CpuId(cpu));
  const CpuSet all = CpuSet::range(CpuId(0), CpuId(4095));
  for (pid_t tid = 1; tid <= 1'000'000; ++tid)
    memory.remember(Tid(tid), Pid(1), 100, tid % 2 == 0 ? all : half, at(1));
  EXPECT_EQ(memory.masks(), 2U);
  EXPECT_EQ(memory.recall(Tid(999'999), 100), half);
}

}  // namespace
}  // namespace pinfold::trace
