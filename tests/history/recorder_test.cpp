// The thread that writes: what it counts when it cannot keep up, and what it says.
#include "history/recorder.h"

#include <thread>

#include "history/database.h"
#include "history/history_fixture.h"

namespace pinfold::history {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using trace::Event;
using trace::Time;

Time now() { return std::chrono::system_clock::now(); }

class Recording : public HistoryTest {
 protected:
  [[nodiscard]] std::unique_ptr<Recorder> recorder(const RecorderOptions& options = {}) const {
    auto opened = Recorder::open(path_, options);
    if (!opened) throw std::runtime_error(message(opened.error()));
    return std::move(*opened);
  }
  static RecorderOptions quick(std::size_t most_waiting = 100'000) {
    return {.bounds = {}, .pause = std::chrono::milliseconds(1), .most_waiting = most_waiting};
  }
  [[nodiscard]] std::uint64_t missing() const {
    std::uint64_t sum = 0;
    for (const Gap& gap : gaps({}, Time()))
      sum += gap.count;
    return sum;
  }
  [[nodiscard]] std::size_t recorded() const { return changes().size(); }
};

TEST_F(Recording, WritesWhatItIsGiven) {
  auto one = recorder(quick());
  one->add(start_at(now()));
  one->start();
  for (std::uint64_t i = 0; i < 1000; ++i)
    one->add(Event(set_at(now(), i + 2)));
  const auto done = one->finish();
  ASSERT_TRUE(done);
  EXPECT_EQ(done->changes, 1000U);
  EXPECT_EQ(done->missing, 0U);
  EXPECT_EQ(recorded(), 1000U);
  EXPECT_THAT(gaps({}, Time()), IsEmpty());
}

TEST_F(Recording, WhatCameBeforeItsStartIsThere) {
  auto one = recorder(quick());
  one->add(start_at(now()));
  one->add(Event(set_at(now(), 2)));
  ASSERT_TRUE(one->finish()) << "nobody ever started it";
  EXPECT_EQ(recorded(), 1U);
}

TEST_F(Recording, CloseIsInOrder) {
  auto one = recorder(quick());
  one->add(start_at(now()));
  ASSERT_TRUE(one->finish());
  const auto later = gaps({}, now() + std::chrono::hours(1));
  ASSERT_THAT(later, SizeIs(1));
  EXPECT_EQ(later[0].reason, "nothing was recorded");
}

TEST_F(Recording, EventsThatFindNoRoomAreCountedExactly) {
  const Time began = now();
  auto one = recorder(quick(10));
  one->add(start_at(now()));
  for (std::uint64_t i = 0; i < 25; ++i)
    one->add(Event(set_at(now(), i + 2)));
  const Time full = now();
  one->start();
  const auto done = one->finish();
  ASSERT_TRUE(done);
  EXPECT_EQ(done->changes, 9U);
  EXPECT_EQ(done->missing, 16U);
  EXPECT_EQ(recorded(), 9U);
  const auto told = gaps({}, Time());
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].count, 16U);
  EXPECT_GE(told[0].from, began);
  EXPECT_LE(told[0].from, full) << "from then on something was missing";
  EXPECT_GE(told[0].to, full);
  EXPECT_EQ(told[0].reason, "more events than could be written");
}

TEST_F(Recording, AndThoseAfterThemAreThere) {
  auto one = recorder(quick(10));
  one->add(start_at(now()));
  for (std::uint64_t i = 0; i < 25; ++i)
    one->add(Event(set_at(now(), i + 2)));
  one->start();
  // Once the first are on the disk there is room again.
  while (recorded() < 9)
    std::this_thread::yield();
  one->add(Event(set_at(now(), 100)));
  const auto done = one->finish();
  ASSERT_TRUE(done);
  EXPECT_EQ(done->changes, 10U);
  EXPECT_EQ(changes().back().seq, 100U);
  EXPECT_EQ(missing(), 16U);
}

TEST_F(Recording, CallsThatChangeNothingTakeNoRoomAndAreNotMissed) {
  auto one = recorder(quick(2));
  one->add(start_at(now()));
  for (int i = 0; i < 10; ++i)
    one->add(Event(trace::GetEvent()));
  one->add(Event(set_at(now(), 12)));
  const auto done = one->finish();
  ASSERT_TRUE(done);
  EXPECT_EQ(done->changes, 1U);
  EXPECT_EQ(done->missing, 0U);
}

// Somebody else has the database: every attempt fails when its patience is over.
TEST_F(Recording, WhileItCannotWriteItCountsAndSaysSoOnceAndThenGoesOn) {
  auto one = recorder(quick(50));
  auto other = Database::open(path_, Database::Use::write);
  ASSERT_TRUE(other);
  ASSERT_TRUE(other->run("BEGIN IMMEDIATE"));
  const Time began = now();
  one->add(start_at(now()));
  one->start();
  std::uint64_t added = 0;
  std::optional<Error> problem;
  while (!problem) {
    one->add(Event(set_at(now(), ++added + 1)));
    std::this_thread::yield();
    problem = one->take_problem();
  }
  EXPECT_EQ(problem->kind, ErrorKind::system);
  EXPECT_FALSE(one->take_problem()) << "it is said once";
  const Time failed = now();
  for (int i = 0; i < 500; ++i)
    one->add(Event(set_at(now(), ++added + 1)));
  ASSERT_TRUE(other->run("ROLLBACK"));
  // It tries again by itself.
  while (gaps({}, Time()).empty())
    std::this_thread::yield();
  one->add(Event(set_at(now(), ++added + 1)));
  const auto done = one->finish();
  ASSERT_TRUE(done) << message(done.error());
  EXPECT_FALSE(one->take_problem());
  EXPECT_EQ(done->changes + done->missing, added + 1) << "the start is missing, too";
  EXPECT_EQ(recorded(), done->changes);
  EXPECT_GE(done->changes, 1U);
  EXPECT_EQ(missing(), done->missing);
  const auto told = gaps({}, Time());
  ASSERT_FALSE(told.empty());
  EXPECT_LE(told[0].from, began + std::chrono::seconds(1)) << "since then nothing was written";
  EXPECT_GE(told.back().to, failed);
  EXPECT_EQ(changes().back().seq, added + 1);
}

TEST_F(Recording, ASecondOneIsRefused) {
  const auto one = recorder();
  const auto second = Recorder::open(path_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::busy);
}

TEST_F(Recording, SeveralThreadsMayTellIt) {
  auto one = recorder(quick());
  one->add(start_at(now()));
  one->start();
  {
    std::atomic<std::uint64_t> seq = 1;
    std::mutex order;
    std::vector<std::jthread> tellers;
    for (int i = 0; i < 4; ++i) {
      tellers.emplace_back([&] {
        for (int n = 0; n < 500; ++n) {
          const std::scoped_lock lock(order);
          one->add(Event(set_at(now(), ++seq)));
        }
      });
    }
  }
  const auto done = one->finish();
  ASSERT_TRUE(done);
  EXPECT_EQ(done->changes, 2000U);
}

}  // namespace
}  // namespace pinfold::history
