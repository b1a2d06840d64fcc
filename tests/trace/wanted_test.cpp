#include "trace/wanted.h"

#include <gtest/gtest.h>

#include "support/program.h"

namespace pinfold::trace {
namespace {

using test::cpus;

Tasks process(pid_t pid) { return {.processes = {Pid(pid)}, .threads = {}}; }
Tasks thread(pid_t tid) { return {.processes = {}, .threads = {Tid(tid)}}; }

SetEvent change(pid_t actor, pid_t target) {
  SetEvent event;
  event.actor = Actor{.pid = Pid(actor), .tid = Tid(actor + 1)};
  event.target = TargetTask{.pid = Pid(target), .tid = Tid(target + 1)};
  return event;
}

bool has(const Filter& filter, const SetEvent& event, const char* cgroup = "/a") {
  return Wanted(filter, cgroup).has(event);
}

TEST(Wanted, WithoutAFilterAllIs) {
  EXPECT_TRUE(has({}, change(10, 20)));
  EXPECT_TRUE(has({}, SetEvent()));
}

TEST(Wanted, AProcessStandsForItsThreads) {
  EXPECT_TRUE(has({.targets = process(20)}, change(10, 20)));
  EXPECT_TRUE(has({.targets = thread(21)}, change(10, 20)));
  EXPECT_FALSE(has({.targets = thread(20)}, change(10, 20)));
  EXPECT_FALSE(has({.targets = process(10)}, change(10, 20)));
  EXPECT_FALSE(has({.targets = Tasks()}, change(10, 20)));
}

TEST(Wanted, ActorsCountOnlyWhereTheyAreMeant) {
  EXPECT_TRUE(has({.actors = process(10)}, change(10, 20)));
  EXPECT_FALSE(has({.actors = process(20)}, change(10, 20)));
  EXPECT_TRUE(has({.targets = process(10), .actors_too = true}, change(10, 20)));
  EXPECT_FALSE(has({.targets = process(30), .actors_too = true}, change(10, 20)));
  SetEvent unknown = change(10, 20);
  unknown.actor.reset();
  EXPECT_FALSE(has({.actors = process(10)}, unknown));
  EXPECT_FALSE(has({.uid = 0}, unknown));
  EXPECT_FALSE(has({.comm = "task"}, unknown));
}

TEST(Wanted, ChildrenAreWhereTheirCreatorIs) {
  Wanted wanted({.targets = process(20)}, "/");
  wanted.follow(Pid(20), Tid(21), Pid(30));
  wanted.follow(Pid(30), Tid(30), Pid(40));
  wanted.follow(Pid(10), Tid(20), Pid(50));
  EXPECT_TRUE(wanted.has(change(1, 30)));
  EXPECT_TRUE(wanted.has(change(1, 40)));
  EXPECT_FALSE(wanted.has(change(1, 50)));

  Wanted still({.targets = process(20), .follow = false}, "/");
  still.follow(Pid(20), Tid(20), Pid(30));
  EXPECT_FALSE(still.has(change(1, 30)));

  Wanted one({.targets = thread(21)}, "/");
  one.follow(Pid(20), Tid(21), Pid(30));
  one.follow(Pid(20), Tid(20), Pid(40));
  EXPECT_TRUE(one.has(change(1, 30)));
  EXPECT_FALSE(one.has(change(1, 40)));
}

TEST(Wanted, WhoHasEndedIsForgotten) {
  Wanted wanted({.targets = Tasks{.processes = {Pid(20)}, .threads = {Tid(31)}}}, "/");
  wanted.forget(Tid(20));  // other threads of its process may be there
  EXPECT_TRUE(wanted.has(change(1, 20)));
  wanted.forget(Pid(20));
  wanted.forget(Tid(31));
  EXPECT_FALSE(wanted.has(change(1, 20)));
  EXPECT_FALSE(wanted.has(change(1, 30)));
}

TEST(Wanted, ACommMayBeABeginning) {
  SetEvent event = change(10, 20);
  event.actor->comm = "kubelet";
  EXPECT_TRUE(has({.comm = "kubelet"}, event));
  EXPECT_FALSE(has({.comm = "kube"}, event));
  EXPECT_TRUE(has({.comm = "kube*"}, event));
  EXPECT_TRUE(has({.comm = "*"}, event));
  EXPECT_FALSE(has({.comm = "cube*"}, event));
}

TEST(Wanted, ACommIsCutAsTheKernelCutsIt) {
  SetEvent event = change(10, 20);
  event.actor->comm = "containerd-shim";
  EXPECT_TRUE(has({.comm = "containerd-shim-runc-v2"}, event));
  EXPECT_TRUE(has({.comm = "containerd-shim-runc*"}, event));
  EXPECT_FALSE(has({.comm = "containerd-shin-runc-v2"}, event));
}

TEST(Wanted, AUidIsTheActors) {
  SetEvent event = change(10, 20);
  event.actor->uid = 1000;
  EXPECT_TRUE(has({.uid = 1000}, event));
  EXPECT_FALSE(has({.uid = 0}, event));
}

TEST(Wanted, ACgroupHasWhoIsInItOrBelow) {
  SetEvent event = change(10, 20);
  EXPECT_FALSE(has({.cgroup = 1}, event));
  event.target->cgroup = "/a";
  EXPECT_TRUE(has({.cgroup = 1}, event));
  event.target->cgroup = "/ab";
  EXPECT_FALSE(has({.cgroup = 1}, event));
  EXPECT_TRUE(has({.cgroup = 1}, event, "/"));
  event.actor->cgroup = "/a/b";
  EXPECT_TRUE(has({.cgroup = 1}, event));
}

TEST(Wanted, AChangeTouchesWhatItTakesAndGives) {
  SetEvent event = change(10, 20);
  event.old = cpus("0-1");
  event.effective = cpus("2-3");
  EXPECT_TRUE(has({.touches = cpus("1")}, event));
  EXPECT_TRUE(has({.touches = cpus("2,7")}, event));
  EXPECT_FALSE(has({.touches = cpus("4-7")}, event));
}

TEST(Wanted, NoChangeIsAFailedCall) {
  EXPECT_FALSE(has({.only_failed = true}, change(10, 20)));
  EXPECT_TRUE(has({.only_done = true}, change(10, 20)));
}

TEST(Wanted, WhoIsKnownToBeInIsIn) {
  Wanted wanted({.targets = process(20), .actors = process(10)}, "/");
  EXPECT_TRUE(wanted.has_target(Pid(20), Tid(21)));
  EXPECT_FALSE(wanted.has_target(Pid(30), Tid(30)));
  wanted.include(Pid(30), trace_wanted_actor);
  EXPECT_FALSE(wanted.has_target(Pid(30), Tid(30)));
  wanted.include(Pid(30), trace_wanted_target);
  EXPECT_TRUE(wanted.has_target(Pid(30), Tid(31)));
  EXPECT_TRUE(wanted.has(change(30, 30)));
}

}  // namespace
}  // namespace pinfold::trace
