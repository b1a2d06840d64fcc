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
  EXPECT_EQ(task->parent, Pid(1));
  EXPECT_EQ(task->name, "nginx");
  EXPECT_EQ(task->state, 'S');
  EXPECT_EQ(task->start_time, 9214573U);
  EXPECT_EQ(task->cpu, CpuId(5));
  EXPECT_EQ(task->parent, Pid(1));
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

struct StatCase {
  const char* name;
  std::string text;
};

void PrintTo(const StatCase& row, std::ostream* out) { *out << row.name; }

std::string case_name(const testing::TestParamInfo<StatCase>& test) { return test.param.name; }

class HostileStatName : public testing::TestWithParam<StatCase> {};

TEST_P(HostileStatName, IsTakenWhole) {
  const auto task = parse_stat(stat_of(GetParam().text));
  ASSERT_TRUE(task);
  EXPECT_EQ(task->name, GetParam().text);
  EXPECT_EQ(task->tid, Tid(4242));
  EXPECT_EQ(task->state, 'S');
  EXPECT_EQ(task->start_time, 9214573U);
}

INSTANTIATE_TEST_SUITE_P(
    All, HostileStatName,
    testing::Values(StatCase{"Empty", ""}, StatCase{"Space", " "}, StatCase{"Closing", ")"},
                    StatCase{"Opening", "("}, StatCase{"ManyOfBoth", "))) S ((("},
                    StatCase{"EndOfNameAndAState", ") R "},
                    StatCase{"EndOfNameAndFields", ") R 1 2 3"}, StatCase{"SpaceOpening", " ("},
                    StatCase{"Inside", "a (b) c"}, StatCase{"LineFeed", "new\nline"},
                    StatCase{"Tab", "tab\t"}, StatCase{"Escape", "\x1b[2J"},
                    StatCase{"BrokenUtf8", "\xff\x80"}, StatCase{"LikeAStat", "1 (a) Z 1"}),
    case_name);

class BrokenStat : public testing::TestWithParam<StatCase> {};

TEST_P(BrokenStat, IsASyntaxError) {
  const auto task = parse_stat(GetParam().text);
  ASSERT_FALSE(task);
  EXPECT_EQ(task.error().kind, ErrorKind::syntax);
}

// A good one with one field of it replaced.
std::string stat_with(const std::string& field, const std::string& other) {
  std::string text = stat_of("nginx");
  return text.replace(text.find(field), field.size(), other);
}

INSTANTIATE_TEST_SUITE_P(
    All, BrokenStat,
    testing::Values(StatCase{"Empty", ""}, StatCase{"LineFeed", "\n"},
                    StatCase{"NumberAlone", "4242"}, StatCase{"NoParentheses", "4242 nginx S 1"},
                    StatCase{"NotClosed", "4242 (nginx"}, StatCase{"NothingBehind", "4242 (nginx)"},
                    StatCase{"NoState", "4242 (nginx) "}, StatCase{"StateAlone", "4242 (nginx) S"},
                    StatCase{"CutShort", "4242 (nginx) S 1 2 3"},
                    StatCase{"ParenthesesTheWrongWay", "4242) S (nginx"},
                    StatCase{"StateOfTwoLetters", stat_with(" S ", " SS ")},
                    StatCase{"NoNumber", stat_with("4242 (", " (")},
                    StatCase{"NumberOfLetters", stat_with("4242 (", "x (")},
                    StatCase{"NumberTooLarge", stat_with("4242 (", "99999999999 (")},
                    StatCase{"FlagsOfLetters", stat_with("4194560", "flags")},
                    StatCase{"ParentOfLetters", stat_with(" S 1 ", " S x ")},
                    StatCase{"NegativeStartTime", stat_with("9214573", "-9214573")},
                    StatCase{"NegativeCpu", stat_with(" 17 5 ", " 17 -5 ")}),
    case_name);

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

TEST(CgroupPaths, AreOneForEachHierarchy) {
  EXPECT_EQ(cgroup_paths("12:cpu,cpuacct:/a\n1:name=systemd:/b/c\n0::/\n"),
            (std::vector<std::string>{"/a", "/b/c", "/"}));
}

TEST(CgroupPaths, MayHoldColonsAndSpaces) {
  EXPECT_EQ(cgroup_paths("0::/a:b c\n"), std::vector<std::string>{"/a:b c"});
}

TEST(CgroupPaths, LinesThatAreNoneAreLeftOut) {
  EXPECT_EQ(cgroup_paths(""), std::vector<std::string>{});
  EXPECT_EQ(cgroup_paths("\n0\n0:cpu\n0::/x"), std::vector<std::string>{"/x"});
}

}  // namespace
}  // namespace pinfold
