// A history grows neither too old nor too large.
#include <sys/stat.h>

#include <array>

#include "history/database.h"
#include "history/history_fixture.h"

namespace pinfold::history {
namespace {

using trace::Event;
using trace::Time;

class BoundsOfAHistory : public HistoryTest {
 protected:
  // Until nothing is left to be dropped: how many pieces it took.
  static int trim(Pen& pen, Time now) {
    for (int pieces = 0;; ++pieces) {
      const auto more = pen.writer().trim(now);
      if (!more) throw std::runtime_error(message(more.error()));
      if (!*more) return pieces;
    }
  }
  // So many changes a second apart, each of another thread, from event `seq` on.
  static void write(Pen& pen, int first, int count) {
    for (int i = first; i < first + count; ++i)
      pen.add(Event(set_at(noon(i), static_cast<std::uint64_t>(i) + 2, 1 + i % 5000)));
    pen.commit(noon(first + count));
  }
  [[nodiscard]] std::int64_t number(const char* query) const {
    const auto database = Database::open(path_, Database::Use::read);
    return database ? database->number(query).value_or(-1) : -1;
  }
  [[nodiscard]] std::uint64_t file_size() const {
    struct stat status{};
    ::stat(path_.c_str(), &status);
    return static_cast<std::uint64_t>(status.st_size);
  }
};

TEST_F(BoundsOfAHistory, WhatIsTooOldGoesAndNothingElse) {
  const Bounds bounds{.age = std::chrono::seconds(800), .bytes = 1U << 30U};
  Pen writer = pen(bounds);
  writer.add(Event(start_at(noon())));
  write(writer, 0, 2000);
  ASSERT_EQ(changes().size(), 2000U);
  trim(writer, noon(2000));
  const auto left = changes();
  ASSERT_FALSE(left.empty());
  EXPECT_LE(left.front().time, noon(1200)) << "what is not too old is all there";
  EXPECT_GE(left.front().time, noon(1200 - 102)) << "up to the end of its chapter";
  for (std::size_t i = 1; i < left.size(); ++i)
    ASSERT_EQ(left[i].seq, left[i - 1].seq + 1) << "without a hole";
  EXPECT_EQ(left.back().seq, 2001U);
}

TEST_F(BoundsOfAHistory, OfWhatWasDroppedNothingStays) {
  const Bounds bounds{.age = std::chrono::seconds(800), .bytes = 1U << 30U};
  Pen writer = pen(bounds);
  writer.add(Event(start_at(noon())));
  write(writer, 0, 2000);
  trim(writer, noon(2000));
  const std::int64_t oldest = number("SELECT min(id) FROM chapter");
  EXPECT_GT(oldest, 1);
  for (const char* table : {"thread", "actor", "masks", "outcome"}) {
    const std::string query = std::string("SELECT min(chapter) FROM ") + table;
    EXPECT_GE(number(query.c_str()), oldest) << table;
  }
  EXPECT_EQ(number("SELECT count(*) FROM event WHERE id < (SELECT min(first) FROM chapter)"), 0);
  EXPECT_EQ(number("SELECT count(*) FROM remark WHERE id < (SELECT min(first) FROM chapter)"), 0);
  EXPECT_EQ(number("SELECT count(*) FROM state WHERE thread NOT IN (SELECT id FROM thread)"), 0);
  EXPECT_EQ(number("SELECT count(*) FROM event WHERE masks NOT IN (SELECT id FROM masks)"), 0);
}

TEST_F(BoundsOfAHistory, TheFileGrowsNoLargerThanItMay) {
  const Bounds bounds{.age = std::chrono::days(30), .bytes = 2U << 20U};
  Pen writer = pen(bounds);
  writer.add(Event(start_at(noon())));
  std::uint64_t largest = 0;
  for (int i = 0; i < 100; ++i) {
    write(writer, i * 1000, 1000);
    trim(writer, noon(i * 1000 + 1000));
    largest = std::max(largest, file_size());
    ASSERT_LE(writer.writer().bytes().value_or(0), bounds.bytes);
  }
  EXPECT_LE(largest, bounds.bytes * 3 / 2) << "what is free is used again";
  const auto left = changes();
  EXPECT_GT(left.size(), 3000U) << "what there is room for stays";
  EXPECT_EQ(left.back().seq, 100'001U);
}

TEST_F(BoundsOfAHistory, TheNewestChapterStaysHoweverOldItIs) {
  record(noon(0), {set_at(noon(1), 2)}, noon(10));
  Pen writer = pen();
  trim(writer, noon(100'000'000));
  EXPECT_EQ(changes().size(), 1U);
  writer.add(Event(start_at(noon(100'000'000)))).commit(noon(100'000'000));
  trim(writer, noon(100'000'000));
  EXPECT_EQ(changes().size(), 0U);
  EXPECT_EQ(number("SELECT count(*) FROM event"), 0) << "now there is a newer one";
}

TEST_F(BoundsOfAHistory, MuchIsDroppedInPiecesAndSomebodyReadsMeanwhile) {
  const Bounds roomy{.age = std::chrono::days(300), .bytes = 1U << 30U};
  {
    Pen writer = pen(roomy);
    writer.add(Event(start_at(noon())));
    write(writer, 0, 50'000);
    writer.close(noon(50'000));
  }
  Pen writer = pen();
  writer.add(Event(start_at(noon(100'000'000)))).commit(noon(100'000'000));
  const Reader during = reader();
  int pieces = 0;
  std::size_t last = 1'000'000;
  for (bool more = true; more; ++pieces) {
    more = writer.writer().trim(noon(100'000'000)).value_or(false);
    const std::size_t left = changes().size();
    EXPECT_LE(left, last);
    last = left;
  }
  EXPECT_GT(pieces, 5);
  EXPECT_EQ(last, 0U);
}

TEST_F(BoundsOfAHistory, WhoBeganToReadBeforeReadsToTheEnd) {
  const Bounds bounds{.age = std::chrono::seconds(800), .bytes = 1U << 30U};
  Pen writer = pen(bounds);
  writer.add(Event(start_at(noon())));
  write(writer, 0, 2000);
  Reader before = reader();
  std::vector<Entry> entries;
  ASSERT_TRUE(before.read({}, noon(2000), [&](const Entry& entry) {
    if (entries.empty()) trim(writer, noon(2000));
    entries.push_back(entry);
    return true;
  }));
  EXPECT_EQ(changes_of(entries).size(), 2000U);
}

TEST_F(BoundsOfAHistory, AReaderThatWasOpenMeanwhileTellsWhatIsThereNow) {
  const Bounds bounds{.age = std::chrono::seconds(800), .bytes = 1U << 30U};
  Pen writer = pen(bounds);
  writer.add(Event(start_at(noon())));
  write(writer, 0, 2000);
  Reader open = reader();
  trim(writer, noon(2000));
  std::vector<Entry> entries;
  Query query;
  query.since = noon(0);
  const auto visit = [&](const Entry& entry) {
    entries.push_back(entry);
    return true;
  };
  ASSERT_TRUE(open.read(query, noon(2000), visit));
  EXPECT_EQ(changes_of(entries).size(), changes().size());
  ASSERT_EQ(gaps_of(entries).size(), 1U) << "older things are gone, and that is said";
  EXPECT_EQ(gaps_of(entries)[0].from, noon(0));
}

// So many threads that a chapter is as large as it may be when it begins.
TEST_F(BoundsOfAHistory, MoreThreadsThanAChapterIsMeantForMakeNoChaptersOfOneEvent) {
  constexpr int threads = 210'000;
  Pen writer = pen();
  writer.add(Event(start_at(noon())));
  trace::Alive alive{.time = noon(), .task = {}, .allowed = test::cpus("0-7"), .born = false};
  for (int i = 1; i <= threads; ++i) {
    alive.task = {.pid = Pid(i), .tid = Tid(i), .comm = "x", .start_time = 7, .cgroup = {}};
    writer.add(alive);
  }
  for (std::uint64_t i = 0; i < 20; ++i)
    writer.add(Event(set_at(noon(1), 2 + i, 5)));
  writer.commit(noon(2));
  EXPECT_LE(reader().chapters().size(), 2U);
}

}  // namespace
}  // namespace pinfold::history
