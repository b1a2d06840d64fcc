// What is lost is counted, told in the stream, and made good by a snapshot.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "support/program.h"
#include "trace/trace_fixture.h"

namespace pinfold::test {
namespace {

using namespace std::chrono_literals;

class TraceLoss : public TraceTest {
 protected:
  /// Calls of flood alone, in a ring that they do not fit into.
  static std::vector<std::string> options() { return {"--comm", "flood", "--buffer", "262144"}; }

  struct Flood {
    pid_t tid = 0;
    std::string last;  ///< the mask of the last call
    std::chrono::nanoseconds time{0};
  };
  static Flood flood(std::uint64_t calls, std::vector<std::string> more = {"flood"}) {
    more.insert(more.begin(), std::to_string(calls));
    const auto caller = said(run_case("flood", more), "caller").at(0);
    return {std::stoi(caller.at(0)), caller.at(1),
            std::chrono::nanoseconds(std::stoll(caller.at(2)))};
  }

  static std::uint64_t calls_told(const Trace& trace, pid_t actor) {
    std::uint64_t calls = 0;
    trace.each([&](const Json& event) {
      if (event["event"] != "set" || event["cause"] != "syscall") return;
      if (event["actor"]["tid"] == actor) calls += event["count"].get<std::uint64_t>();
    });
    return calls;
  }

  static Json await_snapshot_after_loss(Tracer& tracer) {
    return tracer.await([](const Json& event) {
      return event["event"] == "snapshot" && event["reason"] == "lost";
    });
  }
};

TEST_F(TraceLoss, IsExactWithAConsumerThatIsStopped) {
  constexpr std::uint64_t calls = 300'000;
  Tracer tracer(options());
  tracer.signal(SIGSTOP);
  const Flood caller = flood(calls);
  tracer.signal(SIGCONT);
  await_snapshot_after_loss(tracer);

  const Trace trace = tracer.stop();
  expect_exact(trace);
  const Account sums = account(trace);
  EXPECT_GT(sums.lost, 0U);
  EXPECT_EQ(calls_told(trace, caller.tid) + sums.lost, calls);
  EXPECT_EQ(tracer.exit(), 0) << tracer.err();
}

TEST_F(TraceLoss, IsToldWhereItHappenedAndASnapshotFollows) {
  const Victim victim({"quiet", "1"});
  Tracer tracer(options());
  tracer.signal(SIGSTOP);
  flood(50'000);
  tracer.signal(SIGCONT);
  await_snapshot_after_loss(tracer);
  const Flood after = flood(10);

  const auto events = tracer.stop().events();
  std::size_t lost = 0;
  std::size_t snapshot = 0;
  std::size_t later = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Json& event = events[i];
    if (event["event"] == "lost" && lost == 0) {
      lost = i;
      EXPECT_GT(event["count"], 0U);
      EXPECT_LE(event["from"].get<std::string>(), event["to"].get<std::string>());
    }
    if (event["event"] == "snapshot" && event["reason"] == "lost" && snapshot == 0) snapshot = i;
    if (event["event"] == "set" && event["actor"].is_object() &&
        event["actor"]["tid"] == after.tid && later == 0) {
      later = i;
    }
  }
  EXPECT_GT(lost, 0U);
  EXPECT_GT(snapshot, lost);
  EXPECT_GT(later, snapshot);
}

TEST_F(TraceLoss, TheSnapshotMakesTheFinalStateRight) {
  const Victim victim({"quiet", "1"});
  ASSERT_EQ(pinfold({"set", ab, victim.pid_text()}).exit, 0);
  Tracer tracer({"--buffer", "262144"});
  tracer.signal(SIGSTOP);
  flood(50'000);  // the ring is full
  ASSERT_EQ(pinfold({"set", b, victim.pid_text()}).exit, 0);
  tracer.signal(SIGCONT);
  await_snapshot_after_loss(tracer);
  ASSERT_EQ(pinfold({"set", a, victim.pid_text()}).exit, 0);

  const auto sets = tracer.stop().sets_of(victim.pid());
  ASSERT_EQ(sets.size(), 2U) << testing::PrintToString(sets);
  EXPECT_THAT(sets[0], Tells(Json{{"cause", "unknown"},
                                  {"attribution", "unknown"},
                                  {"actor", nullptr},
                                  {"old", ab},
                                  {"effective", b},
                                  {"ret", nullptr}}));
  EXPECT_THAT(sets[1], Tells(Json{{"cause", "syscall"}, {"old", b}, {"effective", a}}));
}

TEST_F(TraceLoss, IsAFailureWithStrict) {
  std::vector<std::string> strict = options();
  strict.emplace_back("--strict");
  Tracer tracer(strict);
  tracer.signal(SIGSTOP);
  flood(50'000);
  tracer.signal(SIGCONT);
  await_snapshot_after_loss(tracer);
  expect_exact(tracer.stop());
  EXPECT_EQ(tracer.exit(), 1);
  EXPECT_NE(tracer.err(), "") << "which says how many";
}

TEST_F(TraceLoss, StrictIsSatisfiedWithoutLoss) {
  Tracer tracer({"--strict"});
  const Calls calls({"self", "8", b});
  expect_exact(tracer.stop());
  EXPECT_EQ(tracer.exit(), 0) << tracer.err();
}

// What comes out of a pipe, added up: too much to be kept.
class Tally {
 public:
  Tally() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
    reader_ = std::thread([this] { read_all(); });
  }
  /// Its writing end, for whoever opens it.
  [[nodiscard]] std::string path() const {
    return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(ends_[1]);
  }
  void await_start() const { started_.wait(false); }
  /// When the writer has ended.
  Trace finish() {
    ::close(ends_[1]);
    reader_.join();
    ::close(ends_[0]);
    return Trace(others_);
  }
  /// Of calls of set.
  [[nodiscard]] std::uint64_t calls() const { return calls_; }

 private:
  void read_all() {
    std::string text;
    std::vector<char> chunk(std::size_t{1} << 20U);
    for (ssize_t length = 0; (length = ::read(ends_[0], chunk.data(), chunk.size())) > 0;) {
      text.append(chunk.data(), static_cast<std::size_t>(length));
      std::size_t begin = 0;
      for (std::size_t end = 0; (end = text.find('\n', begin)) != std::string::npos;
           begin = end + 1)
        take(std::string_view(text).substr(begin, end - begin + 1));
      text.erase(0, begin);
    }
  }

  void take(std::string_view line) {
    if (line.find(R"("cause":"syscall")") == std::string_view::npos) {
      others_ += line;
      started_ = true;
      started_.notify_all();
      return;
    }
    constexpr std::string_view key = R"("count":)";
    calls_ += std::strtoull(line.substr(line.rfind(key) + key.size()).data(), nullptr, 10);
  }

  std::array<int, 2> ends_{};
  std::atomic<bool> started_ = false;
  std::uint64_t calls_ = 0;
  std::string others_;
  std::thread reader_;
};

// A short soak; ./dev bench has the long one. Whether anything is lost depends on what else the
// machine does.
TEST_F(TraceLoss, OfAMillionCallsASecondIsExact) {
  Tally tally;
  Child tracer({PINFOLD_COMMAND, "trace", "--json", "--comm", "flood"},
               {.out_file = tally.path(), .patience = 120s});
  tally.await_start();
  std::uint64_t calls = 0;
  std::chrono::nanoseconds time{0};
  while (time < 3s) {
    constexpr std::uint64_t portion = 500'000;
    time += flood(portion, {"flood", "same"}).time;
    calls += portion;
  }
  tracer.signal(SIGINT);
  const Output output = tracer.finish();
  const Trace others = tally.finish();
  EXPECT_EQ(output.exit, 0) << output.err;
  const Account sums = account(others);
  EXPECT_EQ(sums.seen, sums.sent + sums.lost + sums.suppressed) << others.end();
  EXPECT_EQ(sums.told_lost, sums.lost);
  EXPECT_EQ(tally.calls() + sums.told, sums.sent);
  EXPECT_EQ(tally.calls() + sums.lost, calls);
  const double rate = static_cast<double>(calls) / std::chrono::duration<double>(time).count();
  RecordProperty("calls_a_second", static_cast<int>(rate));
  RecordProperty("lost", std::to_string(sums.lost));
}

}  // namespace
}  // namespace pinfold::test
