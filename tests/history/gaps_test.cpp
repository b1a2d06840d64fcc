// What is not in a history is told, and never looks as if nothing had happened.
#include "history/history_fixture.h"

namespace pinfold::history {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using trace::Event;

class Gaps : public HistoryTest {
 protected:
  static Query between(double since, double until) {
    Query query;
    query.since = noon(since);
    query.until = noon(until);
    return query;
  }
};

TEST_F(Gaps, BetweenTwoRecordings) {
  record(noon(0), {set_at(noon(1), 2)}, noon(10));
  record(noon(60), {set_at(noon(61), 2)}, noon(70));
  const auto told = gaps({}, noon(70));
  ASSERT_THAT(told, ElementsAre(GapIs(noon(10), noon(60), 0)));
  EXPECT_EQ(told[0].reason, "nothing was recorded");
  EXPECT_FALSE(told[0].open);
}

TEST_F(Gaps, StandWhereTheyAreInTheOrder) {
  record(noon(0), {set_at(noon(1), 2)}, noon(10));
  record(noon(60), {set_at(noon(61), 2)}, noon(70));
  std::string order;
  for (const Entry& entry : read({}, noon(80))) {
    const auto* event = std::get_if<Event>(&entry);
    if (!event)
      order += 'g';
    else if (std::holds_alternative<trace::SetEvent>(*event))
      order += 's';
  }
  EXPECT_EQ(order, "sgsg");
}

TEST_F(Gaps, SinceTheLastRecordingItIsOpen) {
  record(noon(0), {set_at(noon(1), 2)}, noon(10));
  const auto told = gaps({}, noon(100));
  ASSERT_THAT(told, ElementsAre(GapIs(noon(10), noon(100), 0)));
  EXPECT_TRUE(told[0].open);
}

TEST_F(Gaps, NoneWhileItRecords) {
  Pen writer = pen();
  writer.add(Event(start_at(noon()))).add(Event(set_at(noon(1), 2))).commit(noon(2));
  EXPECT_THAT(gaps({}, noon(3)), IsEmpty());
}

// The right to write is had before there is anything to write, and may be had in vain.
TEST_F(Gaps, WhoseRecordingHasNotBegunRecordsNothing) {
  record(noon(0), {set_at(noon(1), 2)}, noon(10));
  const Pen next = pen();
  ASSERT_THAT(gaps({}, noon(100)), SizeIs(1));
  EXPECT_THAT(state(noon(99)), testing::HasSubstr("nothing was recorded"));
}

TEST_F(Gaps, AfterACrashFromTheLastCommitOn) {
  Pen writer = pen();
  writer.add(Event(start_at(noon()))).add(Event(set_at(noon(1), 2))).commit(noon(5));
  writer.add(Event(set_at(noon(6), 3)));
  writer.drop();
  record(noon(60), {set_at(noon(61), 2)}, noon(70));
  const auto told = gaps({}, noon(70));
  ASSERT_THAT(told, ElementsAre(GapIs(noon(5), noon(60), 0)));
  EXPECT_EQ(told[0].reason, "the recording ended unexpectedly");
  EXPECT_THAT(changes(), SizeIs(2)) << "what was not committed is not there";
}

TEST_F(Gaps, WhatIsAskedForInsideOfOneFindsIt) {
  record(noon(0), {set_at(noon(1), 2)}, noon(10));
  record(noon(60), {set_at(noon(61), 2)}, noon(70));
  EXPECT_THAT(gaps(between(20, 30), noon(100)), ElementsAre(GapIs(noon(10), noon(60), 0)));
  EXPECT_THAT(gaps(between(0, 5), noon(100)), IsEmpty());
  EXPECT_THAT(gaps(between(61, 65), noon(100)), IsEmpty());
}

TEST_F(Gaps, OfACountThatIsKnown) {
  Pen writer = pen();
  writer.add(Event(start_at(noon()))).commit(noon(10));
  writer.add(Gap{.from = noon(10), .to = noon(60), .count = 7, .reason = "the disk is full"});
  writer.add(Event(set_at(noon(61), 9))).close(noon(70));
  EXPECT_THAT(gaps({}, noon(70)), ElementsAre(GapIs(noon(10), noon(60), 7)));
  EXPECT_THAT(gaps(between(20, 30), noon(70)), ElementsAre(GapIs(noon(10), noon(60), 7)));
  EXPECT_THAT(gaps(between(5, 20), noon(70)), ElementsAre(GapIs(noon(10), noon(60), 7)));
  EXPECT_THAT(gaps(between(30, 65), noon(70)), ElementsAre(GapIs(noon(10), noon(60), 7)));
  EXPECT_THAT(gaps(between(1, 9), noon(70)), IsEmpty());
  EXPECT_THAT(gaps(between(61, 65), noon(70)), IsEmpty());
  EXPECT_EQ(numbers({}), std::vector<std::uint64_t>{9});
}

TEST_F(Gaps, ThatEndsARecordingIsNoCrash) {
  Pen writer = pen();
  writer.add(Event(start_at(noon()))).commit(noon(10));
  writer.add(Gap{.from = noon(10), .to = noon(60), .count = 7, .reason = "the disk is full"});
  writer.close(noon(70));
  writer.drop();
  const auto told = gaps({}, noon(100));
  ASSERT_THAT(told, SizeIs(1)) << "they are side by side";
  EXPECT_EQ(told[0].count, 7U);
  EXPECT_TRUE(told[0].open);
  Query query;
  query.since = noon(80);
  const auto since = gaps(query, noon(100));
  ASSERT_THAT(since, ElementsAre(GapIs(noon(70), noon(100), 0)));
  EXPECT_EQ(since[0].reason, "nothing was recorded");
}

TEST_F(Gaps, SeveralInARecording) {
  Pen writer = pen();
  writer.add(Event(start_at(noon()))).commit(noon(1));
  for (int i = 1; i <= 3; ++i) {
    const double at = i * 10;
    writer.add(Gap{.from = noon(at), .to = noon(at + 2), .count = 2, .reason = "slow"});
    writer.add(Event(set_at(noon(at + 3), static_cast<std::uint64_t>(i) * 3))).commit(noon(at + 4));
  }
  writer.close(noon(50));
  EXPECT_THAT(gaps({}, noon(50)),
              ElementsAre(GapIs(noon(10), noon(12), 2), GapIs(noon(20), noon(22), 2),
                          GapIs(noon(30), noon(32), 2)));
  EXPECT_EQ(numbers({}), (std::vector<std::uint64_t>{3, 6, 9}));
}

TEST_F(Gaps, LossesOfTheKernelAreToldInTheirTime) {
  Pen writer = pen();
  writer.add(Event(start_at(noon())));
  writer.add(Event(lost_at(noon(10), noon(20), 2, 12)));
  writer.add(Event(set_at(noon(100), 3))).close(noon(110));
  const auto losses = [&](double since, double until) {
    int count = 0;
    for (const Entry& entry : read(between(since, until), noon(110))) {
      const auto* event = std::get_if<Event>(&entry);
      count += event && std::holds_alternative<trace::LostEvent>(*event) ? 1 : 0;
    }
    return count;
  };
  EXPECT_EQ(losses(0, 110), 1);
  EXPECT_EQ(losses(0, 50), 1) << "it stands behind the last change of that time";
  EXPECT_EQ(losses(12, 15), 1) << "it was going on";
  EXPECT_EQ(losses(0, 5), 0);
  EXPECT_EQ(losses(30, 40), 0);
}

TEST_F(Gaps, BeforeTheHistoryBegins) {
  record(noon(60), {set_at(noon(61), 2)}, noon(70));
  EXPECT_THAT(gaps({}, noon(70)), IsEmpty()) << "nobody asked for older things";
  EXPECT_THAT(gaps(between(0, 65), noon(70)), ElementsAre(GapIs(noon(0), noon(60), 0)));
  EXPECT_THAT(gaps(between(0, 10), noon(70)), SizeIs(1));
}

TEST_F(Gaps, AClockThatWasSetBackBetweenRecordings) {
  record(noon(100), {set_at(noon(101), 2)}, noon(110));
  record(noon(50), {set_at(noon(51), 2)}, noon(60));
  const auto told = gaps({}, noon(60));
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_THAT(told[0].reason, testing::HasSubstr("clock"));
}

TEST_F(Gaps, AWriterThatSaysNothingAnyMoreIsOne) {
  Pen writer = pen();
  writer.add(Event(start_at(noon()))).add(Event(set_at(noon(1), 2))).commit(noon(2));
  EXPECT_THAT(gaps({}, noon(30)), IsEmpty()) << "it commits each half minute";
  const auto told = gaps({}, noon(3600));
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].from, noon(2));
  EXPECT_TRUE(told[0].open);
  EXPECT_THAT(state(noon(3000)), testing::HasSubstr("nothing was recorded"));
}

}  // namespace
}  // namespace pinfold::history
