// A writer that is killed at any moment leaves a history that is whole, and has all that was
// acknowledged.
#include "support/crash.h"

#include <signal.h>

#include <chrono>
#include <random>
#include <string>

#include "history/database.h"
#include "history/history_fixture.h"
#include "support/child.h"

namespace pinfold::history {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr int kills = 20;  // a program under a sanitizer takes long to begin
constexpr unsigned stride = 97;
#else
constexpr int kills = 100;
constexpr unsigned stride = 23;
#endif

struct Found {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

class Crash : public HistoryTest {
 protected:
  [[nodiscard]] std::vector<std::string> scribe(std::uint64_t from) const {
    return {PINFOLD_SCRIBE, path_, std::to_string(from)};
  }

  static std::uint64_t last_number(const std::string& said) {
    // A line that it could not finish says nothing.
    const std::size_t end = said.rfind('\n');
    if (end == std::string::npos) return 0;
    const std::size_t begin = said.rfind('\n', end - 1);
    return std::stoull(said.substr(begin == std::string::npos ? 0 : begin + 1, end));
  }

  void expect_whole() const {
    const auto database = Database::open(path_, Database::Use::write);
    ASSERT_TRUE(database) << message(database.error());
    auto check = database->prepare("PRAGMA integrity_check");
    ASSERT_TRUE(check);
    ASSERT_TRUE(check->step().value_or(false));
    ASSERT_EQ(check->text(0), "ok");
  }

  // Every number once, ascending, without a hole: a batch is there wholly or not at all, and only
  // the oldest ones are dropped.
  [[nodiscard]] Found read_in_order() const {
    Found found;
    auto opened = Reader::open(path_);
    EXPECT_TRUE(opened) << message(opened.error());
    if (!opened) return found;
    const auto done = opened->read({}, noon(), [&](const Entry& entry) {
      const auto* event = std::get_if<trace::Event>(&entry);
      const auto* set = event ? std::get_if<trace::SetEvent>(event) : nullptr;
      if (!set) return true;
      if (found.first == 0) {
        found.first = set->seq;
      } else {
        EXPECT_EQ(set->seq, found.last + 1);
      }
      found.last = set->seq;
      return !testing::Test::HasFailure();
    });
    EXPECT_TRUE(done) << message(done.error());
    return found;
  }
};

TEST_F(Crash, NothingThatWasAcknowledgedIsLostHoweverOftenTheWriterIsKilled) {
  std::mt19937 random(20261127);
  std::uint64_t from = 0;
  std::uint64_t acknowledged_in_all = 0;
  int empty_handed = 0;
  for (int i = 0; i < kills && !HasFailure(); ++i) {
    SCOPED_TRACE("kill " + std::to_string(i) + " of " + std::to_string(kills));
    test::Child child(scribe(from));
    ASSERT_TRUE(child.says("\n")) << child.err();
    // The moment is any: after its first commit, so many microseconds.
    const auto until = std::chrono::steady_clock::now() +
                       std::chrono::microseconds(std::uniform_int_distribution(0, 30'000)(random));
    while (std::chrono::steady_clock::now() < until) {
    }
    child.signal(SIGKILL);
    const auto output = child.finish();
    ASSERT_EQ(output.exit, 128 + SIGKILL) << output.err;
    const std::uint64_t acknowledged = last_number(output.out);
    ASSERT_GT(acknowledged, from);
    acknowledged_in_all += acknowledged - from;
    expect_whole();
    const Found found = read_in_order();
    EXPECT_GE(found.last, acknowledged) << "what was acknowledged is lost";
    EXPECT_LE(found.first,
              std::max<std::uint64_t>(1, acknowledged > 5000 ? acknowledged - 5000 : 1))
        << "what there is room for is kept";
    empty_handed += found.last == acknowledged ? 1 : 0;
    from = found.last;
  }
  RecordProperty("acknowledged", std::to_string(acknowledged_in_all));
  RecordProperty("killed between commits", empty_handed);
}

// The same before each system call in turn: the moments that a clock does not find.
TEST_F(Crash, NorBeforeWhicheverSystemCall) {
  for (unsigned step = 1; step < 40 * stride && !HasFailure(); step += stride) {
    SCOPED_TRACE("step " + std::to_string(step));
    const test::Crash crash = test::kill_at(step, scribe(0));
    ASSERT_TRUE(crash.killed);
    // It may not have come so far as to make a file.
    if (::access(path_.c_str(), F_OK) != 0) continue;
    expect_whole();
    EXPECT_LE(read_in_order().first, 1U);
    Pen writer = pen();
    writer.add(trace::Event(start_at(noon()))).add(trace::Event(set_at(noon(), 2))).close(noon(1));
    std::filesystem::remove(path_);
    for (const char* suffix : {"-wal", "-shm", "-lock"})
      std::filesystem::remove(path_ + suffix);
  }
}

}  // namespace
}  // namespace pinfold::history
