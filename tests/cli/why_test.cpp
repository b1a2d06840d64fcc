#include <gtest/gtest.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include <pinfold/cpu_list.h>

#include "support/program.h"

namespace pinfold {
namespace {

using test::cpus;
using test::mask_of;
using test::Output;
using test::Victim;
using Json = nlohmann::json;

constexpr unsigned far_away = 5000;  // no machine of today has that CPU

std::string absent() { return std::to_string(far_away); }

// What /sys says, as it stands.
std::string system_list(const char* name) {
  return test::run({"/bin/sh", "-c",
                    std::string("printf %s \"$(cat /sys/devices/system/cpu/") + name + ")\""})
      .out;
}

// A victim that has one CPU, and its parent, the test, more.
class PinnedVictim {
 public:
  PinnedVictim() {
    // As anybody's would: pinfold set would be known to the journal.
    const auto set = test::pinfold({"taskset", "-apc", list(), victim_.pid_text()});
    if (set.exit != 0) ADD_FAILURE() << set.err;
  }
  [[nodiscard]] const Victim& victim() const { return victim_; }
  [[nodiscard]] std::string list() const { return std::to_string(mask_of(0).first()->value()); }

 private:
  Victim victim_{{"quiet", "2"}};
};

TEST(WhyCli, SaysThatItMay) {
  const Victim victim({"quiet", "2"});
  const std::string own = to_cpu_list(mask_of(0));
  const Output why = test::pinfold({"why", victim.pid_text(), "--on", own});
  EXPECT_EQ(why.exit, 0);
  EXPECT_EQ(why.err, "");
  EXPECT_TRUE(why.out.starts_with("quiet (" + victim.pid_text() + ") may run on " + own + ".\n"))
      << why.out;
}

TEST(WhyCli, NamesCpusThatDoNotExist) {
  const Victim victim({"quiet", "2"});
  const Output why = test::pinfold({"why", victim.pid_text(), "--on", absent()});
  EXPECT_EQ(why.exit, 1);
  EXPECT_EQ(why.err, "");
  EXPECT_EQ(why.out, "quiet (" + victim.pid_text() + ") cannot run on " + absent() + ".\n\nCPU " +
                         absent() + " does not exist: this machine can have no others than " +
                         system_list("possible") +
                         ".\n  where: /sys/devices/system/cpu/possible\n");
}

TEST(WhyCli, JsonHasTheSchemaOfTheManualPage) {
  const Victim victim({"quiet", "2"});
  const Output why = test::pinfold({"why", "--json", victim.pid_text(), "--on", absent()});
  EXPECT_EQ(why.exit, 1);
  const Json json = Json::parse(why.out);
  EXPECT_EQ(json["schema_version"], 1);
  EXPECT_EQ(json["may"], false);
  ASSERT_EQ(json["constraints"].size(), 1U);
  const Json& constraint = json["constraints"][0];
  EXPECT_EQ(constraint["kind"], "nonexistent");
  EXPECT_EQ(constraint["takes"], absent());
  EXPECT_EQ(constraint["cpus"], absent());
  EXPECT_EQ(constraint["by"], "this machine");
  EXPECT_EQ(constraint["where"], "/sys/devices/system/cpu/possible");
  EXPECT_TRUE(constraint["lifts"].is_null());
  EXPECT_TRUE(constraint["text"].is_string());
  EXPECT_TRUE(constraint["tids"].is_null());
  EXPECT_EQ(constraint.size(), 8U);
  ASSERT_EQ(json["targets"].size(), 1U);
  const Json& target = json["targets"][0];
  EXPECT_EQ(target["pid"], victim.pid());
  EXPECT_EQ(target["name"], "quiet");
  EXPECT_EQ(target["tids"].size(), 2U);
  EXPECT_EQ(target["may"], false);
  EXPECT_EQ(target["asked"], absent());
  EXPECT_EQ(target["left"], "");
  EXPECT_TRUE(target["request"].is_null());
  EXPECT_TRUE(target["allowed"].is_null());
  EXPECT_TRUE(target["effective"].is_null());
  EXPECT_EQ(target.size(), 9U);
}

TEST(WhyCli, WithoutAPlaceItSaysThatTheMaskWasSet) {
  if (mask_of(0).count() < 2) GTEST_SKIP() << "needs two CPUs";
  const PinnedVictim pinned;
  const std::string pid = pinned.victim().pid_text();
  const Output why = test::pinfold({"why", "--json", pid});
  EXPECT_EQ(why.exit, 0) << why.err;
  const Json json = Json::parse(why.out);
  EXPECT_EQ(json["targets"][0]["allowed"], pinned.list());
  const Json& request = json["constraints"].back();
  EXPECT_EQ(request["kind"], "request");
  EXPECT_TRUE(request["by"].is_null());
  EXPECT_EQ(request["lifts"], "pinfold reset " + pid);
  EXPECT_EQ(request["text"],
            "Its mask was set to " + pinned.list() + ": the kernel does not tell by whom.");
}

TEST(WhyCli, KnowsWhatPinfoldHasSet) {
  if (mask_of(0).count() < 2) GTEST_SKIP() << "needs two CPUs";
  const Victim victim({"quiet", "2"});
  const std::string one = std::to_string(mask_of(0).first()->value());
  const Output set = test::pinfold({"set", one, victim.pid_text()});
  ASSERT_EQ(set.exit, 0) << set.err;
  if (!set.err.empty()) GTEST_SKIP() << "no journal here: " << set.err;
  const auto request = [&] {
    const Json json = Json::parse(test::pinfold({"why", "--json", victim.pid_text()}).out);
    const Json& constraints = json["constraints"];
    return constraints.empty() ? Json() : constraints.back();
  };
  EXPECT_EQ(request()["by"], "pinfold set " + one + ' ' + victim.pid_text());
  EXPECT_EQ(request()["lifts"], "pinfold undo");
  ASSERT_EQ(test::pinfold({"taskset", "-apc", one, victim.pid_text()}).exit, 0);
  ASSERT_EQ(test::pinfold({"undo"}).exit, 0);
  ASSERT_EQ(test::pinfold({"taskset", "-apc", one, victim.pid_text()}).exit, 0);
  EXPECT_NE(request()["lifts"], "pinfold undo") << "what was undone is not the reason any more";
}

TEST(WhyCli, SeveralTargetsAreSeveralAnswers) {
  const Victim first({"quiet", "2"});
  const Victim second({"quiet", "2"});
  const Output why =
      test::pinfold({"why", "--json", first.pid_text(), second.pid_text(), "--on", absent()});
  EXPECT_EQ(why.exit, 1);
  EXPECT_EQ(Json::parse(why.out)["targets"].size(), 2U);
  const Output nobody = test::pinfold({"why", "comm:no-such-name"});
  EXPECT_EQ(nobody.exit, 1);
  EXPECT_TRUE(nobody.err.starts_with("pinfold: ")) << nobody.err;
}

TEST(WhyCli, WhatLiftsARequestDoes) {
  if (mask_of(0).count() < 2) GTEST_SKIP() << "needs two CPUs";
  const PinnedVictim pinned;
  const Json before = Json::parse(test::pinfold({"why", "--json", pinned.victim().pid_text()}).out);
  std::istringstream lifts(before["constraints"].back()["lifts"].get<std::string>());
  std::vector<std::string> words{std::istream_iterator<std::string>(lifts), {}};
  ASSERT_EQ(words.front(), "pinfold");
  words.erase(words.begin());
  EXPECT_EQ(test::pinfold(words).exit, 0);
  const Json after = Json::parse(test::pinfold({"why", "--json", pinned.victim().pid_text()}).out);
  for (const Json& constraint : after["constraints"])
    EXPECT_NE(constraint["kind"], "request") << constraint;
}

TEST(WhyCli, NamesTheParentThatHasTheSameMask) {
  if (mask_of(0).count() < 2) GTEST_SKIP() << "needs two CPUs";
  const PinnedVictim pinned;  // only for its one CPU
  const Output why =
      test::run({"/bin/sh", "-c",
                 std::string(PINFOLD_COMMAND) + " set " + pinned.list() + " $$ > /dev/null && " +
                     PINFOLD_COMMAND + " why self; exit $?"});
  EXPECT_EQ(why.exit, 0) << why.err;
  EXPECT_NE(why.out.find("Its mask was set to " + pinned.list() + ": its parent sh ("),
            std::string::npos)
      << why.out;
}

TEST(WhyCli, ThreadsWithOtherMasksAreToldApart) {
  if (mask_of(0).count() < 2) GTEST_SKIP() << "needs two CPUs";
  Victim victim({"quiet", "3"});
  const auto json = Json::parse(test::pinfold({"get", "--json", victim.pid_text()}).out);
  const std::string tid = std::to_string(json["threads"][2]["tid"].get<int>());
  const std::string one = std::to_string(mask_of(0).first()->value());
  ASSERT_EQ(test::pinfold({"taskset", "-pc", one, tid}).exit, 0);
  const Output why = test::pinfold({"why", victim.pid_text()});
  EXPECT_EQ(why.exit, 0) << why.err;
  EXPECT_NE(why.out.find(", threads " + victim.pid_text() + ", "), std::string::npos) << why.out;
  EXPECT_NE(why.out.find(", thread " + tid + " may run on " + one + ", and not on "),
            std::string::npos)
      << why.out;
  EXPECT_NE(why.out.find("  lifts: pinfold reset tid:" + tid + "\n"), std::string::npos) << why.out;
}

TEST(WhyCli, OneThreadByItsNumber) {
  const Victim victim({"quiet", "2"});
  const Output why = test::pinfold({"why", "tid:" + victim.pid_text(), "--on", absent()});
  EXPECT_EQ(why.exit, 1);
  EXPECT_TRUE(why.out.starts_with("quiet (" + victim.pid_text() + "), thread " + victim.pid_text() +
                                  " cannot run on " + absent() + ".\n"))
      << why.out;
}

TEST(WhyCli, APlaceByNameIsToldInNumbers) {
  const Victim victim({"quiet", "1"});
  const Output why = test::pinfold({"why", victim.pid_text(), "--on", "online"});
  EXPECT_NE(why.out.find("(online is " + system_list("online") + ".)"), std::string::npos)
      << why.out;
}

TEST(WhyCli, ACommandThatIsNowhereCannotBeStarted) {
  const std::string own = to_cpu_list(mask_of(0));
  const Output why = test::pinfold({"why", "--on", own, "--", "no-such-command", "--on", "9"});
  EXPECT_EQ(why.exit, 1);
  EXPECT_TRUE(why.out.starts_with(
      "no-such-command cannot be started.\n\nThere is no command no-such-command in PATH.\n"
      "  where: PATH\n"))
      << why.out;
  EXPECT_EQ(test::pinfold({"why", "--on", own, "--", "true"}).exit, 0);
}

TEST(WhyCli, SettingsInTheEnvironmentThatLeaveTheMaskAreSaid) {
  const Output why = test::run({"/usr/bin/env", "GOMP_CPU_AFFINITY=0-1", PINFOLD_COMMAND, "why",
                                "--json", "--on", to_cpu_list(mask_of(0)), "--", "true"});
  EXPECT_EQ(why.exit, 0);
  const Json json = Json::parse(why.out);
  EXPECT_EQ(json["may"], true);
  EXPECT_TRUE(json["targets"][0]["pid"].is_null());
  const Json& escaper = json["constraints"].back();
  EXPECT_EQ(escaper["kind"], "escaper");
  EXPECT_EQ(escaper["takes"], "");
  EXPECT_EQ(escaper["lifts"], "unset GOMP_CPU_AFFINITY");
}

TEST(WhyCli, AKernelThreadOfOneCpuIsCalledOne) {
  const Output listed = test::run({"/bin/sh", "-c", "grep -lx migration/0 /proc/[0-9]*/comm"});
  if (listed.exit != 0) GTEST_SKIP() << "no migration/0 to be seen here";
  const std::string pid = listed.out.substr(6, listed.out.find('/', 6) - 6);
  const Output why = test::pinfold({"why", pid, "--on", "0," + absent()});
  EXPECT_EQ(why.exit, 1);
  EXPECT_EQ(why.out, "migration/0 (" + pid + ") cannot be set to 0," + absent() + ".\n\nCPU " +
                         absent() + " does not exist: this machine can have no others than " +
                         system_list("possible") +
                         ".\n  where: /sys/devices/system/cpu/possible\n\n"
                         "It is a per-CPU kernel thread: that it runs on 0 cannot be changed.\n"
                         "  where: PF_NO_SETAFFINITY in /proc/" +
                         pid + "/stat\n");
  EXPECT_EQ(test::pinfold({"why", pid, "--on", "0"}).exit, 0);
}

TEST(WhyCli, NoLineButOneToBeCopiedIsWiderThan80Columns) {
  const Output why =
      test::run({"/usr/bin/env", "OMP_PLACES=cores", "GOMP_CPU_AFFINITY=0-1",
                 "KMP_AFFINITY=norespect", PINFOLD_COMMAND, "why", "--on", "0-9000", "--", "srun"});
  std::istringstream lines(why.out);
  int seen = 0;
  for (std::string line; std::getline(lines, line); ++seen)
    EXPECT_LE(line.size(), 80U) << line;
  EXPECT_GT(seen, 10);
}

TEST(WhyCli, ColorIsForTheVerdictAlone) {
  const Output why =
      test::pinfold({"why", "--color", "always", "self", "--on", to_cpu_list(mask_of(0))});
  EXPECT_TRUE(why.out.starts_with("\x1b[1mpinfold (")) << why.out;
  EXPECT_NE(why.out.find(".\x1b[0m\n"), std::string::npos) << why.out;
  EXPECT_EQ(std::ranges::count(why.out, '\x1b'), 2);
}

TEST(WhyCli, WhatMakesNoSense) {
  const std::string usage = "  pinfold why --help shows how it is used\n";
  const auto error = [](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "why");
    const Output why = test::pinfold(std::move(arguments));
    EXPECT_EQ(why.exit, 2);
    EXPECT_EQ(why.out, "");
    return why.err;
  };
  EXPECT_EQ(error({}), "pinfold: why: a target is missing, or a command after --\n" + usage);
  EXPECT_EQ(error({"--", "true"}),
            "pinfold: why: --on says where the command shall run, and is missing\n" + usage);
  EXPECT_EQ(error({"1", "--on", "0", "--", "true"}),
            "pinfold: why: a target and a command are two questions\n" + usage);
  EXPECT_EQ(error({"--on", "0", "--"}), "pinfold: why: a command is missing after --\n" + usage);
  EXPECT_EQ(error({"1", "--on", "0-"}).substr(0, 9), "pinfold: ");
}

TEST(WhyCli, WhoIsNotThereIsAnErrorInJsonToo) {
  const Output why = test::pinfold({"why", "--json", "2147483647"});
  EXPECT_EQ(why.exit, 1);
  EXPECT_EQ(why.err, "pinfold: process 2147483647 does not exist\n");
  const Json json = Json::parse(why.out);
  EXPECT_EQ(json["may"], false);
  EXPECT_EQ(json["error"]["kind"], "no_such_task");
}

TEST(WhyCli, HelpHasExamples) {
  const Output help = test::pinfold({"why", "--help"});
  EXPECT_EQ(help.exit, 0);
  EXPECT_NE(help.out.find("pinfold why 1234 --on 4-5\n"), std::string::npos);
}

}  // namespace
}  // namespace pinfold
