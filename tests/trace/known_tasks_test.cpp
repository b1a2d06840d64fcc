// Asked of real tasks: the test's own children and threads.
#include "trace/known_tasks.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <future>
#include <thread>

#include "support/program.h"

namespace pinfold::trace {
namespace {

using test::Victim;

Actor actor_of(pid_t pid) { return {.pid = Pid(pid), .tid = Tid(pid)}; }
Actor actor_of(const Victim& victim) { return actor_of(victim.pid()); }
TargetTask target_of(pid_t pid) { return {.pid = Pid(pid), .tid = Tid(pid)}; }

// With its start time, as the kernel tells it.
Actor told(KnownTasks& tasks, pid_t pid) {
  Actor seen = actor_of(pid);
  tasks.complete(seen);
  Actor actor = actor_of(pid);
  actor.start_time = seen.start_time;
  return actor;
}

TEST(KnownTasks, AnActorIsCompletedFromProc) {
  const Victim victim({"quiet"});
  KnownTasks tasks;
  Actor actor = actor_of(victim);
  tasks.complete(actor);
  EXPECT_EQ(actor.comm, "quiet");
  ASSERT_TRUE(actor.exe);
  EXPECT_EQ(std::filesystem::path(*actor.exe).filename(), "quiet");
  EXPECT_TRUE(actor.cgroup);
  EXPECT_NE(actor.start_time, 0U);
  ASSERT_FALSE(actor.parents.empty());
  EXPECT_EQ(actor.parents[0].pid, Pid(::getpid()));
  EXPECT_EQ(actor.parents[0].comm, "known_tasks_tes");
}

TEST(KnownTasks, WhatTheKernelToldStays) {
  const Victim victim({"quiet"});
  KnownTasks tasks;
  Actor actor = actor_of(victim);
  actor.comm = "told";
  actor.cgroup = "/docker/" + std::string(64, 'a');
  tasks.complete(actor);
  EXPECT_EQ(actor.comm, "told");
  EXPECT_EQ(actor.cgroup, "/docker/" + std::string(64, 'a'));
  EXPECT_EQ(actor.container, std::string(64, 'a'));
}

TEST(KnownTasks, TheDeadAreKnownIfTheyWereSeenBefore) {
  KnownTasks tasks;
  Actor actor;
  {
    const Victim victim({"quiet"});
    actor = told(tasks, victim.pid());
  }
  Actor again = actor;
  tasks.complete(again);
  EXPECT_EQ(again.comm, "quiet");
  EXPECT_TRUE(again.exe);
  EXPECT_FALSE(again.parents.empty());

  KnownTasks others;
  Actor stranger = actor;
  others.complete(stranger);
  EXPECT_EQ(stranger.comm, "");
  EXPECT_FALSE(stranger.exe);
}

TEST(KnownTasks, AnotherTaskWithTheNumberIsNotTakenForIt) {
  const Victim victim({"quiet"});
  KnownTasks tasks;
  Actor before = told(tasks, victim.pid());
  before.start_time -= 1;
  tasks.complete(before);
  EXPECT_EQ(before.comm, "");
  EXPECT_FALSE(before.exe);
  EXPECT_FALSE(before.cgroup);
  EXPECT_TRUE(before.parents.empty());
}

TEST(KnownTasks, AProgramThatWasReplacedIsForgotten) {
  int go[2];
  ASSERT_EQ(::pipe2(go, O_CLOEXEC), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    char byte = 0;
    if (::read(go[0], &byte, 1) == 1) ::execlp("sleep", "sleep", "60", nullptr);
    ::_exit(1);
  }
  KnownTasks tasks;
  Actor before = actor_of(child);
  tasks.complete(before);
  ASSERT_EQ(::write(go[1], "x", 1), 1);
  const auto exe = [&] {
    return std::filesystem::read_symlink("/proc/" + std::to_string(child) + "/exe").string();
  };
  while (exe() == before.exe)
    std::this_thread::yield();

  Actor after = actor_of(child);
  after.start_time = before.start_time;
  tasks.forget(Pid(child));
  tasks.complete(after);
  EXPECT_EQ(after.exe, exe());
  EXPECT_EQ(after.comm, "sleep");
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

TEST(KnownTasks, AThreadThatHasEndedHasItsProcessesProgram) {
  std::promise<pid_t> tid;
  std::promise<void> end;
  std::thread thread([&] {
    tid.set_value(::gettid());
    end.get_future().wait();
  });
  const Tid number(tid.get_future().get());
  KnownTasks tasks;
  Actor actor{.pid = Pid(::getpid()), .tid = number};
  tasks.complete(actor);
  const std::uint64_t start_time = actor.start_time;
  end.set_value();
  thread.join();
  // The kernel lets go of it a moment later.
  while (std::filesystem::exists("/proc/self/task/" + std::to_string(number.value())))
    std::this_thread::yield();

  KnownTasks others;
  Actor gone{.pid = Pid(::getpid()), .tid = number, .start_time = start_time};
  others.complete(gone);
  EXPECT_EQ(gone.exe, actor.exe);
  EXPECT_EQ(gone.comm, "");
}

TEST(KnownTasks, NoMoreAreRememberedThanTheLimit) {
  const Victim first({"quiet"});
  const Victim second({"quiet"});
  const Victim third({"quiet"});
  KnownTasks tasks(2);
  for (const Victim* victim : {&first, &second, &third, &second}) {
    Actor actor = told(tasks, victim->pid());
    tasks.complete(actor);
    EXPECT_EQ(actor.comm, "quiet");
  }
  EXPECT_EQ(tasks.size(), 2U);
}

TEST(KnownTasks, RelationsAreFoundFromTheTargetUpwards) {
  KnownTasks tasks;
  const Actor self = told(tasks, ::getpid());
  EXPECT_EQ(tasks.relation(self, target_of(::getpid())), Relation::self);
  TargetTask thread = target_of(::getpid());
  thread.tid = Tid(::getpid() + 1);
  EXPECT_EQ(tasks.relation(self, thread), Relation::thread);

  const Victim child({"quiet"});
  const Victim sibling({"quiet"});
  EXPECT_EQ(tasks.relation(self, target_of(child.pid())), Relation::child);
  const Actor grandparent = told(tasks, ::getppid());
  EXPECT_EQ(tasks.relation(grandparent, target_of(child.pid())), Relation::descendant);
  EXPECT_EQ(tasks.relation(told(tasks, sibling.pid()), target_of(child.pid())), Relation::other);
  EXPECT_EQ(tasks.relation(told(tasks, child.pid()), target_of(::getpid())), Relation::other);
}

TEST(KnownTasks, WhoHasTheNumberOfAParentIsNotThatParent) {
  const Victim child({"quiet"});
  KnownTasks tasks;
  Actor later = told(tasks, ::getpid());
  later.start_time += 1;
  EXPECT_NE(tasks.relation(later, target_of(child.pid())), Relation::child);
}

TEST(KnownTasks, OfTheDeadNobodyKnowsWhoseChildTheyWere) {
  pid_t pid = 0;
  {
    const Victim child({"quiet"});
    pid = child.pid();
  }
  KnownTasks tasks;
  EXPECT_EQ(tasks.relation(told(tasks, ::getpid()), target_of(pid)), std::nullopt);
}

}  // namespace
}  // namespace pinfold::trace
