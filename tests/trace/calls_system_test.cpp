// Every call is one event: who, whom, and how the two belong together.
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>

#include "support/program.h"
#include "trace/trace_fixture.h"

namespace pinfold::test {
namespace {

class TraceCalls : public TraceTest {
 protected:
  /// What is told of every call that succeeds and is not narrowed.
  [[nodiscard]] static Json done(const std::string& cpus) {
    return {{"schema_version", 1},
            {"event", "set"},
            {"request", cpus},
            {"kernel_request", cpus},
            {"effective", cpus},
            {"ret", 0},
            {"error", nullptr},
            {"cause", "syscall"},
            {"attribution", "exact"},
            {"trusted", true},
            {"narrowed", false},
            {"by", nullptr},
            {"count", 1}};
  }
};

TEST_F(TraceCalls, OwnMask) {
  TELL(told, {"self", "8", b});
  ASSERT_ONE(told.sets);
  const Json& event = told.sets[0];
  EXPECT_THAT(event, Tells(done(b)));
  EXPECT_THAT(event, Tells(Json{
                         {"actor", {{"pid", told.actor}, {"tid", told.actor}, {"comm", "calls"}}},
                         {"target", {{"pid", told.actor}, {"tid", told.actor}, {"comm", "calls"}}},
                         {"relation", "self"},
                         {"arguments", {{"pid", 0}, {"cpusetsize", 8}}},
                     }));
}

TEST_F(TraceCalls, AnothersMaskByPinfoldItself) {
  const Victim victim({"quiet", "1"});
  Tracer tracer;
  ASSERT_EQ(pinfold({"set", b, "tid:" + victim.pid_text()}).exit, 0);
  const auto sets = tracer.stop().sets_of(victim.pid());
  ASSERT_ONE(sets);
  EXPECT_THAT(sets[0], Tells(Json{{"relation", "other"},
                                  {"actor", {{"comm", "pinfold"}}},
                                  {"arguments", {{"pid", victim.pid()}}}}));
}

TEST_F(TraceCalls, AnotherThreadOfTheProcess) {
  TELL(told, {"thread", "8", b});
  ASSERT_ONE(told.sets);
  EXPECT_THAT(told.sets[0], Tells(done(b)));
  EXPECT_THAT(told.sets[0], Tells(Json{{"actor", {{"pid", told.actor}, {"tid", told.actor}}},
                                       {"target", {{"pid", told.actor}, {"tid", told.target}}},
                                       {"relation", "thread"},
                                       {"arguments", {{"pid", told.target}}}}));
}

TEST_F(TraceCalls, ByAThreadThatIsNotTheFirst) {
  TELL(told, {"--thread", "self", "8", b});
  ASSERT_ONE(told.sets);
  EXPECT_THAT(told.sets[0], Tells(done(b)));
  EXPECT_EQ(told.sets[0]["actor"]["pid"], told.sets[0]["target"]["pid"]);
  EXPECT_NE(told.sets[0]["actor"]["pid"], told.actor);
  EXPECT_EQ(told.sets[0]["relation"], "self");
}

TEST_F(TraceCalls, AChild) {
  TELL(told, {"child", "8", b});
  ASSERT_ONE(told.sets);
  EXPECT_THAT(told.sets[0], Tells(done(b)));
  EXPECT_THAT(told.sets[0], Tells(Json{{"target", {{"pid", told.target}, {"tid", told.target}}},
                                       {"relation", "child"}}));
}

TEST_F(TraceCalls, AChildOfAnotherThreadIsTheProcesssChild) {
  TELL(told, {"--thread", "child", "8", b});
  ASSERT_ONE(told.sets);
  EXPECT_EQ(told.sets[0]["relation"], "child");
}

TEST_F(TraceCalls, AGrandchild) {
  TELL(told, {"grandchild", "8", b});
  ASSERT_ONE(told.sets);
  EXPECT_THAT(told.sets[0], Tells(done(b)));
  EXPECT_THAT(told.sets[0],
              Tells(Json{{"target", {{"tid", told.target}}}, {"relation", "descendant"}}));
}

TEST_F(TraceCalls, AnotherProcess) {
  const Victim victim({"quiet", "1"});
  TELL(told, {victim.pid_text(), "8", b});
  ASSERT_ONE(told.sets);
  EXPECT_THAT(told.sets[0], Tells(done(b)));
  EXPECT_THAT(
      told.sets[0],
      Tells(Json{{"target", {{"pid", victim.pid()}, {"tid", victim.pid()}, {"comm", "quiet"}}},
                 {"relation", "other"}}));
}

TEST_F(TraceCalls, ItsParentIsNoRelation) {
  TELL(told, {std::to_string(::getpid()), "8", ab});
  ASSERT_ONE(told.sets);
  EXPECT_EQ(told.sets[0]["relation"], "other");
  EXPECT_EQ(told.sets[0]["target"]["pid"], ::getpid());
}

TEST_F(TraceCalls, RepeatedCallsAreEachToldOrCounted) {
  TELL(told, {"--times", "100", "self", "8", b});
  std::uint64_t calls = 0;
  for (const Json& event : told.sets)
    calls += event["count"].get<std::uint64_t>();
  EXPECT_EQ(calls, 100U);
}

TEST_F(TraceCalls, TheOldMaskOfWhoWasThereBefore) {
  const Victim victim({"quiet", "2"});
  const pid_t second = threads_of(victim.pid()).back();
  ASSERT_EQ(pinfold({"set", a, "tid:" + std::to_string(second)}).exit, 0);
  Tracer tracer;
  const std::string tid = std::to_string(second);
  const Calls first({tid, "8", b});
  const Calls again({tid, "8", ab});
  const auto sets = tracer.stop().sets_of(second);
  ASSERT_EQ(sets.size(), 2U);
  EXPECT_EQ(sets[0]["old"], a);
  EXPECT_EQ(sets[1]["old"], b);
  EXPECT_NE(sets[0]["old_from"], "unknown");
}

TEST_F(TraceCalls, TheOldMaskOfWhoCameLaterIsRightOrUnknown) {
  TELL(told, {"self", "8", b});
  ASSERT_ONE(told.sets);
  const Json& event = told.sets[0];
  EXPECT_EQ(event["old"].is_null(), event["old_from"] == "unknown") << event;
  if (!event["old"].is_null()) {
    EXPECT_EQ(event["old"], to_cpu_list(own));
  }
}

// Fields that every event has.

TEST_F(TraceCalls, NumbersOfTheStreamAreWithoutGaps) {
  TELL(told, {"--times", "3", "self", "8", b});
  std::uint64_t number = 0;
  told.trace.each([&](const Json& event) { EXPECT_EQ(event["seq"], ++number) << event; });
  EXPECT_GT(number, 2U);
}

TEST_F(TraceCalls, TimeIsThatOfTheCall) {
  const auto now = [] {
    const auto time = std::chrono::system_clock::now();
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::ostringstream text;
    const auto nanoseconds = std::chrono::nanoseconds(time.time_since_epoch()).count();
    text << std::put_time(std::gmtime(&seconds), "%FT%T.") << std::setw(9) << std::setfill('0')
         << nanoseconds % 1'000'000'000 << 'Z';
    return text.str();
  };
  Tracer tracer;
  const std::string before = now();
  const Calls calls({"self", "8", b});
  const std::string after = now();
  const auto sets = tracer.stop().sets_by(calls.actor);
  ASSERT_ONE(sets);
  EXPECT_THAT(sets[0]["time"].get<std::string>(), testing::Ge(before));
  EXPECT_THAT(sets[0]["time"].get<std::string>(), testing::Le(after));
}

TEST_F(TraceCalls, TheCpuIsWhereTheActorRan) {
  TELL(told, {"self", "8", b});
  ASSERT_ONE(told.sets);
  EXPECT_EQ(std::to_string(told.sets[0]["cpu"].get<unsigned>()), b);
}

TEST_F(TraceCalls, StartTimeIsTheKernels) {
  const Victim victim({"quiet", "1"});
  TELL(told, {victim.pid_text(), "8", b});
  ASSERT_ONE(told.sets);
  std::ifstream file("/proc/" + victim.pid_text() + "/stat");
  std::string stat;
  std::getline(file, stat);
  std::istringstream fields(stat.substr(stat.rfind(')') + 1));
  std::string field;
  for (int number = 3; number <= 22; ++number)
    fields >> field;
  EXPECT_EQ(told.sets[0]["target"]["start"].dump(), field);
}

TEST_F(TraceCalls, WhoHasEndedIsStillTold) {
  Tracer tracer;
  const Output flood = run_case("flood", {"1"});
  const auto caller = said(flood, "caller");
  ASSERT_ONE(caller);
  const auto sets = tracer.stop().sets_by(std::stoi(caller[0][0]));
  ASSERT_ONE(sets);
  EXPECT_THAT(sets[0], Tells(done(a)));
  EXPECT_EQ(sets[0]["actor"]["comm"], "flood");
}

}  // namespace
}  // namespace pinfold::test
