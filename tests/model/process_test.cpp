#include "model/process.h"

#include <cerrno>

#include "model/seen_by.h"

namespace pinfold::test {
namespace {

using testing::ElementsAre;

class ModelProcessTest : public SeenBy {
 protected:
  std::unique_ptr<Process> open(const model::Task& leader) {
    return std::move(kernel().process(Pid(leader.number)).value());
  }
};

// The handle

TEST_F(ModelProcessTest, HandleIsNeverAnotherProcessWithTheSameNumber) {
  boot({.machine = pinfold::Machine::open("pu:2").value(),
        .highest_number = 310,
        .bound_kernel_threads = false});
  constexpr pid_t number = 305;  // below 300 none is given twice
  const auto fork_with_that_number = [&] {
    for (;;) {
      model::Task& task = fork(caller());
      if (task.number == number) return &task;
      vanish(*task.process);
    }
  };
  const model::Task& task = *fork_with_that_number();
  const auto handle = open(task);
  vanish(*task.process);
  fork_with_that_number();
  EXPECT_THAT(handle->list(), FailsWith(ErrorKind::no_such_task));
  EXPECT_THAT(handle->task(Tid(number)), FailsWith(ErrorKind::no_such_task));
  EXPECT_EQ(handle->activity(Tid(number)), Activity::gone);
  EXPECT_EQ(handle->count(), 0U);
}

TEST_F(ModelProcessTest, HandleIsTheSameProcessAfterAThreadHasExecuted) {
  model::Task& leader = fork(caller());
  const Tid number = leader.tid();
  model::Task& other = thread(leader);
  const auto handle = open(leader);
  system().exec(other, program("/bin/x", 7));
  EXPECT_THAT(handle->list()->threads, ElementsAre(number));
  EXPECT_EQ(handle->task(number)->name, "x");
}

TEST_F(ModelProcessTest, HandleNumbersThreadsAsWhereItWasOpened) {
  model::Task& first = fork_into_namespace(caller());
  thread(first);
  model::Task& outside = caller();
  session().caller = &first;
  const auto handle = std::move(kernel().process(Pid(1)).value());
  session().caller = &outside;
  EXPECT_THAT(handle->list()->threads, ElementsAre(Tid(1), Tid(2)));
  EXPECT_EQ(handle->task(Tid(2))->pid, Pid(1));
}

TEST_F(ModelProcessTest, ZombieIsItsOnlyThread) {
  const model::Task& task = fork(caller());
  system().exit(*task.process);
  const auto handle = open(task);
  EXPECT_THAT(handle->list()->threads, ElementsAre(task.tid()));
  EXPECT_EQ(handle->count(), 1U);
  EXPECT_THAT(handle->hold(task.tid()), FailsWith(ErrorKind::system, EPERM));
}

TEST_F(ModelProcessTest, ProcessWhoseFirstThreadHasEndedCanBeKilled) {
  model::Task& leader = fork(system().init());  // who asks for its children at once
  const Tid number = leader.tid();
  thread(leader);
  const auto handle = open(leader);
  system().exit(leader);
  EXPECT_EQ(handle->task(number)->state, 'Z');
  EXPECT_EQ(handle->count(), 2U);
  system().exit(*leader.process);
  EXPECT_THAT(handle->list(), FailsWith(ErrorKind::no_such_task));
}

// Listings that are overtaken: with four threads, when the third is about to be listed.

class Overtaken : public ModelProcessTest {
 protected:
  Overtaken() {
    threads_.push_back(&fork(caller()));
    while (threads_.size() < 4)
      threads_.push_back(&thread(*threads_[0]));
    for (const model::Task* one : threads_)
      tids_.push_back(one->tid());
  }
  Listing list_while(std::function<void()> others) {
    session().on_listing = std::move(others);
    return open(*threads_[0])->list().value();
  }
  std::vector<model::Task*> threads_;
  std::vector<Tid> tids_;
};

TEST_F(Overtaken, ThreadToWhichTheWalkHasComeCutsItShort) {
  const Listing listing = list_while([&] { system().exit(*threads_[2]); });
  EXPECT_FALSE(listing.whole);
  EXPECT_THAT(listing.threads, ElementsAre(tids_[0], tids_[1]));
}

TEST_F(Overtaken, WhoEndsElsewhereDoesNot) {
  const Listing listing = list_while([&] {
    system().exit(*threads_[1]);
    system().exit(*threads_[3]);
  });
  EXPECT_TRUE(listing.whole);
  EXPECT_THAT(listing.threads, ElementsAre(tids_[0], tids_[1], tids_[2]));
}

TEST_F(Overtaken, NewcomersStandAtTheEnd) {
  Tid born;
  const Listing listing = list_while([&] { born = thread(*threads_[0]).tid(); });
  EXPECT_TRUE(listing.whole);
  EXPECT_THAT(listing.threads, ElementsAre(tids_[0], tids_[1], tids_[2], tids_[3], born));
}

// Activity and hold

TEST_F(ModelProcessTest, WhoIsInsideCloneIsSeenThereAndDoesNotStop) {
  model::Task& task = fork(caller());
  const auto handle = open(task);
  model::Task* made = nullptr;
  ASSERT_EQ(system().begin_clone(task, {.make = model::System::Make::thread}, made), 0);
  EXPECT_EQ(handle->activity(task.tid()), Activity::in_clone);
  EXPECT_THAT(handle->hold(task.tid()), FailsWith(ErrorKind::system, ETIMEDOUT));
  EXPECT_EQ(handle->count(), 1U);
  system().finish_clone(*made);
  EXPECT_EQ(handle->activity(task.tid()), Activity::outside_clone);
  EXPECT_EQ(handle->count(), 2U);
}

TEST_F(ModelProcessTest, WhoIsInsideForkIsSeenThere) {
  model::Task& task = fork(caller());
  model::Task* made = nullptr;
  ASSERT_EQ(system().begin_clone(task, {}, made), 0);
  EXPECT_EQ(open(task)->activity(task.tid()), Activity::in_fork);
  system().wake(task);
  EXPECT_EQ(open(task)->activity(task.tid()), Activity::running);
}

TEST_F(ModelProcessTest, KernelThreadsAndTheCallersOwnAreNotHeld) {
  const model::Task& kthreadd = *system().kernel_thread("kthreadd");
  EXPECT_THAT(open(kthreadd)->hold(kthreadd.tid()), FailsWith(ErrorKind::system, EPERM));
  const model::Task& own = thread(caller());
  EXPECT_THAT(open(caller())->hold(own.tid()), FailsWith(ErrorKind::system, EPERM));
  EXPECT_THAT(open(caller())->hold(Tid(4711)), FailsWith(ErrorKind::system, ESRCH));
}

// ptrace(2), "Ptrace access mode checking".
TEST_F(ModelProcessTest, RealUserCountsForHoldAndTheEffectiveOneForFiles) {
  model::Task& target = fork(caller());
  become(target, 1001, 1001);
  system().exec(target, program("/bin/x", 7));
  system().wake(target);
  model::Task& real = fork(caller());
  model::Task& effective = fork(caller());
  become(real, 1001, 1002);
  become(effective, 1002, 1001);
  const auto handle = open(target);
  session().caller = &real;
  EXPECT_EQ(handle->activity(target.tid()), Activity::hidden);
  EXPECT_EQ(handle->hold(target.tid()).value(), Held::stopped);
  session().caller = &effective;
  EXPECT_EQ(handle->activity(target.tid()), Activity::running);
  EXPECT_THAT(handle->hold(target.tid()), FailsWith(ErrorKind::system, EPERM));
}

}  // namespace
}  // namespace pinfold::test
