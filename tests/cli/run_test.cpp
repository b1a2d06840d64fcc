#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include <pinfold/cpu_list.h>

#include "base/file.h"
#include "support/program.h"

namespace pinfold {
namespace {

using test::mask_of;
using test::Output;

class RunTest : public testing::Test {
 protected:
  test::MaskGuard guard_;
  CpuSet all_ = mask_of(0);
  std::string machine_ = read_line("/sys/devices/system/cpu/present").value_or("");
  std::string last_ = std::to_string(all_.last()->value());

  // The mask that the command found itself with.
  static std::string allowed(const Output& output) {
    constexpr std::string_view name = "Cpus_allowed_list:\t";
    const auto at = output.out.find(name);
    if (at == std::string::npos) return "";
    return output.out.substr(at + name.size(), output.out.find('\n', at) - at - name.size());
  }
};

TEST_F(RunTest, TheCommandStartsOnItsCpus) {
  const Output output = test::pinfold({"run", "--on", last_, "--", "cat", "/proc/self/status"});
  EXPECT_EQ(allowed(output), last_);
  EXPECT_EQ(output.err, "");
  EXPECT_EQ(output.exit, 0);
}

TEST_F(RunTest, TheDashesAreNotNeeded) {
  EXPECT_EQ(allowed(test::pinfold({"run", "--on=" + last_, "cat", "/proc/self/status"})), last_);
}

TEST_F(RunTest, WithoutAPlaceTheCommandKeepsWhatPinfoldHas) {
  EXPECT_EQ(allowed(test::pinfold({"run", "cat", "/proc/self/status"})), to_cpu_list(all_));
}

TEST_F(RunTest, NamesMeanWhatMayBeUsed) {
  const Output output = test::pinfold({"run", "--on", "all", "cat", "/proc/self/status"});
  EXPECT_EQ(output.exit, 0);
  EXPECT_NE(allowed(output), "");
}

TEST_F(RunTest, ItsExitCodeIsTheCommands) {
  EXPECT_EQ(test::pinfold({"run", "--on", last_, "sh", "-c", "exit 42"}).exit, 42);
}

TEST_F(RunTest, NoSuchCommandIs127) {
  const Output output = test::pinfold({"run", "--on", last_, "no-such-command"});
  EXPECT_EQ(output.exit, 127);
  EXPECT_EQ(output.err, "pinfold: no-such-command: command not found\n");
}

TEST_F(RunTest, AFolderOfThePathThatMayNotBeSearchedHidesNothing) {
  const std::string path = "PATH=/nonexistent:/etc/passwd:/bin:/usr/bin";
  const Output output =
      test::run({"env", path, PINFOLD_COMMAND, "run", "--on", last_, "no-such-command"});
  EXPECT_EQ(output.exit, 127);
  EXPECT_EQ(output.err, "pinfold: no-such-command: command not found\n");
}

TEST_F(RunTest, WhatCannotBeExecutedIs126) {
  const Output output = test::pinfold({"run", "--on", last_, "/etc/passwd"});
  EXPECT_EQ(output.exit, 126);
  EXPECT_EQ(output.err, "pinfold: /etc/passwd: Permission denied\n");
}

TEST_F(RunTest, AMissingInterpreterIsCalledThat) {
  const auto script = std::filesystem::temp_directory_path() / "pinfold-test-script";
  std::ofstream(script) << "#!/no/such/interpreter\n";
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  const Output output = test::pinfold({"run", script.string()});
  std::filesystem::remove(script);
  EXPECT_EQ(output.exit, 127);
  EXPECT_EQ(output.err, "pinfold: " + script.string() + ": its interpreter does not exist\n");
}

TEST_F(RunTest, CpusThatDoNotExistAreNamed) {
  const Output output = test::pinfold({"run", "--on", last_ + ",99999", "touch", "/nonexistent/x"});
  EXPECT_EQ(output.exit, 125);
  EXPECT_EQ(output.out, "");
  EXPECT_TRUE(output.err.starts_with("pinfold: CPU 99999 does not exist: this machine has "))
      << output.err;
  EXPECT_TRUE(output.err.ends_with("\n  --clip drops CPUs that cannot be used\n")) << output.err;
}

TEST_F(RunTest, ClipDropsThemAndSaysSo) {
  const Output output =
      test::pinfold({"run", "--clip", "--on", last_ + ",99999", "cat", "/proc/self/status"});
  EXPECT_EQ(allowed(output), last_);
  EXPECT_EQ(output.err, "pinfold: note: dropped: CPU 99999 does not exist: this machine has " +
                            machine_ + "\n");
}

TEST_F(RunTest, ABadPlaceIsShownWithACaret) {
  const Output output = test::pinfold({"run", "--on", "0,,1", "true"});
  EXPECT_EQ(output.exit, 125);
  EXPECT_EQ(output.err, "pinfold: a CPU number is missing at column 3\n  0,,1\n    ^\n");
}

TEST_F(RunTest, APlaceThatLeavesNothingIsAnError) {
  const Output output = test::pinfold({"run", "--on", last_ + ",~" + last_, "true"});
  EXPECT_EQ(output.exit, 125);
  EXPECT_EQ(output.err, "pinfold: \"" + last_ + ",~" + last_ + "\" leaves no CPU to run on\n");
}

TEST_F(RunTest, EveryMistakeOfUsageIs125) {
  const std::string see = "  pinfold run --help shows how it is used\n";
  EXPECT_EQ(test::pinfold({"run"}).err, "pinfold: run: a command is missing\n" + see);
  EXPECT_EQ(test::pinfold({"run", "--on"}).err,
            "pinfold: run: a value is missing after --on\n" + see);
  EXPECT_EQ(test::pinfold({"run", "--onn", "0", "true"}).err,
            "pinfold: run: unknown option --onn: did you mean --on?\n" + see);
  EXPECT_EQ(test::pinfold({"run", "--color", "red", "true"}).err,
            "pinfold: run: --color takes auto, always or never, not red\n" + see);
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"run"}, {"run", "--on"}, {"run", "--onn", "0", "true"}, {"run", "--on", "0"}}) {
    EXPECT_EQ(test::pinfold(arguments).exit, 125);
  }
}

TEST_F(RunTest, DryRunOnlySaysWhatItWouldDo) {
  const Output output = test::pinfold({"run", "--dry-run", "--on", last_, "sh", "-c", "echo ran"});
  EXPECT_EQ(output.out, "would run sh on " + last_ + "\n");
  EXPECT_EQ(output.exit, 0);
}

TEST_F(RunTest, DryRunFindsWhatTheRealRunWouldFind) {
  EXPECT_EQ(test::pinfold({"run", "--dry-run", "--on", "99999", "true"}).exit, 125);
}

TEST_F(RunTest, VerboseSaysWhereOnStderr) {
  const Output output = test::pinfold({"run", "-v", "--on", last_, "true"});
  EXPECT_EQ(output.err, "pinfold: note: true runs on " + last_ + "\n");
  EXPECT_EQ(output.out, "");
}

TEST_F(RunTest, HelpIsDataWithExamples) {
  const Output output = test::pinfold({"run", "--help"});
  EXPECT_EQ(output.exit, 0);
  EXPECT_EQ(output.err, "");
  EXPECT_NE(output.out.find("Examples:"), std::string::npos);
}

TEST_F(RunTest, ArgumentsOfTheCommandAreItsOwn) {
  EXPECT_EQ(test::pinfold({"run", "--on", last_, "echo", "--on", "9", "-v"}).out, "--on 9 -v\n");
}

TEST_F(RunTest, ColorIsOnlyForTerminalsUnlessAskedFor) {
  EXPECT_EQ(test::pinfold({"run", "--color=always", "no-such-command"}).err,
            "\x1b[1;31mpinfold:\x1b[0m no-such-command: command not found\n");
}

TEST_F(RunTest, HostileNamesCannotSpeakToTheTerminal) {
  const Output output = test::pinfold({"run", "\x1b[31mred"});
  EXPECT_EQ(output.err, "pinfold: \\x1b[31mred: command not found\n");
}

}  // namespace
}  // namespace pinfold
