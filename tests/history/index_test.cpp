// A question about one thread does not look at everybody's changes.
#include <sqlite3.h>

#include "history/history_fixture.h"

namespace pinfold::history {
namespace {

using trace::Event;

constexpr int threads = 2000;
constexpr int events = 200'000;

// One history for all of these tests: it takes a second to write.
class IndexOfAHistory : public HistoryTest {
 protected:
  static void SetUpTestSuite() {
    shared_ = std::make_unique<test::OwnFolder>();
    Pen pen(shared_->path() + "/h.db");
    pen.add(Event(start_at(noon())));
    trace::SetEvent set = set_at(noon(), 2);
    for (int i = 0; i < events; ++i) {
      const pid_t thread = 1 + i % threads;
      set.seq = static_cast<std::uint64_t>(i) + 2;
      set.time = noon(i * 0.01);
      set.target->pid = Pid(thread);
      set.target->tid = Tid(thread);
      set.actor->tid = Tid(100'000 + i % 50);
      set.effective = set.request = CpuSet{CpuId(static_cast<unsigned>(i) % 64)};
      pen.add(Event(set));
    }
    pen.close(noon(events * 0.01));
  }
  static void TearDownTestSuite() { shared_.reset(); }

  IndexOfAHistory() { path_ = shared_->path() + "/h.db"; }

  // Steps of SQLite's machine that it takes, in hundreds.
  template <class Question>
  static std::uint64_t cost(Question ask) {
    steps_ = 0;
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(count_steps));
    ask();
    sqlite3_reset_auto_extension();
    return steps_;
  }
  [[nodiscard]] std::uint64_t cost_of(const Query& query, std::size_t expected) const {
    return cost([&] { EXPECT_EQ(changes(query).size(), expected); });
  }
  [[nodiscard]] std::uint64_t cost_of_all() const {
    static const std::uint64_t all = cost_of({}, events);
    return all;
  }

 private:
  // Of each database that is opened from now on.
  static int count_steps(sqlite3* database, char** /*error*/, const void* /*routines*/) {
    constexpr int often = 100;
    sqlite3_progress_handler(
        database, often,
        [](void* steps) {
          ++*static_cast<std::uint64_t*>(steps);
          return 0;
        },
        &steps_);
    return SQLITE_OK;
  }

  static inline std::unique_ptr<test::OwnFolder> shared_;
  static inline std::uint64_t steps_ = 0;
};

TEST_F(IndexOfAHistory, AThreadsChangesAreFoundWithoutThoseOfOthers) {
  Query query;
  query.task.emplace().tid = Tid(7);
  const std::uint64_t one = cost_of(query, events / threads);
  EXPECT_GT(one, 0U);
  EXPECT_LT(one, cost_of_all() / 200);
}

TEST_F(IndexOfAHistory, AProcessesLikewise) {
  Query query;
  query.task.emplace().pid = Pid(7);
  EXPECT_LT(cost_of(query, events / threads), cost_of_all() / 200);
  query.since = noon(events * 0.005);
  EXPECT_LT(cost_of(query, events / threads / 2), cost_of_all() / 200);
}

TEST_F(IndexOfAHistory, WhoMadeFewChangesLikewise) {
  Query query;
  query.actor.emplace().tid = Tid(100'007);
  EXPECT_LT(cost_of(query, events / 50), cost_of_all() / 20);
}

TEST_F(IndexOfAHistory, AShortTimeIsFoundWithoutTheRest) {
  Query query;
  query.since = noon(1000);
  query.until = noon(1001);
  EXPECT_LT(cost_of(query, 101), cost_of_all() / 200);
}

TEST_F(IndexOfAHistory, TheNewestOnesAreFoundWithoutTheRest) {
  Query query;
  query.newest = 10;
  EXPECT_LT(cost_of(query, 10), cost_of_all() / 200);
}

TEST_F(IndexOfAHistory, TheLastChangeOfAThreadLikewise) {
  const std::uint64_t one = cost([&] {
    const auto last = reader().last_change(this_boot, Tid(7), 5000);
    ASSERT_TRUE(last && *last);
    EXPECT_EQ((*last)->seq, static_cast<std::uint64_t>(events - threads + 6) + 2);
  });
  EXPECT_LT(one, cost_of_all() / 200);
}

}  // namespace
}  // namespace pinfold::history
