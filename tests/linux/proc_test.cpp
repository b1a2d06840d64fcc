#include "linux/proc.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace pinfold {
namespace {

// Behind the name, as Linux 6.18 wrote it: "S PPID PGRP SESSION TTY TPGID FLAGS …".
constexpr const char* sleeper =
    " S 1 4242 4242 0 -1 4194560 1290 0 0 0 3 1 0 0 20 0 1 0 9214573 8818688 3456 "
    "18446744073709551615 94103 94104 140725 0 0 0 65536 3686404 1266761467 1 0 0 17 5 0 0 0 0 0 "
    "94105 94106 94107 140726 140727 140728 140729 0\n";
constexpr const char* migration =
    "18 (migration/0) S 2 0 0 0 -1 69238848 0 0 0 0 0 5 0 0 -100 0 1 0 3 0 0 "
    "18446744073709551615 0 0 0 0 0 0 0 2147483647 0 0 0 0 17 0 99 1 0 0 0 0 0 0 0 0 0 0 0\n";
constexpr const char* deadline =
    "712 (dl) R 1 712 712 0 -1 4194304 80 0 0 0 0 0 0 0 -101 0 1 0 99887 2703360 300 "
    "18446744073709551615 1 1 1 0 0 0 0 0 0 0 0 0 17 1 0 6 0 0 0 1 1 1 1 1 1 1 0\n";

std::string stat_of(const std::string& name) { return "4242 (" + name + ")" + sleeper; }

TEST(ParseStat, ReadsAProcess) {
  const auto task = parse_stat(stat_of("nginx"));
  ASSERT_TRUE(task);
  EXPECT_EQ(task->tid, Tid(4242));
  EXPECT_EQ(task->name, "nginx");
  EXPECT_EQ(task->state, 'S');
  EXPECT_EQ(task->start_time, 9214573U);
  EXPECT_EQ(task->cpu, CpuId(5));
  EXPECT_FALSE(task->kernel_thread);
  EXPECT_FALSE(task->bound_by_kernel);
  EXPECT_FALSE(task->deadline);
}

TEST(ParseStat, KnowsAPerCpuKernelThread) {
  const auto task = parse_stat(migration);
  ASSERT_TRUE(task);
  EXPECT_EQ(task->name, "migration/0");
  EXPECT_TRUE(task->kernel_thread);
  EXPECT_TRUE(task->bound_by_kernel);
  EXPECT_FALSE(task->deadline);
}

TEST(ParseStat, KnowsADeadlineTask) { EXPECT_TRUE(parse_stat(deadline)->deadline); }

class HostileStatName : public testing::TestWithParam<const char*> {};

TEST_P(HostileStatName, IsTakenWhole) {
  const auto task = parse_stat(stat_of(GetParam()));
  ASSERT_TRUE(task);
  EXPECT_EQ(task->name, GetParam());
  EXPECT_EQ(task->tid, Tid(4242));
  EXPECT_EQ(task->state, 'S');
  EXPECT_EQ(task->start_time, 9214573U);
}

INSTANTIATE_TEST_SUITE_P(All, HostileStatName,
                         testing::Values("", " ", ")", "(", ") R ", ") R 1 2 3", " (", "a (b) c",
                                         "))) S (((", "new\nline", "tab\t", "\x1b[2J", "\xff\x80",
                                         "1 (a) Z 1"));

class BrokenStat : public testing::TestWithParam<const char*> {};

TEST_P(BrokenStat, IsASyntaxError) {
  const auto task = parse_stat(GetParam());
  ASSERT_FALSE(task);
  EXPECT_EQ(task.error().kind, ErrorKind::syntax);
}

INSTANTIATE_TEST_SUITE_P(
    All, BrokenStat,
    testing::Values("", "\n", "4242", "4242 nginx S 1", "4242 (nginx", "4242 (nginx)",
                    "4242 (nginx) ", "4242 (nginx) S", "4242 (nginx) S 1 2 3",
                    "4242 (nginx) SS 1 2 3 4 5 6 7 8", ") S (", " (a) S 1",
                    "x (nginx) S 1 4242 4242 0 -1 4194560 1290 0 0 0 3 1 0 0 20 0 1 0 9214573 1 1 "
                    "1 1 1 1 0 0 0 1 1 1 1 0 0 17 5 0 0 0",
                    "99999999999 (nginx) S 1 4242 4242 0 -1 4194560 1290 0 0 0 3 1 0 0 20 0 1 0 "
                    "9214573 1 1 1 1 1 1 0 0 0 1 1 1 1 0 0 17 5 0 0 0",
                    "4242 (nginx) S 1 4242 4242 0 -1 flags 1290 0 0 0 3 1 0 0 20 0 1 0 9214573 1 "
                    "1 1 1 1 1 0 0 0 1 1 1 1 0 0 17 5 0 0 0"));

constexpr const char* status =
    "Name:\tTgid:\\t1 \\n\n"
    "Umask:\t0022\n"
    "State:\tS (sleeping)\n"
    "Tgid:\t4242\n"
    "Pid:\t4243\n"
    "Uid:\t1001\t1002\t1003\t1002\n"
    "Groups:\t \n"
    "CapPrm:\t000001fffeffffff\n"
    "Cpus_allowed:\t3\n"
    "Cpus_allowed_list:\t0-1\n"
    "Mems_allowed_list:\t0";

TEST(StatusField, IsTheValueWithoutTheSpaceAroundIt) {
  EXPECT_EQ(status_field(status, "Tgid"), "4242");
  EXPECT_EQ(status_field(status, "State"), "S (sleeping)");
  EXPECT_EQ(status_field(status, "Uid"), "1001\t1002\t1003\t1002");
  EXPECT_EQ(status_field(status, "Groups"), "");
}

TEST(StatusField, IsFoundByItsWholeName) {
  EXPECT_EQ(status_field(status, "Cpus_allowed"), "3");
  EXPECT_EQ(status_field(status, "Cpus_allowed_list"), "0-1");
  EXPECT_EQ(status_field(status, "Cpus"), std::nullopt);
  EXPECT_EQ(status_field(status, "id"), std::nullopt);
}

TEST(StatusField, LastLineNeedsNoLineFeed) {
  EXPECT_EQ(status_field(status, "Mems_allowed_list"), "0");
}

TEST(StatusField, IsNothingWhereTheLineIsMissing) {
  EXPECT_EQ(status_field(status, "CapBnd"), std::nullopt);
  EXPECT_EQ(status_field("", "Tgid"), std::nullopt);
  EXPECT_EQ(status_field("\n\n", "Tgid"), std::nullopt);
  EXPECT_EQ(status_field("Tgid", "Tgid"), std::nullopt);
}

TEST(ProcPath, NamesTheTask) {
  EXPECT_EQ(proc_path(Tid(7), "stat"), "/proc/7/stat");
  EXPECT_EQ(proc_path(Tid(), "stat"), "/proc/thread-self/stat");
}

TEST(ReadProc, TaskThatIsNotThereIsNoSuchTask) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  const auto content = read_proc(Tid(child), "stat");
  ASSERT_FALSE(content);
  EXPECT_EQ(content.error().kind, ErrorKind::no_such_task);
  EXPECT_EQ(content.error().number, ESRCH);
}

}  // namespace
}  // namespace pinfold
