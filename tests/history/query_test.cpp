// Who is found.
#include "history/history_fixture.h"

namespace pinfold::history {
namespace {

using trace::SetEvent;
using Numbers = std::vector<std::uint64_t>;

// A change with its own number; `make` says what is special about it.
template <class Make>
SetEvent change(std::uint64_t seq, Make make) {
  SetEvent set = set_at(noon(static_cast<double>(seq)), seq);
  make(set);
  return set;
}

class Queries : public HistoryTest {
 protected:
  void write(const std::vector<SetEvent>& changes) const { record(noon(0), changes, noon(100)); }
  [[nodiscard]] Numbers of_task(Who who) const {
    Query query;
    query.task = std::move(who);
    return numbers(query);
  }
  [[nodiscard]] Numbers of_actor(Who who) const {
    Query query;
    query.actor = std::move(who);
    return numbers(query);
  }
  [[nodiscard]] Numbers named(const char* pattern) const {
    Who who;
    who.comm = pattern;
    return of_task(who);
  }
  [[nodiscard]] Numbers in_cgroup(const char* path) const {
    Query query;
    query.cgroup = path;
    return numbers(query);
  }
  [[nodiscard]] Numbers about(const char* list) const {
    Query query;
    query.cpus = test::cpus(list);
    return numbers(query);
  }
};

TEST_F(Queries, ByProcessThreadAndStart) {
  write({change(2, [](SetEvent& set) { set.target->pid = Pid(10); }),
         change(3,
                [](SetEvent& set) {
                  set.target->pid = Pid(10);
                  set.target->tid = Tid(11);
                }),
         change(4, [](SetEvent& set) { set.target->start_time = 6000; }),
         change(5, [](SetEvent& set) { set.target.reset(); })});
  Who who;
  who.pid = Pid(10);
  EXPECT_EQ(of_task(who), (Numbers{2, 3}));
  who.tid = Tid(11);
  EXPECT_EQ(of_task(who), (Numbers{3}));
  who.pid = Pid(12);
  EXPECT_EQ(of_task(who), (Numbers{}));
  Who reused;
  reused.tid = Tid(1234);
  EXPECT_EQ(of_task(reused), (Numbers{2, 4}));
  reused.start_time = 6000;
  EXPECT_EQ(of_task(reused), (Numbers{4}));
}

TEST_F(Queries, AStartThatNoSignedNumberHolds) {
  constexpr std::uint64_t late = 18'446'744'073'709'551'615U;
  write({change(2, [](SetEvent& set) { set.target->start_time = late; })});
  Who who;
  who.start_time = late;
  EXPECT_EQ(of_task(who), (Numbers{2}));
}

TEST_F(Queries, ByNameAsItStands) {
  write({change(2, [](SetEvent& set) { set.target->comm = "worker/1"; }),
         change(3, [](SetEvent& set) { set.target->comm = "worker/12"; }),
         change(4, [](SetEvent& set) { set.target->comm = "Worker/1"; }),
         change(5, [](SetEvent& set) { set.target->comm = "w[ab]\\"; }),
         change(6, [](SetEvent& set) { set.target->comm = "it's \"%_\n"; }),
         change(7, [](SetEvent& set) { set.target->comm = "a\xff\xfe"; })});
  EXPECT_EQ(named("worker/1"), (Numbers{2}));
  EXPECT_EQ(named("worker/*"), (Numbers{2, 3}));
  EXPECT_EQ(named("worker/?"), (Numbers{2}));
  EXPECT_EQ(named("w[ab]\\"), (Numbers{5})) << "brackets are no pattern";
  EXPECT_EQ(named("w[ab]*"), (Numbers{5}));
  EXPECT_EQ(named("it's \"%_\n"), (Numbers{6}));
  EXPECT_EQ(named("%"), (Numbers{}));
  EXPECT_EQ(named("a\xff\xfe"), (Numbers{7})) << "bytes that are no text";
  EXPECT_EQ(named("a??"), (Numbers{7}));
  EXPECT_EQ(named("*").size(), 6U);
}

TEST_F(Queries, ByWhoDidIt) {
  write({change(2, [](SetEvent& set) { set.actor->comm = "numad"; }),
         change(3, [](SetEvent& set) { set.actor->pid = Pid(77); }),
         change(4, [](SetEvent& set) { set.actor->exe = "/usr/bin/it's"; }),
         change(5, [](SetEvent& set) { set.actor->exe.reset(); }),
         change(6, [](SetEvent& set) { set.actor.reset(); })});
  Who who;
  who.comm = "numad";
  EXPECT_EQ(of_actor(who), (Numbers{2}));
  who.comm.reset();
  who.pid = Pid(77);
  EXPECT_EQ(of_actor(who), (Numbers{3}));
  who.pid.reset();
  who.exe = "/usr/bin/it's";
  EXPECT_EQ(of_actor(who), (Numbers{4}));
  who.exe = "/usr/bin/taskset";
  EXPECT_EQ(of_actor(who), (Numbers{2, 3}));
}

TEST_F(Queries, ByACgroupAndWhatIsBelow) {
  const auto below = [](const char* path) {
    return [path](SetEvent& set) { set.target->cgroup = path; };
  };
  write({change(2, below("/a_b")), change(3, below("/a_b/c")), change(4, below("/axb/c")),
         change(5, below("/a_bc")), change(6, below("/100%/x")), change(7, below("/100x/x")),
         change(8, below("/A_B/c")), change(9, below("/\\x")), change(10, below("/\\x/y")),
         change(11, [](SetEvent& set) { set.actor->cgroup = "/a_b/d"; }),
         change(12, [](SetEvent& set) {
           set.target->cgroup.reset();
           set.actor->cgroup.reset();
         })});
  EXPECT_EQ(in_cgroup("/a_b"), (Numbers{2, 3, 11}));
  EXPECT_EQ(in_cgroup("/100%"), (Numbers{6}));
  EXPECT_EQ(in_cgroup("/\\x"), (Numbers{9, 10}));
  EXPECT_EQ(in_cgroup("/A_B"), (Numbers{8})) << "cgroups differ in case alone";
  EXPECT_EQ(in_cgroup("/a"), (Numbers{}));
  EXPECT_EQ(in_cgroup("/").size(), 10U) << "whoever is in one";
}

TEST_F(Queries, ByCpusThatWereAskedForLostOrWon) {
  const auto masks = [](const char* old, const char* request, const char* effective) {
    return [=](SetEvent& set) {
      const auto make = [](const char* list) {
        return list ? std::optional(test::cpus(list)) : std::nullopt;
      };
      set.old = make(old);
      set.request = make(request);
      set.effective = make(effective);
    };
  };
  write({change(2, masks("0-7", "2-3", "2-3")), change(3, masks("0-3", "0-3", "0-3")),
         change(4, masks("0-3", nullptr, "0-5")), change(5, masks(nullptr, nullptr, "6")),
         change(6, masks(nullptr, nullptr, nullptr)), change(7, masks("0-1", "8", "0-1"))});
  EXPECT_EQ(about("3"), (Numbers{2, 3}));
  EXPECT_EQ(about("4"), (Numbers{2, 4}));
  EXPECT_EQ(about("6"), (Numbers{2, 5}));
  EXPECT_EQ(about("8"), (Numbers{7}));
  EXPECT_EQ(about("0"), (Numbers{2, 3})) << "who keeps a CPU has nothing to do with it";
  EXPECT_EQ(about("9-8191"), (Numbers{}));
}

TEST_F(Queries, OnlyWhatFailed) {
  write({change(2, [](SetEvent& set) { set.result = -22; }), change(3, [](SetEvent&) {}),
         change(4, [](SetEvent& set) { set.result.reset(); })});
  Query query;
  query.only_failed = true;
  EXPECT_EQ(numbers(query), (Numbers{2}));
}

TEST_F(Queries, TheNewestOnesInTheirOrder) {
  write({change(2, [](SetEvent&) {}), change(3, [](SetEvent& set) { set.result = -22; }),
         change(4, [](SetEvent&) {}), change(5, [](SetEvent& set) { set.result = -22; }),
         change(6, [](SetEvent&) {})});
  Query query;
  query.newest = 2;
  EXPECT_EQ(numbers(query), (Numbers{5, 6}));
  query.only_failed = true;
  EXPECT_EQ(numbers(query), (Numbers{3, 5}));
  query.only_failed = false;
  query.newest = 100;
  EXPECT_EQ(numbers(query).size(), 5U);
  query.newest = 1;
  query.until = noon(4);
  EXPECT_EQ(numbers(query), (Numbers{4}));
}

TEST_F(Queries, AllThatIsGivenMustBeSo) {
  write({change(2, [](SetEvent& set) { set.result = -22; }),
         change(3,
                [](SetEvent& set) {
                  set.result = -22;
                  set.target->comm = "redis";
                }),
         change(4, [](SetEvent& set) { set.target->comm = "redis"; })});
  Query query;
  query.task.emplace().comm = "redis";
  query.actor.emplace().comm = "taskset";
  query.cpus = test::cpus("1");
  query.cgroup = "/web";
  query.only_failed = true;
  query.since = noon(1);
  query.until = noon(50);
  EXPECT_EQ(numbers(query), (Numbers{3}));
  Reader history = reader();
  EXPECT_EQ(history.count(query).value_or(0), 1U);
  query.actor->comm = "numad";
  EXPECT_EQ(numbers(query), (Numbers{}));
}

}  // namespace
}  // namespace pinfold::history
