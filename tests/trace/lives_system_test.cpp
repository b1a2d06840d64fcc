// Threads that come and go on the kernel under us, told by both tracers.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include <pinfold/cpu_list.h>

#include "support/program.h"
#include "trace/trace_fixture.h"
#include "trace/watching.h"

namespace pinfold::test {
namespace {

using trace::Alive;
using trace::Ended;
using trace::SetEvent;

class TraceLives : public TraceTest {
 protected:
  static trace::TracerOptions of(pid_t pid) {
    trace::TracerOptions options;
    options.filter.targets = trace::Tasks{.processes = {Pid(pid)}, .threads = {}};
    return options;
  }

  static Alive await_alive(Watching& watching, pid_t tid, const std::string& name = {}) {
    return watching.await<Alive>([&](const Alive& alive) {
      return alive.task.tid == Tid(tid) && (name.empty() || alive.task.comm == name);
    });
  }
  static Ended await_end(Watching& watching, pid_t tid) {
    return watching.await<Ended>([&](const Ended& ended) { return ended.tid == Tid(tid); });
  }
  static std::vector<Alive> alive(const Watching& watching, pid_t tid) {
    auto all = watching.all<Alive>();
    std::erase_if(all, [&](const Alive& one) { return one.task.tid != Tid(tid); });
    return all;
  }
};

TEST_F(TraceLives, EverybodyWhoIsThereIsToldAtTheStart) {
  LifeCase life;
  const pid_t thread = std::stoi(life.order("thread mate"));
  ASSERT_EQ(pinfold({"set", b, "tid:" + std::to_string(thread)}).exit, 0);
  Watching watching({});
  std::set<int> seen;
  for (const Alive& one : watching.all<Alive>()) {
    EXPECT_TRUE(seen.insert(one.task.tid.value()).second) << "twice: " << one.task.comm;
    EXPECT_FALSE(one.born);
  }
  ASSERT_EQ(alive(watching, ::getpid()).size(), 1U);
  EXPECT_EQ(alive(watching, ::getpid())[0].allowed, own);
  ASSERT_EQ(alive(watching, thread).size(), 1U);
  const Alive mate = alive(watching, thread)[0];
  EXPECT_EQ(mate.task.pid, Pid(life.pid()));
  EXPECT_EQ(mate.task.comm, "mate");
  EXPECT_EQ(mate.allowed, only_b);
  EXPECT_EQ(mate.task.start_time, watching.kernel().task(Tid(thread)).value().start_time);
  // All of init's threads, too, which kernels leave out of snapshots.
  EXPECT_EQ(alive(watching, 1).size(), 1U);
}

TEST_F(TraceLives, AThreadIsBornGetsItsNameAndEnds) {
  LifeCase life;
  Watching watching(of(life.pid()));
  const pid_t thread = std::stoi(life.order("thread mate"));
  life.order("join");
  watching.stop();
  const auto lives = alive(watching, thread);
  ASSERT_EQ(lives.size(), 2U);
  EXPECT_TRUE(lives[0].born);
  EXPECT_EQ(lives[0].task.pid, Pid(life.pid()));
  EXPECT_EQ(lives[0].task.comm, "life");
  EXPECT_EQ(lives[0].allowed, own);
  EXPECT_FALSE(lives[1].born);
  EXPECT_EQ(lives[1].task.comm, "mate");
  EXPECT_LE(lives[0].time, lives[1].time);
  const Ended ended = await_end(watching, thread);
  EXPECT_EQ(ended.pid, Pid(life.pid()));
  EXPECT_EQ(ended.start_time, lives[0].task.start_time);
  EXPECT_LE(lives[1].time, ended.time);
}

TEST_F(TraceLives, AChildIsBornAndBecomesAnotherProgram) {
  Watching watching(of(::getpid()));
  LifeCase life;
  life.give("exec /bin/sleep");
  const Alive born = await_alive(watching, life.pid());
  EXPECT_TRUE(born.born);
  await_alive(watching, life.pid(), "life");
  const Alive sleeps = await_alive(watching, life.pid(), "sleep");
  EXPECT_FALSE(sleeps.born);
  EXPECT_EQ(sleeps.task.start_time, born.task.start_time);
}

TEST_F(TraceLives, AThreadThatBecomesAnotherProgramGetsTheProcesssNumber) {
  LifeCase life;
  Watching watching(of(life.pid()));
  const pid_t thread = std::stoi(life.order("execthread /bin/sleep"));
  const Alive sleeps = await_alive(watching, life.pid(), "sleep");
  EXPECT_EQ(sleeps.task.start_time, alive(watching, life.pid())[0].task.start_time);
  await_end(watching, thread);
  ASSERT_EQ(pinfold({"set", b, std::to_string(life.pid())}).exit, 0);
  watching.stop();
  const auto sets = watching.sets_of(life.pid());
  ASSERT_EQ(sets.size(), 1U);
  EXPECT_EQ(sets[0].old, own) << "what the thread had";
}

TEST_F(TraceLives, WhoIsNoTargetIsNotTold) {
  LifeCase life;
  LifeCase other;
  Watching watching(of(life.pid()));
  const pid_t stranger = std::stoi(other.order("thread stranger"));
  other.order("join");
  const pid_t child = std::stoi(life.order("fork"));
  life.order("reap");
  watching.stop();
  EXPECT_EQ(alive(watching, child).size(), 1U);
  EXPECT_TRUE(alive(watching, stranger).empty());
  EXPECT_TRUE(alive(watching, other.pid()).empty());
  for (const Ended& ended : watching.all<Ended>())
    EXPECT_EQ(ended.tid, Tid(child));
}

TEST_F(TraceLives, WhoActsIsNoMatter) {
  LifeCase life;
  trace::TracerOptions options;
  options.filter.actors = trace::Tasks{.processes = {Pid(::getpid())}, .threads = {}};
  Watching watching(options);
  const pid_t thread = std::stoi(life.order("thread mate"));
  EXPECT_TRUE(await_alive(watching, thread).born);
}

TEST_F(TraceLives, AThreadIsToldBeforeWhatHappensToItAndItsEndAfter) {
  Watching watching(of(::getpid()));
  const Output output = run_case("flood", {"20"});
  const pid_t actor = std::stoi(said(output, "caller").at(0).at(0));
  watching.stop();
  std::string order;
  for (const auto& told : watching.told()) {
    const auto* const born = Watching::life<Alive>(told);
    const auto* const ended = Watching::life<Ended>(told);
    const auto* const event = std::get_if<trace::Event>(&told);
    const auto* const set = event ? std::get_if<SetEvent>(event) : nullptr;
    if (born && born->born && born->task.tid == Tid(actor)) order += 'b';
    if (set && set->target->tid == Tid(actor)) order += 's';
    if (ended && ended->tid == Tid(actor)) order += 'e';
  }
  EXPECT_EQ(order, 'b' + std::string(20, 's') + 'e');
}

// The ring is full: births and ends are lost.
TEST_F(TraceLives, TheSnapshotAfterALossMakesThemRight) {
  LifeCase life;
  const pid_t ends = std::stoi(life.order("thread ends"));
  trace::TracerOptions options;
  options.ring_bytes = 4096;
  Watching watching(options);
  run_case("flood", {"100"});
  life.order("join");
  const pid_t begins = std::stoi(life.order("thread begins"));
  const Alive begun = await_alive(watching, begins, "begins");
  EXPECT_FALSE(begun.born);
  EXPECT_EQ(begun.allowed, own);
  EXPECT_EQ(begun.task.start_time, watching.kernel().task(Tid(begins)).value().start_time);
  EXPECT_EQ(await_end(watching, ends).pid, Pid(life.pid()));
  EXPECT_EQ(alive(watching, begins).size(), 1U);
}

TEST_F(TraceLives, AfterALossAChildOfATargetIsStillOne) {
  LifeCase life;
  auto options = of(life.pid());
  options.ring_bytes = 4096;
  Watching watching(options);
  for (int i = 0; i < 10; ++i)
    life.order("hop " + a + ' ' + b + " 0");
  const pid_t child = std::stoi(life.order("fork"));
  EXPECT_FALSE(await_alive(watching, child).born);
  EXPECT_EQ(alive(watching, child)[0].allowed, only_b);
}

TEST_F(TraceLives, WithoutProgramsTheyAreNoticed) {
  LifeCase life;
  auto options = of(life.pid());
  options.sampled = true;
  Watching watching(options);
  EXPECT_FALSE(await_alive(watching, life.pid(), "life").born);
  const pid_t thread = std::stoi(life.order("thread mate"));
  const Alive born = await_alive(watching, thread);
  EXPECT_TRUE(born.born);
  EXPECT_EQ(born.allowed, own);
  life.order("join");
  EXPECT_EQ(await_end(watching, thread).start_time, born.task.start_time);
  life.give("exec /bin/sleep");
  EXPECT_FALSE(await_alive(watching, life.pid(), "sleep").born);
}

TEST_F(TraceLives, WhereNobodyWantsThemNothingIsTold) {
  LifeCase life;
  LinuxKernel kernel;
  TaskIterator iterator;
  kernel.use(iterator);
  trace::TracerOptions options = of(life.pid());
  std::size_t events = 0;
  auto tracer = trace::Tracer::open(kernel, options, [&](const trace::Event&) { ++events; });
  ASSERT_TRUE(tracer);
  ASSERT_TRUE((*tracer)->start());
  life.order("thread mate");
  ASSERT_TRUE((*tracer)->stop());
  EXPECT_EQ(events, 3U) << "start, snapshot, end";
}

}  // namespace
}  // namespace pinfold::test
