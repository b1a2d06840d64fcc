// Ours next to util-linux's, argument by argument: what is printed, the exit code, and the masks
// afterwards.

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <regex>

#include <pinfold/cpu_list.h>

#include "support/program.h"
#include "util_linux.h"

namespace pinfold::test {
namespace {

using Arguments = std::vector<std::string>;

// Stands for the number of the process that a case is about.
const std::string PID = "PID";
// Cannot be anybody's: pid_max is at most 2^22.
const std::string NOBODY = "2147483647";
// Prints the mask that it inherited.
const Arguments SHOW = {"grep", "Cpus_allowed_list", "/proc/self/status"};

Arguments operator+(Arguments first, const Arguments& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

void set_mask(pid_t tid, const CpuSet& cpus) {
  ::syscall(SYS_sched_setaffinity, tid, cpus.words().size_bytes(), cpus.words().data());
}

class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() { ::unsetenv(name_); }

 private:
  const char* name_;
};

// What is left of one run.
struct Trace {
  std::string out;
  std::string err;
  int exit = 0;
  std::string masks;  // of the threads of the process that the case is about

  friend bool operator==(const Trace&, const Trace&) = default;
  friend void PrintTo(const Trace& trace, std::ostream* stream) {
    *stream << "\nexit " << trace.exit << "\nout " << testing::PrintToString(trace.out) << "\nerr "
            << testing::PrintToString(trace.err) << "\nmasks " << trace.masks;
  }
};

class TasksetTest : public testing::Test {
 protected:
  void SetUp() override {
    real_ = util_linux();
    if (!real_) GTEST_SKIP() << "there is no taskset of util-linux here to compare with";
    ::unsetenv("POSIXLY_CORRECT");
    link_ = link_taskset(folder_);
    threads_ = victim_.stop();
  }

  void TearDown() override {
    if (real_ && !real_->is_our_model()) {
      GTEST_SKIP() << "ours is like util-linux 2.38, and here is " << real_->version
                   << ": only exit codes and masks were compared";
    }
  }

  // Both ways to call ours, each next to theirs under the same name.
  void compare(const Arguments& arguments) {
    compare(arguments, {{PINFOLD_COMMAND, "taskset"}}, {{real_->path}, "taskset"});
    compare(arguments, {{link_}}, {{real_->path}, link_});
  }

  // Another task whose mask is put back before each run and looked at after it.
  void watch(pid_t tid) { threads_.push_back(tid); }

  // The same behind a shell that may redirect: `line` runs "$@".
  void compare_in_shell(const std::string& line, const Arguments& arguments) {
    const Arguments shell = {"sh", "-c", line, "sh"};
    compare(arguments, {shell + Arguments{PINFOLD_COMMAND, "taskset"}},
            {shell + Arguments{real_->path}});
    compare(arguments, {shell + Arguments{link_}}, {shell + Arguments{real_->path}});
  }

  Folder folder_;
  Victim victim_{{"quiet", "3"}};

 private:
  void compare(const Arguments& arguments, const Taskset& ours, const Taskset& theirs) {
    SCOPED_TRACE(testing::PrintToString(ours.program) + testing::PrintToString(arguments));
    Trace expected = trace(theirs, arguments);
    Trace got = trace(ours, arguments);
    if (!real_->is_our_model()) {
      for (Trace* each : {&expected, &got})
        each->out = each->err = "";
    }
    EXPECT_EQ(got, expected);
  }

  Trace trace(const Taskset& taskset, Arguments arguments) {
    for (const pid_t tid : threads_)
      set_mask(tid, all_);
    bool about_victim = false;
    for (std::string& argument : arguments) {
      const auto at = argument.find(PID);
      if (at == std::string::npos) continue;
      argument.replace(at, PID.size(), victim_.pid_text());
      about_victim = true;
    }
    Output output = taskset.run(arguments);
    if (!about_victim) {  // then it was its own number, another one in each run
      output.err = std::regex_replace(output.err, std::regex("pid [0-9]+'s"), "pid N's");
    }
    Trace trace{.out = output.out, .err = output.err, .exit = output.exit};
    for (const pid_t tid : threads_)
      trace.masks += to_cpu_list(mask_of(tid)) + ' ';
    return trace;
  }

  CpuSet all_ = mask_of(0);
  std::optional<UtilLinux> real_;
  std::string link_;
  std::vector<pid_t> threads_;
  Environment locale_{"LC_ALL", "C"};
};

TEST_F(TasksetTest, MasksOfACommand) {
  for (const char* mask : {"1",
                           "2",
                           "3",
                           "0",
                           "4",
                           "7",
                           "f",
                           "F",
                           "fF",
                           "0x1",
                           "0x3",
                           "0X3",
                           "0x",
                           "",
                           "x",
                           "1x",
                           "1,0",
                           "1,1",
                           "1,",
                           ",1",
                           "1,,1",
                           ",",
                           "1 ",
                           " 1",
                           "+1",
                           "-1",
                           "3-",
                           "0b1",
                           "00000003",
                           "0x00000003",
                           "ffffffff,ffffffff",
                           "1,00000000",
                           "00000000,3",
                           "0x,1",
                           "3\n",
                           "\xff"}) {
    compare(Arguments{mask} + SHOW);
  }
  const std::string zeros(4096, '0');
  for (const std::string& mask : {zeros, zeros + "3", "3" + zeros, "3" + zeros + "1"}) {
    compare(Arguments{mask} + SHOW);
  }
}

TEST_F(TasksetTest, ListsOfACommand) {
  for (const char* list : {"0",
                           "1",
                           "2",
                           "0,1",
                           "1,0",
                           "0-1",
                           "0-1:1",
                           "0-1:2",
                           "1-1",
                           "1-0",
                           "0,,1",
                           ",0",
                           "0,",
                           "",
                           " ",
                           " 0",
                           "0 ",
                           "0, 1",
                           "0 ,1",
                           "0x1",
                           "0x,1",
                           "a",
                           "0-",
                           "-1",
                           "0-1:",
                           "0-1:0",
                           "0-1:x",
                           "0-1:-1",
                           "0:1",
                           "0,0",
                           "+0",
                           "0--1",
                           "0-1-2",
                           "0-3:3",
                           "1-7:3",
                           "0-1:1/2",
                           "all",
                           "N",
                           "0-N",
                           "00",
                           "01",
                           "08",
                           "0 -1",
                           "1:0-1",
                           "0-1:1,0",
                           "0\n",
                           "0-99999",
                           "4294967296",
                           "4294967297",
                           "0-4294967296",
                           "18446744073709551616"}) {
    compare(Arguments{"-c", list} + SHOW);
  }
}

TEST_F(TasksetTest, CpusThatDoNotExistAreDroppedSilently) {
  for (const char* list : {"0,5000", "0-5000", "0,9999", "0-9999:2", "5000,0", "0-1,1024"}) {
    compare(Arguments{"-c", list} + SHOW);
    compare({"-cp", list, PID});
    compare({"-acp", list, PID});
  }
  for (const char* list : {"5000", "9999", "1024-2048"}) {
    compare(Arguments{"-c", list} + SHOW);
    compare({"-cp", list, PID});
    compare({"-acp", list, PID});
  }
}

TEST_F(TasksetTest, ShowingAndSettingAProcess) {
  for (const Arguments& options : {Arguments{"-p"},
                                   {"-pc"},
                                   {"-cp"},
                                   {"-c", "-p"},
                                   {"-p", "-c"},
                                   {"-ap"},
                                   {"-pa"},
                                   {"-a", "-p"},
                                   {"-apc"},
                                   {"-cap"},
                                   {"-pac"},
                                   {"-a", "-c", "-p"},
                                   {"-p", "-c", "-a"},
                                   {"-ac", "-p"},
                                   {"-a", "-cp"},
                                   {"-pp"},
                                   {"-ccp"},
                                   {"-aap"},
                                   {"--pid"},
                                   {"--pid", "--cpu-list"},
                                   {"--cpu-list", "--pid"},
                                   {"--all-tasks", "--pid"},
                                   {"--all-tasks", "--cpu-list", "--pid"},
                                   {"-a", "--pid", "-c"},
                                   {"-p", "--"},
                                   {"--pi"},
                                   {"--p"},
                                   {"--a", "--p"},
                                   {"--al", "--c", "--p"}}) {
    compare(options + Arguments{PID});
    for (const char* cpus : {"0", "1", "3", "0x1", "0-1", "0,1", "zz", "", "5000", "0-5000:2"}) {
      compare(options + Arguments{cpus, PID});
    }
  }
}

TEST_F(TasksetTest, NumbersOfAProcess) {
  for (const std::string& pid : {"+" + PID,
                                 " " + PID,
                                 PID + " ",
                                 "0" + PID,
                                 PID + "x",
                                 PID + ".0",
                                 "0x" + PID,
                                 "-" + PID,
                                 std::string(""),
                                 std::string(" "),
                                 std::string("x"),
                                 std::string("-1"),
                                 std::string("-0"),
                                 std::string("0"),
                                 std::string("+0"),
                                 std::string("+"),
                                 std::string("--5"),
                                 NOBODY,
                                 std::string("2147483648"),
                                 std::string("4294967297"),
                                 std::string("99999999999999999999"),
                                 std::string("99999999999999999999x"),
                                 std::string("-2147483649")}) {
    for (const char* options : {"-p", "-pc", "-ap"}) {
      compare({options, pid});
      compare({options, "--", pid});
      compare({options, "1", pid});
      compare({options, "--", "1", pid});
    }
  }
}

TEST_F(TasksetTest, AThreadNumberIsThatThreadAndWithAllTasksItsProcess) {
  const auto threads = victim_.stop();
  ASSERT_GT(threads.size(), 1U);
  const std::string last = std::to_string(threads.back());
  compare({"-p", last});
  compare({"-p", "1", last});
  compare({"-ap", last});
  compare({"-ap", "1", last});
}

TEST_F(TasksetTest, AProcessThatHasEnded) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  siginfo_t ended{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT), 0);
  const std::string zombie = std::to_string(child);
  watch(child);
  for (const char* options : {"-p", "-ap", "-acp"}) {
    compare({options, zombie});
    compare({options, "1", zombie});
  }
  ::waitpid(child, nullptr, 0);
  for (const char* options : {"-p", "-ap", "-acp"}) {
    compare({options, NOBODY});
    compare({options, "1", NOBODY});
    compare({options, "zz", NOBODY});
  }
}

TEST_F(TasksetTest, BadUsage) {
  for (const Arguments& arguments : {Arguments{},
                                     {""},
                                     {"1"},
                                     {"-"},
                                     {"--"},
                                     {"-a"},
                                     {"-a", "1"},
                                     {"-c"},
                                     {"-c", "0"},
                                     {"-p"},
                                     {"-pc"},
                                     {"-ap"},
                                     {"-cap"},
                                     {"-p", "-c"},
                                     {"--pid"},
                                     {"--pid", "--"},
                                     {"-x"},
                                     {"-px"},
                                     {"-xp", PID},
                                     {"-px", PID},
                                     {"-p1", PID},
                                     {"-1", "true"},
                                     {"-?"},
                                     {"-:"},
                                     {"-+"},
                                     {"-W", "x"},
                                     {"-x", "-h"},
                                     {"--x"},
                                     {"---p", PID},
                                     {"--=x"},
                                     {"--pid=" + PID},
                                     {"--pid=1", PID},
                                     {"--cpu-list=0", "true"},
                                     {"--help=x"},
                                     {"--version=x"},
                                     {"-p", "1", "2", PID},
                                     {"-p", "1", PID, "x"},
                                     {"-p", "1", PID, "-c"},
                                     {"-p", "1", "-c", PID},
                                     {"-ap", PID, "x", "y"},
                                     {"-p", "zz", "x"},
                                     {"--cpu", PID},
                                     {"--all", PID},
                                     {"-pV", "zz"},
                                     {"-p", "0"},
                                     {"zz", "true"},
                                     {"zz", "no-such-command"},
                                     {"5000", "no-such-command"}}) {
    compare(arguments);
  }
}

TEST_F(TasksetTest, OptionsBehindTheCommandAreTheCommands) {
  const Arguments echo = {"echo", "-a", "-c", "-p", "--help", "--", "-x"};
  compare(Arguments{"1"} + echo);
  compare(Arguments{"-c", "0"} + echo);
  compare(Arguments{"-ac", "0"} + echo);
  compare(Arguments{"-a", "1"} + echo);
  compare(Arguments{"--", "1"} + echo);
  compare(Arguments{"-c", "--", "0"} + echo);
  compare(Arguments{"--c", "0"} + echo);
  compare({"1", "--", "echo"});
  compare({"--", "1", "--", "echo"});
  compare({"1", "-p", PID});
  compare({"-p", "1", "0"});  // no process 0: a command of that name
}

TEST_F(TasksetTest, PosixlyCorrectChangesNothing) {
  const Environment posixly("POSIXLY_CORRECT", "1");
  compare({"-p", PID});
  compare({"1", "-p", PID});
  compare({"-p", "1", PID, "-c"});
  compare({"-c", "0", "echo", "-c"});
  compare({"-x"});
}

TEST_F(TasksetTest, TheExitCodeIsTheCommands) {
  compare({"1", "true"});
  compare({"1", "false"});
  compare({"1", "sh", "-c", "exit 7"});
  compare({"1", "sh", "-c", "echo out; echo err >&2; kill -TERM $$"});
}

TEST_F(TasksetTest, CommandsThatCannotBeExecuted) {
  namespace fs = std::filesystem;
  folder_.write("plain", "", fs::perms(0644));
  folder_.write("lost", "#!/no/such/interpreter\n", fs::perms(0755));
  folder_.write("script", "echo \"$0\" \"$@\"\n", fs::perms(0755));
  fs::create_symlink("loop", folder_.path("loop"));
  for (const std::string& command :
       {std::string("no-such-command"), std::string("/no/such/command"), std::string(""),
        std::string("/"), std::string("/etc/passwd/x"), std::string("a\nb\x1b[1m"),
        std::string(300, 'x'), "./" + std::string(5000, 'x'), folder_.path("plain"),
        folder_.path("lost"), folder_.path("script"), folder_.path("loop"), folder_.path("")}) {
    compare({"1", command, "a", "b c"});
  }
  const std::string plain_first = "PATH=" + folder_.path("") + ":$PATH exec \"$@\"";
  compare_in_shell(plain_first, {"1", "plain"});
  compare_in_shell(plain_first, {"1", "script", "a"});
}

TEST_F(TasksetTest, OutputThatCannotBeWritten) {
  if (::access("/dev/full", W_OK) != 0) GTEST_SKIP() << "there is no /dev/full here";
  for (const char* redirection : {">/dev/full", ">&-", "2>/dev/full", "2>&-", "2>&- >&-"}) {
    const std::string line = std::string("\"$@\" ") + redirection;
    for (const Arguments& arguments : {Arguments{"-p", PID},
                                       {"-ap", PID},
                                       {"-p", "1", PID},
                                       {"-p", "5000", PID},
                                       {"zz", "true"},
                                       {"1", "true"}}) {
      compare_in_shell(line, arguments);
    }
  }
  for (const char* redirection : {">/dev/full", ">&-"}) {
    const std::string line = std::string("\"$@\" ") + redirection;
    compare_in_shell(line, {"--help"});
    compare_in_shell(line, {"--version"});
  }
  compare_in_shell("trap '' PIPE; { \"$@\"; echo $? >&2; } | true", {"-p", PID});
}

TEST_F(TasksetTest, HelpNamesTheSameOptions) {
  for (const char* option : {"-h", "--help", "--he"}) {
    const Output output = pinfold({"taskset", option});
    EXPECT_EQ(output.exit, 0);
    EXPECT_EQ(output.err, "");
    for (const char* each :
         {"-a, --all-tasks", "-p, --pid", "-c, --cpu-list", "-h, --help", "-V, --version"}) {
      EXPECT_NE(output.out.find(each), std::string::npos) << each;
    }
  }
}

TEST_F(TasksetTest, TheVersionIsOurs) {
  const Output output = pinfold({"taskset", "--version"});
  EXPECT_EQ(output.out.find("taskset from pinfold "), 0U);
  EXPECT_EQ(output.err, "");
  EXPECT_EQ(output.exit, 0);
}

// Threads come and go: both programs may meet one that has just ended, and stop there.
TEST_F(TasksetTest, AllTasksOfAProcessWhoseThreadsEndMeanwhile) {
  const Victim churn({"churn", "16", "300"});
  const std::regex vanished("taskset: failed to [gs]et pid [0-9]+'s affinity: No such process\n");
  const std::string first = std::to_string(mask_of(0).first()->value());
  for (int i = 0; i < 50; ++i) {
    const Output output = pinfold({"taskset", "-acp", first, churn.pid_text()});
    if (output.exit == 0) {
      EXPECT_EQ(output.err, "");
    } else {
      EXPECT_EQ(output.exit, 1);
      EXPECT_TRUE(std::regex_match(output.err, vanished)) << output.err;
    }
    EXPECT_EQ(to_cpu_list(mask_of(churn.pid())), first);
  }
}

}  // namespace
}  // namespace pinfold::test
