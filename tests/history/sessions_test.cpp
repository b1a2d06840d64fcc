// Recordings one after the other, taken back, and under a clock that is set.
#include "history/history_fixture.h"

namespace pinfold::history {
namespace {

using testing::IsEmpty;
using testing::SizeIs;
using trace::Event;
using Numbers = std::vector<std::uint64_t>;

class Sessions : public HistoryTest {};

TEST_F(Sessions, EachHasItsOwnNumbers) {
  record(noon(0), {set_at(noon(1), 2), set_at(noon(2), 5)}, noon(10));
  record(noon(60), {set_at(noon(61), 2), set_at(noon(62), 3)}, noon(70));
  EXPECT_EQ(numbers({}), (Numbers{2, 5, 2, 3}));
}

TEST_F(Sessions, WhatWasTakenBackIsGoneAndItGoesOn) {
  Pen writer = pen();
  writer.add(Event(start_at(noon()))).add(Event(set_at(noon(1), 2))).commit(noon(2));
  writer.add(Event(set_at(noon(3), 3))).add(Event(set_at(noon(4), 4))).rollback();
  writer.add(Event(set_at(noon(5), 5))).close(noon(6));
  EXPECT_EQ(numbers({}), (Numbers{2, 5}));
  EXPECT_THAT(gaps({}, noon(6)), IsEmpty()) << "it is one recording; what is missing says a gap";
}

TEST_F(Sessions, EvenItsBeginning) {
  Pen writer = pen();
  writer.add(Event(start_at(noon()))).add(Event(set_at(noon(1), 2))).rollback();
  writer.add(Event(set_at(noon(3), 3, 1234, "4"))).commit(noon(4));
  writer.add(Event(set_at(noon(5), 4, 77, "5"))).close(noon(6));
  EXPECT_EQ(numbers({}), (Numbers{3, 4}));
  EXPECT_EQ(state(noon(6)), "77:5 1234:4");
  const Reader history = reader();
  ASSERT_FALSE(history.chapters().empty());
  EXPECT_EQ(history.chapters()[0].kernel, "6.18.5");
}

TEST_F(Sessions, TwiceInARow) {
  Pen writer = pen();
  writer.add(Event(start_at(noon()))).commit(noon(1));
  for (std::uint64_t i = 0; i < 3; ++i) {
    writer.add(Event(set_at(noon(2), 2 + i * 2))).rollback();
    writer.add(Gap{.from = noon(1), .to = noon(2), .count = 1, .reason = "x"}).rollback();
  }
  writer.add(Gap{.from = noon(1), .to = noon(2), .count = 3, .reason = "x"});
  writer.add(Event(set_at(noon(3), 8))).close(noon(6));
  EXPECT_EQ(numbers({}), (Numbers{8}));
  EXPECT_THAT(gaps({}, noon(6)), testing::ElementsAre(GapIs(noon(1), noon(2), 3)));
}

TEST_F(Sessions, AClockThatIsSetBackMixesNothingUp) {
  record(noon(0),
         {set_at(noon(100), 2), set_at(noon(200), 3), set_at(noon(50), 4), set_at(noon(60), 5)},
         noon(70));
  EXPECT_EQ(numbers({}), (Numbers{2, 3, 4, 5})) << "in the order in which it happened";
  Query query;
  query.since = noon(55);
  query.until = noon(150);
  EXPECT_EQ(numbers(query), (Numbers{2, 5}));
  EXPECT_THAT(gaps({}, noon(70)), IsEmpty());
}

TEST_F(Sessions, AndOneThatIsSetForwardNeither) {
  record(noon(0), {set_at(noon(1), 2), set_at(noon(90'000), 3), set_at(noon(90'001), 4)},
         noon(90'002));
  Query query;
  query.since = noon(80'000);
  EXPECT_EQ(numbers(query), (Numbers{3, 4}));
  query.since.reset();
  query.until = noon(80'000);
  EXPECT_EQ(numbers(query), (Numbers{2}));
}

// The last heartbeat is of a clock that was set back since the last change.
TEST_F(Sessions, AChangeBeforeTheClockWasSetBackIsFound) {
  Pen writer = pen();
  writer.add(Event(start_at(noon()))).add(Event(set_at(noon(1000), 2))).commit(noon(1001));
  writer.commit(noon(500));
  writer.drop();
  record(noon(600), {set_at(noon(601), 2)}, noon(602));
  Query query;
  query.since = noon(900);
  EXPECT_EQ(numbers(query), (Numbers{2}));
}

TEST_F(Sessions, OfSeveralBootsAThreadIsToldApart) {
  record(noon(0), {set_at(noon(1), 2, 1234, "3")}, noon(10));
  Reader history = reader();
  const auto here = history.last_change(this_boot, Tid(1234), 5000);
  ASSERT_TRUE(here && *here);
  EXPECT_EQ((*here)->effective, test::cpus("3"));
  const auto another = history.last_change("another boot", Tid(1234), 5000);
  ASSERT_TRUE(another);
  EXPECT_FALSE(*another);
  const auto reused = history.last_change(this_boot, Tid(1234), 5001);
  ASSERT_TRUE(reused);
  EXPECT_FALSE(*reused) << "another thread with that number";
}

TEST_F(Sessions, TheLastChangeIsOneThatWasDone) {
  trace::SetEvent failed = set_at(noon(3), 4, 1234, "5");
  failed.result = -22;
  trace::SetEvent unknown = set_at(noon(4), 5);
  unknown.effective.reset();
  record(noon(0), {set_at(noon(1), 2, 1234, "3"), set_at(noon(2), 3, 1234, "4"), failed, unknown},
         noon(10));
  Reader history = reader();
  const auto last = history.last_change(this_boot, Tid(1234), 5000);
  ASSERT_TRUE(last && *last);
  EXPECT_EQ((*last)->seq, 3U);
}

TEST_F(Sessions, AVisitorWhoHasEnoughIsLeftAlone) {
  record(noon(0), {set_at(noon(1), 2), set_at(noon(2), 3), set_at(noon(3), 4)}, noon(10));
  int visits = 0;
  Reader history = reader();
  ASSERT_TRUE(history.read({}, noon(10), [&](const Entry&) { return ++visits < 2; }));
  EXPECT_EQ(visits, 2);
  std::size_t all = 0;
  ASSERT_TRUE(history.read({}, noon(10), [&](const Entry&) { return ++all > 0; }));
  EXPECT_EQ(all, 4U) << "and can be asked again";
}

}  // namespace
}  // namespace pinfold::history
