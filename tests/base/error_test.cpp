#include <gtest/gtest.h>

#include <cerrno>
#include <set>
#include <string>

#include <pinfold/error.h>

namespace pinfold {
namespace {

// The text for each kind, whole: what people read.

TEST(ErrorText, SyntaxPointsAtTheColumn) {
  const Error error{
      .kind = ErrorKind::syntax, .text = "0-3,x", .reason = "not a CPU number", .column = 4};
  EXPECT_EQ(message(error), "not a CPU number at column 5\n  0-3,x\n      ^");
  EXPECT_EQ(hint(error), "");
}

TEST(ErrorText, SyntaxOfEmptyTextHasNothingToPointAt) {
  EXPECT_EQ(message({.kind = ErrorKind::syntax, .reason = "a CPU number is missing"}),
            "a CPU number is missing");
}

TEST(ErrorText, SyntaxPointsBehindTextThatIsNotAscii) {
  EXPECT_EQ(message({.kind = ErrorKind::syntax, .text = "é,x", .reason = "no", .column = 3}),
            "no at column 3\n  é,x\n    ^");
  EXPECT_EQ(message({.kind = ErrorKind::syntax, .text = "\x1b,x", .reason = "no", .column = 2}),
            "no at column 3\n  \\x1b,x\n       ^");
}

TEST(ErrorText, EmptySet) {
  EXPECT_EQ(message({.kind = ErrorKind::empty_set}), "no CPU was asked for");
  EXPECT_EQ(message({.kind = ErrorKind::empty_set, .text = "0,~0"}),
            "\"0,~0\" leaves no CPU to run on");
}

TEST(ErrorText, NoSuchCpu) {
  const Error one{.kind = ErrorKind::no_such_cpu, .cpus = "7", .limit = "0-1", .clippable = true};
  EXPECT_EQ(message(one), "CPU 7 does not exist: this machine has 0-1");
  EXPECT_EQ(hint(one), "--clip drops CPUs that cannot be used");
  EXPECT_EQ(message({.kind = ErrorKind::no_such_cpu, .cpus = "7-9", .limit = "0-1"}),
            "CPUs 7-9 do not exist: this machine has 0-1");
  EXPECT_EQ(message({.kind = ErrorKind::no_such_cpu, .cpus = "7,9", .limit = "0-1"}),
            "CPUs 7,9 do not exist: this machine has 0-1");
}

TEST(ErrorText, ClipIsOnlyAdvisedWhereItLeavesSomething) {
  EXPECT_EQ(hint({.kind = ErrorKind::no_such_cpu, .cpus = "7", .limit = "0-1"}), "");
}

TEST(ErrorText, OfflineCpu) {
  const Error one{.kind = ErrorKind::offline_cpu, .cpus = "3", .limit = "0-2", .clippable = true};
  EXPECT_EQ(message(one), "CPU 3 is offline: online are 0-2");
  EXPECT_EQ(hint(one), "--clip drops CPUs that cannot be used");
  EXPECT_EQ(message({.kind = ErrorKind::offline_cpu, .cpus = "3,5", .limit = "0-2"}),
            "CPUs 3,5 are offline: online are 0-2");
}

TEST(ErrorText, Cpuset) {
  const Error error{.kind = ErrorKind::cpuset,
                    .task = "nginx (1234)",
                    .cpus = "4-5",
                    .limit = "0-3",
                    .owner = "/docker/9f3c",
                    .file = "/f",
                    .clippable = true};
  EXPECT_EQ(message(error), "nginx (1234) cannot use 4-5: cgroup /docker/9f3c allows 0-3");
  EXPECT_EQ(hint(error), "--clip drops CPUs that cannot be used");
}

TEST(ErrorText, IsolatedOnly) {
  const Error error{.kind = ErrorKind::isolated_only,
                    .task = "nginx (1234)",
                    .limit = "6-7",
                    .owner = "/x",
                    .file = "/f"};
  EXPECT_EQ(message(error),
            "nginx (1234) may use only 6-7 (cgroup /x), and all of them are isolated");
  EXPECT_EQ(hint(error), "--isolated asks for them too");
}

TEST(ErrorText, Narrowed) {
  const Error error{.kind = ErrorKind::narrowed,
                    .task = "nginx (1234)",
                    .cpus = "0-3",
                    .limit = "0-1",
                    .clippable = true};
  EXPECT_EQ(message(error),
            "nginx (1234) was given 0-1 and not 0-3: the kernel narrowed the mask, and no limit "
            "that can be read here says why");
  EXPECT_EQ(hint(error), "--clip drops CPUs that cannot be used");
}

TEST(ErrorText, Refused) {
  const Error error{
      .kind = ErrorKind::refused, .number = EINVAL, .task = "nginx (1234)", .cpus = "0-3"};
  EXPECT_EQ(message(error),
            "nginx (1234) cannot be placed on 0-3: the kernel refused it (Invalid argument), and "
            "no limit that can be read here says why");
  EXPECT_EQ(hint(error), "");
}

TEST(ErrorText, NoSuchTask) {
  EXPECT_EQ(message({.kind = ErrorKind::no_such_task, .task = "task 1234"}),
            "task 1234 does not exist");
  EXPECT_EQ(message({.kind = ErrorKind::no_such_task, .task = "1234", .reason = "has ended"}),
            "1234 has ended");
}

TEST(ErrorText, NoMatch) {
  EXPECT_EQ(message({.kind = ErrorKind::no_match, .text = "comm:x"}), "nobody matches comm:x");
  const Error cut{.kind = ErrorKind::no_match,
                  .text = "comm:averyverylongname",
                  .reason = "the kernel keeps 15 bytes of a name",
                  .advice = "say comm:averyverylongna"};
  EXPECT_EQ(message(cut),
            "nobody matches comm:averyverylongname: the kernel keeps 15 bytes of a name");
  EXPECT_EQ(hint(cut), "say comm:averyverylongna");
  EXPECT_EQ(message({.kind = ErrorKind::no_match,
                     .task = "kthreadd (2), a kernel thread",
                     .text = "comm:kthreadd"}),
            "nobody matches comm:kthreadd but kthreadd (2), a kernel thread");
}

TEST(ErrorText, Growing) {
  const Error error{.kind = ErrorKind::growing, .text = "comm:x, user:bob"};
  EXPECT_EQ(message(error),
            "comm:x, user:bob is not proved: new processes match it faster than they can be set");
  EXPECT_EQ(hint(error), "stop what starts them, or run this again");
}

TEST(ErrorText, NotAProcess) {
  EXPECT_EQ(
      message(
          {.kind = ErrorKind::not_a_process, .task = "1240", .owner = "1234", .text = "tid:1240"}),
      "1240 is a thread of 1234: say tid:1240");
}

TEST(ErrorText, TaskReplaced) {
  const Error error{
      .kind = ErrorKind::task_replaced, .task = "nginx (1234)", .owner = "bash (1234)"};
  EXPECT_EQ(message(error),
            "nginx (1234) ended meanwhile, and its number is now that of bash (1234)");
  EXPECT_EQ(hint(error), "look at both: pinfold get shows their masks");
}

TEST(ErrorText, Permission) {
  const Error error{.kind = ErrorKind::permission, .task = "nginx (1234)", .owner = "bob"};
  EXPECT_EQ(message(error), "nginx (1234) belongs to bob: needs CAP_SYS_NICE");
  EXPECT_EQ(hint(error), "be root or bob, or give pinfold the capability: setcap cap_sys_nice+ep");
}

TEST(ErrorText, Capabilities) {
  const Error error{.kind = ErrorKind::capabilities, .task = "ping (1234)", .text = "CAP_NET_RAW"};
  EXPECT_EQ(message(error),
            "ping (1234) holds capabilities that you do not (CAP_NET_RAW): needs CAP_SYS_NICE");
  EXPECT_EQ(hint(error), "be root, or give pinfold the capability: setcap cap_sys_nice+ep");
}

TEST(ErrorText, KernelThread) {
  EXPECT_EQ(message({.kind = ErrorKind::kernel_thread, .task = "migration/0 (17)", .cpus = "0"}),
            "migration/0 (17) is a per-CPU kernel thread: its CPU cannot be changed");
  EXPECT_EQ(message({.kind = ErrorKind::kernel_thread, .task = "kthreadd (2)", .cpus = "0-3"}),
            "kthreadd (2) is a kernel thread that the kernel binds itself: its CPUs cannot be "
            "changed");
}

TEST(ErrorText, Deadline) {
  const Error error{.kind = ErrorKind::deadline, .task = "ctl (9)", .limit = "0-3"};
  EXPECT_EQ(message(error), "ctl (9) runs under SCHED_DEADLINE: its mask must contain all of 0-3");
  EXPECT_EQ(hint(error),
            "give it all of them, another policy (chrt --other), or a root domain of its own "
            "(a cpuset partition)");
}

TEST(ErrorText, NodesWhoseMemoryCannotBeUsed) {
  const Error absent{
      .kind = ErrorKind::no_such_node, .limit = "0-1", .text = "3", .clippable = true};
  EXPECT_EQ(message(absent), "node 3 does not exist: this machine has 0-1");
  EXPECT_EQ(hint(absent), "--clip drops nodes that cannot be used");
  EXPECT_EQ(message({.kind = ErrorKind::no_such_node, .limit = "0", .text = "2-3"}),
            "nodes 2-3 do not exist: this machine has 0");
  EXPECT_EQ(hint({.kind = ErrorKind::no_such_node, .limit = "0", .text = "2-3"}), "");
  EXPECT_EQ(message({.kind = ErrorKind::no_memory, .limit = "0-1", .text = "2"}),
            "node 2 has no memory: 0-1 have");
  EXPECT_EQ(message({.kind = ErrorKind::no_memory, .limit = "0", .text = "1-2"}),
            "nodes 1-2 have no memory: 0 has");
  const Error forbidden{
      .kind = ErrorKind::cpuset_nodes, .task = "sh", .limit = "0", .owner = "/x", .text = "1"};
  EXPECT_EQ(message(forbidden), "sh cannot use memory of node 1: cgroup /x allows 0");
  EXPECT_EQ(message({.kind = ErrorKind::cpuset_nodes, .task = "sh", .limit = "0", .text = "1"}),
            "sh cannot use memory of node 1: its cpuset allows 0");
}

TEST(ErrorText, MemoryPolicyThatIsAnotherThanAsked) {
  EXPECT_EQ(message({.kind = ErrorKind::memory_policy,
                     .task = "sh",
                     .limit = "bound to node 0",
                     .text = "bound to nodes 0-1"}),
            "memory of sh was to be bound to nodes 0-1 and is bound to node 0: no limit that can "
            "be read here says why");
}

TEST(ErrorText, Filtered) {
  const Error error{.kind = ErrorKind::filtered, .number = EPERM, .text = "set_mempolicy(2)"};
  EXPECT_EQ(message(error), "a filter of system calls (seccomp) forbids set_mempolicy(2)");
  EXPECT_EQ(hint(error), "containers have one: docker run --cap-add SYS_NICE lets it through");
}

TEST(ErrorText, NotProved) {
  const Error error{.kind = ErrorKind::not_proved,
                    .task = "nginx (1234)",
                    .text = "2 threads may have started with the old mask"};
  EXPECT_EQ(message(error),
            "nginx (1234) is not proved: 2 threads may have started with the old mask");
  EXPECT_EQ(hint(error), "root or CAP_SYS_PTRACE can prove it");
}

TEST(ErrorText, Unsupported) {
  EXPECT_EQ(message({.kind = ErrorKind::unsupported, .text = "/proc", .reason = "not mounted"}),
            "/proc: not mounted");
}

TEST(ErrorText, System) {
  EXPECT_EQ(message({.kind = ErrorKind::system, .number = EACCES, .text = "/proc/1/status"}),
            "/proc/1/status: Permission denied");
  EXPECT_EQ(
      message({.kind = ErrorKind::system, .number = EPERM, .task = "init (1)", .text = "ptrace"}),
      "init (1): ptrace: Operation not permitted");
}

TEST(ErrorText, SaysWhatTheTaskHasNowWhereItWasChanged) {
  EXPECT_EQ(message({.kind = ErrorKind::cpuset,
                     .task = "a (1)",
                     .cpus = "1",
                     .limit = "0",
                     .owner = "/x",
                     .now = "0"}),
            "a (1) cannot use 1: cgroup /x allows 0; it has 0 now");
}

TEST(ErrorText, NamesFromElsewhereAreMadeSafe) {
  const std::string evil = "a\x1b[2J\n";
  const Error error{.kind = ErrorKind::system,
                    .number = EPERM,
                    .task = evil,
                    .owner = evil,
                    .text = evil,
                    .reason = evil};
  for (const ErrorKind kind :
       {ErrorKind::no_match, ErrorKind::growing, ErrorKind::empty_set, ErrorKind::cpuset,
        ErrorKind::isolated_only, ErrorKind::narrowed, ErrorKind::refused, ErrorKind::not_a_process,
        ErrorKind::task_replaced, ErrorKind::permission, ErrorKind::capabilities,
        ErrorKind::kernel_thread, ErrorKind::deadline, ErrorKind::cpuset_nodes,
        ErrorKind::memory_policy, ErrorKind::not_proved, ErrorKind::unsupported,
        ErrorKind::system}) {
    Error of_kind = error;
    of_kind.kind = kind;
    if (kind == ErrorKind::no_match) of_kind.advice = evil;
    // These carry text of our own.
    if (kind == ErrorKind::not_a_process || kind == ErrorKind::capabilities ||
        kind == ErrorKind::cpuset_nodes || kind == ErrorKind::memory_policy ||
        kind == ErrorKind::not_proved) {
      of_kind.text = "ours";
    }
    EXPECT_EQ((message(of_kind) + hint(of_kind)).find_first_of("\x1b\n"), std::string::npos)
        << name(kind);
  }
}

TEST(ErrorKindName, EveryKindHasATextAndANameOfItsOwn) {
  std::set<std::string> names;
  const int kinds = static_cast<int>(ErrorKind::system) + 1;
  for (int i = 0; i < kinds; ++i) {
    const auto kind = static_cast<ErrorKind>(i);
    const std::string text = message({.kind = kind,
                                      .number = EPERM,
                                      .task = "a (1)",
                                      .cpus = "0",
                                      .limit = "1",
                                      .owner = "b",
                                      .text = "c",
                                      .reason = "d"});
    EXPECT_FALSE(text.empty()) << i;
    EXPECT_NE(text, "unknown error") << i;
    names.insert(name(kind));
  }
  EXPECT_FALSE(names.contains("unknown"));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(kinds));
  EXPECT_STREQ(name(ErrorKind::no_such_cpu), "no_such_cpu");
}

}  // namespace
}  // namespace pinfold
