// The words for each kind of constraint.
#include "explain/text.h"

#include <gtest/gtest.h>

#include "support/program.h"

namespace pinfold {
namespace {

using test::cpus;
using Kind = ConstraintKind;

Constraint takes(Kind kind, const char* list, const char* limit = nullptr, const char* by = "") {
  return {.kind = kind,
          .takes = cpus(list),
          .cpus = cpus(list),
          .limit = limit ? cpus(limit) : CpuSet(),
          .by = by};
}

Constraint says(Kind kind, const char* list, const char* limit = nullptr, const char* by = "") {
  Constraint constraint = takes(kind, list, limit, by);
  constraint.takes.clear();
  return constraint;
}

TEST(Sentence, OneCpuAndSeveral) {
  EXPECT_EQ(sentence(takes(Kind::nonexistent, "7", "0-1")),
            "CPU 7 does not exist: this machine can have no others than 0-1.");
  EXPECT_EQ(sentence(takes(Kind::nonexistent, "7,9", "0-1")),
            "CPUs 7,9 do not exist: this machine can have no others than 0-1.");
  EXPECT_EQ(sentence(takes(Kind::not_present, "2-3", "0-1")),
            "CPUs 2-3 are not present: this machine has 0-1.");
  EXPECT_EQ(sentence(takes(Kind::offline, "1", "0")), "CPU 1 is offline: online are 0.");
}

TEST(Sentence, Cgroups) {
  EXPECT_EQ(sentence(takes(Kind::cpuset, "4-5", "0-3", "cgroup /docker/9f3c")),
            "CPUs 4-5 are not given to the task: cgroup /docker/9f3c allows 0-3.");
  EXPECT_EQ(sentence(takes(Kind::partition, "2-3", "0-1", "cgroup /rt")),
            "CPUs 2-3 belong to a partition: cgroup /rt has them for itself.");
}

TEST(Sentence, TheTaskItself) {
  EXPECT_EQ(sentence(takes(Kind::kernel_thread, "1", "0")),
            "It is a per-CPU kernel thread: that it runs on 0 cannot be changed.");
  EXPECT_EQ(
      sentence(takes(Kind::kernel_thread, "1", "0-3")),
      "It is a kernel thread that the kernel binds itself: its mask, 0-3, cannot be changed.");
  EXPECT_EQ(sentence(takes(Kind::permission, "1", nullptr, "bob")),
            "It belongs to bob: other users may not set its mask.");
  EXPECT_EQ(sentence(takes(Kind::capabilities, "1", nullptr, "cap_net_raw")),
            "It holds capabilities that you do not: cap_net_raw.");
  EXPECT_EQ(sentence(takes(Kind::deadline, "1", "0-3")),
            "It runs under SCHED_DEADLINE: its mask must contain all of 0-3.");
}

TEST(Sentence, Remarks) {
  EXPECT_EQ(
      sentence(says(Kind::isolated, "6-7", nullptr, "isolcpus")),
      "CPUs 6-7 are isolated (isolcpus): the scheduler balances nothing there. A thread stays "
      "on the CPU that it is on, and so do the threads and processes that it starts.");
  EXPECT_EQ(sentence(takes(Kind::isolated, "6", nullptr, "isolcpus")),
            "CPU 6 is isolated (isolcpus): a task is there only where somebody puts it there.");
  EXPECT_EQ(sentence(says(Kind::nohz_full, "5")),
            "CPU 5 is nohz_full: the tick of the scheduler is off there as long as only one task "
            "can run.");
}

TEST(Sentence, NamesAreMadeSafe) {
  EXPECT_EQ(sentence(takes(Kind::cpuset, "1", "0", "cgroup /a\x1b[31m")),
            "CPU 1 is not given to the task: cgroup /a\\x1b[31m allows 0.");
  EXPECT_EQ(label({.pid = Pid(7), .name = "a\nb", .threads = {Tid(7)}, .whole_process = true}),
            "a\\x0ab (7)");
}

TEST(Verdict, OfManyThreadsSomeAreNamed) {
  Diagnosis found{.pid = Pid(1), .name = "x", .asked = cpus("0")};
  for (pid_t tid = 1; tid <= 10; ++tid)
    found.threads.emplace_back(tid);
  EXPECT_EQ(verdict(found), "x (1), threads 1, 2, 3, 4, 5, 6, 7, 8 and 2 more may run on 0.");
}

}  // namespace
}  // namespace pinfold
