// No record is trusted and wrong, whatever others do to the caller's memory and to its target.
#include <cstdint>
#include <string>

#include "trace/trace_fixture.h"
#include "trace/verdict.h"

namespace pinfold::test {
namespace {

class TraceTrust : public TraceTest {
 protected:
  // Large enough that nothing is lost: what is lost could not be judged.
  static std::vector<std::string> options() { return {"--buffer", "67108864"}; }
};

TEST_F(TraceTrust, WhoseMemoryIsChangedMeanwhile) {
  constexpr std::uint64_t calls = 100'000;
  Tracer tracer(options());
  const Output flipper = run_case("flipper", {std::to_string(calls)});
  const auto caller = said(flipper, "caller");
  const auto truth = said(flipper, "truth");
  ASSERT_ONE(truth);
  const pid_t tid = std::stoi(caller.at(0).at(0));
  const std::string& masks = truth[0].at(0);
  ASSERT_EQ(masks.size(), calls);

  const Trace trace = tracer.stop();
  ASSERT_EQ(trace.end()["lost"], 0U);
  const Verdict verdict = judge(
      trace, tid, tid, [&](std::uint64_t number) { return masks.at(number) == '1' ? a : ab; });
  EXPECT_EQ(verdict.wrong, 0U) << verdict.example;
  EXPECT_EQ(verdict.untrue, 0U) << "the kernel's copy is the truth where one alone sets";
  EXPECT_EQ(verdict.trusted + verdict.untrusted, calls);
  EXPECT_GT(verdict.trusted, calls / 10) << "to trust nobody is no answer";
  EXPECT_GT(verdict.untrusted, calls / 1000) << "or the memory was not changed in time";
}

TEST_F(TraceTrust, TwoCallersOnOneTarget) {
  constexpr std::uint64_t calls = 100'000;
  Tracer tracer(options());
  const Output rivals = run_case("rivals", {std::to_string(calls)});
  const auto callers = said(rivals, "caller");
  ASSERT_EQ(callers.size(), 2U);
  const pid_t target = std::stoi(said(rivals, "target").at(0).at(0));

  const Trace trace = tracer.stop();
  ASSERT_EQ(trace.end()["lost"], 0U);
  for (const auto& caller : callers) {
    const Verdict verdict =
        judge(trace, std::stoi(caller.at(0)), target, [&](std::uint64_t) { return caller.at(1); });
    EXPECT_EQ(verdict.wrong, 0U) << verdict.example;
    EXPECT_EQ(verdict.trusted + verdict.untrusted, calls);
  }
}

// Both at once, and in step: what the caller's memory and the kernel agree on when the call ends is
// what another thread has written into both.
TEST_F(TraceTrust, OvertakenByOneWhoChangesItsMemoryToo) {
  Tracer tracer(options());
  const auto verdict = judge_overtaken(tracer, "1000");
  if (!verdict) GTEST_SKIP() << "no call was overtaken";
  EXPECT_EQ(verdict->wrong, 0U) << "of " << verdict->trusted + verdict->untrusted << ": "
                                << verdict->example;
}

}  // namespace
}  // namespace pinfold::test
