// Which thread was allowed which CPUs at a moment: next to a replay of everything.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>

#include <pinfold/cpu_list.h>

#include "history/history_fixture.h"

namespace pinfold::history {
namespace {

using testing::HasSubstr;
using trace::Alive;
using trace::Ended;
using trace::Event;
using trace::Time;

Alive alive(Time time, pid_t thread, const char* list, bool born = false) {
  return {.time = time,
          .task = *set_at(time, 1, thread).target,
          .allowed = test::cpus(list),
          .born = born};
}

Ended ended(Time time, pid_t thread) {
  return {.time = time, .pid = Pid(thread), .tid = Tid(thread), .start_time = 5000};
}

class StateAt : public HistoryTest {};

TEST_F(StateAt, IsWhatItBeganWithAndWhatWasChangedSince) {
  Pen writer = pen();
  writer.add(Event(start_at(noon()))).add(alive(noon(), 1, "0-7")).add(alive(noon(), 2, "0-3"));
  writer.add(Event(set_at(noon(10), 2, 2, "1"))).add(Event(set_at(noon(20), 3, 3, "2")));
  writer.add(Event(set_at(noon(30), 4, 2, "4"))).close(noon(40));
  EXPECT_EQ(state(noon(5)), "1:0-7 2:0-3");
  EXPECT_EQ(state(noon(10)), "1:0-7 2:1") << "at that very moment";
  EXPECT_EQ(state(noon(25)), "1:0-7 2:1 3:2");
  EXPECT_EQ(state(noon(40)), "1:0-7 2:4 3:2");
}

TEST_F(StateAt, SaysSinceWhenAndWhatMadeItSo) {
  Pen writer = pen();
  writer.add(Event(start_at(noon()))).add(alive(noon(), 1, "0-7"));
  writer.add(Event(set_at(noon(10), 2, 2, "1"))).close(noon(40));
  const auto states = reader().at(noon(20));
  ASSERT_TRUE(states && states->size() == 2);
  EXPECT_EQ((*states)[0].since, noon());
  EXPECT_FALSE((*states)[0].change);
  EXPECT_EQ((*states)[1].since, noon(10));
  ASSERT_TRUE((*states)[1].change);
  EXPECT_EQ((*states)[1].change->actor->comm, "taskset");
}

TEST_F(StateAt, OutsideOfAllRecordingsIsNotKnown) {
  record(noon(0), {set_at(noon(1), 2)}, noon(10));
  record(noon(60), {set_at(noon(61), 2)}, noon(70));
  for (const double second : {-1.0, 30.0, 71.0})
    EXPECT_THAT(state(noon(second)), HasSubstr("nothing was recorded at that time")) << second;
  EXPECT_EQ(state(noon(10)), "1234:0-1");
  EXPECT_EQ(state(noon(60)), "") << "of another recording nothing is known";
  EXPECT_EQ(state(noon(65)), "1234:0-1");
}

TEST_F(StateAt, BetweenTwoChangesFarApart) {
  const Bounds bounds{.age = std::chrono::seconds(800), .bytes = 1U << 30U};
  Pen writer = pen(bounds);  // a chapter is a hundred seconds long
  writer.add(Event(start_at(noon()))).add(Event(set_at(noon(1), 2, 1, "1"))).commit(noon(2));
  writer.add(Event(set_at(noon(300), 3, 2, "2"))).commit(noon(301));
  writer.add(Event(set_at(noon(900), 4, 3, "3"))).close(noon(901));
  ASSERT_GT(reader().chapters().size(), 1U);
  EXPECT_EQ(state(noon(150)), "1:1") << "it was recorded, and it was quiet";
  EXPECT_EQ(state(noon(600)), "1:1 2:2");
  EXPECT_EQ(state(noon(900)), "1:1 2:2 3:3");
}

TEST_F(StateAt, InsideOfAGapIsNotKnownAndAfterItOnlyWhatWasSeenSince) {
  Pen writer = pen();
  writer.add(Event(start_at(noon()))).add(alive(noon(), 1, "0-7"));
  writer.add(Event(set_at(noon(1), 2, 2, "2"))).commit(noon(10));
  writer.add(Gap{.from = noon(10), .to = noon(60), .count = 7, .reason = "the disk is full"});
  writer.add(Event(set_at(noon(70), 10, 3, "3"))).commit(noon(80)).close(noon(90));
  EXPECT_EQ(state(noon(5)), "1:0-7 2:2");
  EXPECT_THAT(state(noon(30)), HasSubstr("nothing was recorded at that time"));
  EXPECT_EQ(state(noon(85)), "3:3") << "seven changes are not known: they may be anybody's";
}

TEST_F(StateAt, OfThreadsThatHaveEndedThereIsNone) {
  Pen writer = pen();
  writer.add(Event(start_at(noon()))).add(alive(noon(), 1, "0-7"));
  writer.add(Event(set_at(noon(1), 2, 2, "2"))).add(alive(noon(2), 3, "0-7", true));
  writer.add(ended(noon(10), 1)).add(ended(noon(20), 2)).close(noon(40));
  EXPECT_EQ(state(noon(5)), "1:0-7 2:2");
  EXPECT_EQ(state(noon(10)), "2:2");
  EXPECT_EQ(state(noon(20)), "");
}

TEST_F(StateAt, ANumberThatIsGivenAgainIsAnotherThread) {
  Pen writer = pen();
  writer.add(Event(start_at(noon()))).add(alive(noon(), 1, "0-7")).add(ended(noon(10), 1));
  trace::SetEvent reused = set_at(noon(20), 2, 1, "3");
  reused.target->start_time = 9000;
  writer.add(Event(reused)).close(noon(40));
  EXPECT_EQ(state(noon(15)), "");
  EXPECT_EQ(state(noon(30)), "1:3");
}

TEST_F(StateAt, AThreadThatChangesItsNameIsOne) {
  Pen writer = pen();
  trace::SetEvent renamed = set_at(noon(20), 3, 1, "3");
  renamed.target->comm = "worker";
  writer.add(Event(start_at(noon()))).add(Event(set_at(noon(10), 2, 1, "2"))).add(Event(renamed));
  writer.add(ended(noon(30), 1)).close(noon(40));
  EXPECT_EQ(state(noon(15)), "1:2");
  EXPECT_EQ(state(noon(25)), "1:3");
  EXPECT_EQ(state(noon(35)), "");
}

TEST_F(StateAt, ACallThatFailedChangesNothing) {
  Pen writer = pen();
  trace::SetEvent failed = set_at(noon(20), 3, 1, "3");
  failed.result = -22;
  trace::SetEvent vague = set_at(noon(25), 4, 1, "4");
  vague.effective.reset();
  writer.add(Event(start_at(noon()))).add(Event(set_at(noon(10), 2, 1, "2")));
  writer.add(Event(failed)).add(Event(vague)).close(noon(40));
  EXPECT_EQ(state(noon(15)), "1:2");
  EXPECT_EQ(state(noon(22)), "1:2");
  EXPECT_EQ(state(noon(30)), "1:2") << "whose mask is not known has the one that is";
}

TEST_F(StateAt, UnderAClockThatWasSetBackTheLaterTruthCounts) {
  Pen writer = pen();
  writer.add(Event(start_at(noon()))).add(Event(set_at(noon(100), 2, 1, "1"))).commit(noon(101));
  writer.add(Event(set_at(noon(50), 3, 1, "2"))).commit(noon(51));
  writer.add(Event(set_at(noon(150), 4, 1, "3"))).close(noon(160));
  EXPECT_EQ(state(noon(60)), "1:2");
  EXPECT_EQ(state(noon(120)), "1:2") << "it is later than the first 12:01:40";
  EXPECT_EQ(state(noon(155)), "1:3");
}

// A clock that only goes forward, one recording, any events, chapters of any length.
RC_GTEST_PROP(StateAtAnyMoment, IsThatOfAReplay, ()) {
  struct Step {
    Time time;
    pid_t thread;
    std::optional<CpuSet> mask;  // nothing: it has ended
  };
  const test::OwnFolder folder;
  const std::string path = folder.path() + "/h.db";
  Bounds bounds;
  bounds.age = std::chrono::seconds(*rc::gen::element(80, 100'000));
  Pen pen(path, bounds);
  std::vector<Step> steps;
  pen.add(Event(start_at(noon())));
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
    const Alive one = alive(noon(), 100 + i, "0-7");
    pen.add(one);
    steps.push_back({.time = noon(), .thread = 100 + i, .mask = one.allowed});
  }
  int clock = 0;
  std::uint64_t seq = 1;
  std::map<pid_t, std::uint64_t> starts;
  for (int i = *rc::gen::inRange(0, 40); i > 0; --i) {
    clock += *rc::gen::element(1, 2, 3, 30);
    const pid_t thread = 100 + *rc::gen::inRange(1, 7);
    std::uint64_t& start = starts.try_emplace(thread, 5000U).first->second;
    const auto which = *rc::gen::inRange(0, 10);
    if (which == 0) {
      Ended one = ended(noon(clock), thread);
      one.start_time = start;
      pen.add(one);
      ++start;  // whoever has that number next is another
      steps.push_back({.time = noon(clock), .thread = thread, .mask = {}});
      continue;
    }
    trace::SetEvent set = set_at(noon(clock), ++seq, thread, "0");
    set.target->start_time = start;
    set.effective = CpuSet{CpuId(*rc::gen::inRange(0U, 8U))};
    if (which == 1) set.result = -22;
    if (which == 2) set.effective.reset();
    if (which > 2) steps.push_back({.time = set.time, .thread = thread, .mask = set.effective});
    pen.add(Event(set));
    if (which == 3) pen.commit(noon(clock));
  }
  pen.close(noon(clock));
  auto reader = Reader::open(path);
  RC_ASSERT(reader.has_value());
  for (int i = 0; i < 10; ++i) {
    const Time moment = noon(*rc::gen::inRange(0, clock + 1));
    std::map<pid_t, std::string> expected;
    for (const Step& step : steps) {
      if (step.time > moment) continue;
      if (step.mask)
        expected[step.thread] = to_cpu_list(*step.mask);
      else
        expected.erase(step.thread);
    }
    std::map<pid_t, std::string> told;
    const auto states = reader->at(moment);
    RC_ASSERT(states.has_value());
    for (const ThreadState& one : *states)
      told[one.task.tid.value()] = to_cpu_list(one.allowed);
    RC_ASSERT(told == expected);
  }
}

}  // namespace
}  // namespace pinfold::history
