// sim --script: what goes in and what comes out; what it plays is tested in tests/model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/program.h"

namespace pinfold {
namespace {

using test::Output;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;
using Json = nlohmann::json;

class SimCommand : public testing::Test {
 protected:
  SimCommand() {
    char name[] = "/tmp/pinfold-sim-XXXXXX";
    folder_ = ::mkdtemp(name);
    file_ = folder_ + "/s";
  }
  ~SimCommand() override { std::filesystem::remove_all(folder_); }

  Output sim(const std::string& script, std::vector<std::string> options = {}) {
    std::ofstream(file_, std::ios::binary) << script;
    options.insert(options.begin(), {"sim", "--script", file_});
    return test::pinfold(std::move(options));
  }

  std::string folder_;
  std::string file_;
};

constexpr const char* hotplug =
    "# A task that runs on a CPU that goes\n"
    "machine core:4 pu:2;isolated=6-7\n"
    "start A\n"
    "set A 1,5\n"
    "\n"
    "offline 1 # it waits on 5 now\n"
    "get A => 5 of 1,5\n"
    "set A 1 => EINVAL\n"
    "online 1\n"
    "get A => 1,5\n";

TEST_F(SimCommand, SaysOfEachOperationWhatCameOfIt) {
  const Output output = sim(hotplug);
  EXPECT_EQ(output.out,
            "machine core:4 pu:2;isolated=6-7  ok\n"
            "start A                           ok\n"
            "set A 1,5                         ok\n"
            "offline 1                         ok\n"
            "get A                             5 of 1,5\n"
            "set A 1                           EINVAL\n"
            "online 1                          ok\n"
            "get A                             1,5\n");
  EXPECT_EQ(output.err, "");
  EXPECT_EQ(output.exit, 0);
}

TEST_F(SimCommand, WhatIsNotAsExpectedIsToldByLine) {
  const Output output = sim("machine pu:2\nstart A\nset A 1 => EPERM\nget A => 0\nget A => 1\n");
  EXPECT_EQ(output.err, "pinfold: " + file_ + ":3: expected EPERM, and it was ok\n" +
                            "pinfold: " + file_ + ":4: expected 0, and it was 1\n");
  EXPECT_THAT(output.out, EndsWith("get A         1\n"));
  EXPECT_EQ(output.exit, 1);
}

TEST_F(SimCommand, ShowIsATable) {
  const Output output = sim("machine pu:2\nstart A\nset A 1\nshow\n");
  EXPECT_THAT(output.out, EndsWith("show\n"
                                   "  TASK  STATE     CPU  REQUEST  ALLOWED  EFFECTIVE  CGROUP\n"
                                   "  A     sleeping  0    1        1        1          /\n"));
}

TEST_F(SimCommand, TellsTheKernelsLogAndWhatHappenedInsideACall) {
  const Output output =
      sim("machine pu:4\nwrite / cgroup.subtree_control +cpuset\nmkdir /a\nmove init /a\n"
          "start A\nset A 1\nspin A\nat cpuset_read write /a cpuset.cpus 3\nset A 2 => EINVAL\n"
          "offline 3\nget A\n");
  EXPECT_THAT(output.out, HasSubstr("set A 2                                 EINVAL\n"
                                    "  at cpuset_read write /a cpuset.cpus 3  ok\n"
                                    "offline 3                               ok\n"
                                    "  kernel: process "));
  EXPECT_THAT(output.out, HasSubstr(" (A) no longer affine to cpu3\n"));
  EXPECT_EQ(output.err, "");
}

TEST_F(SimCommand, AStepToWhichNoCallCameIsANote) {
  const Output output = sim("machine pu:2\nstart A\nat mask_set get A\n");
  EXPECT_EQ(output.err, "pinfold: note: " + file_ + ":3: no call came to that step\n");
  EXPECT_EQ(output.exit, 0);
  const Output expected = sim("machine pu:2\nstart A\nat mask_set get A => 1\n");
  EXPECT_EQ(expected.err, "pinfold: " + file_ + ":3: expected 1, but no call came to that step\n");
  EXPECT_EQ(expected.exit, 1);
}

TEST_F(SimCommand, AllMistakesAreToldAndNothingIsPlayed) {
  const Output output = sim("machine pu:2\nstrat A\n  set A 1-\n");
  EXPECT_EQ(output.out, "");
  EXPECT_EQ(output.err, "pinfold: " + file_ +
                            ":2:1: unknown operation \"strat\": did you mean start?\n"
                            "  strat A\n"
                            "  ^\n"
                            "pinfold: " +
                            file_ +
                            ":3:11: a CPU number is missing\n"
                            "    set A 1-\n"
                            "            ^\n");
  EXPECT_EQ(output.exit, 1);
}

TEST_F(SimCommand, WhatCannotBePlayedPointsAtTheWord) {
  const Output output = sim("machine pu:2\nstart Apple\nset  Appel 1\nget Apple\n");
  EXPECT_EQ(output.err, "pinfold: " + file_ +
                            ":3:6: unknown task \"Appel\": did you mean Apple?\n"
                            "  set  Appel 1\n"
                            "       ^\n");
  EXPECT_EQ(output.out, "machine pu:2  ok\nstart Apple   ok\n");
  EXPECT_EQ(output.exit, 1);
  EXPECT_THAT(sim("machine core:2 xx:1\n").err, HasSubstr(":1:16: unknown type \"xx\""));
  EXPECT_THAT(sim("start A\n").err, HasSubstr(":1:1: no machine was said\n"));
}

TEST_F(SimCommand, ReadsStdin) {
  const Output output = test::run(
      {"sh", "-c", "printf 'start A\\nset A 1 => EPERM' | \"$0\" sim --script - --machine pu:2",
       PINFOLD_COMMAND});
  EXPECT_EQ(output.out, "start A  ok\nset A 1  ok\n");
  EXPECT_EQ(output.err, "pinfold: -:2: expected EPERM, and it was ok\n");
  EXPECT_EQ(output.exit, 1);
}

TEST_F(SimCommand, AnEmptyScriptIsPlayedToItsEnd) {
  const Output output = sim("");
  EXPECT_EQ(output.out, "");
  EXPECT_EQ(output.err, "");
  EXPECT_EQ(output.exit, 0);
  EXPECT_EQ(Json::parse(sim("", {"--json"}).out)["steps"], Json::array());
}

TEST_F(SimCommand, LinesMayEndAsOnWindows) {
  const Output output = sim("machine pu:2\r\nstart A\r\nget A => 0-1\r\n");
  EXPECT_EQ(output.err, "");
  EXPECT_EQ(output.exit, 0);
  EXPECT_THAT(sim("start A\r\nget\r\n").err, EndsWith("  get\n     ^\n"));
}

TEST_F(SimCommand, FilesThatCannotBeReadAreNamed) {
  Output output = test::pinfold({"sim", "--script", folder_ + "/none"});
  EXPECT_EQ(output.err, "pinfold: " + folder_ + "/none: No such file or directory\n");
  EXPECT_EQ(output.exit, 1);
  output = test::pinfold({"sim", "--script", folder_, "--json"});
  EXPECT_EQ(output.err, "pinfold: " + folder_ + ": Is a directory\n");
  EXPECT_EQ(Json::parse(output.out)["error"]["kind"], "system");
  EXPECT_EQ(output.exit, 1);
}

TEST_F(SimCommand, OfALongLineAPartIsShown) {
  const std::string word(1'000'000, 'A');
  const Output output = sim("machine pu:2\nread /a " + word + " junk\n");
  EXPECT_THAT(output.err, StartsWith("pinfold: " + file_ + ":2:1000010: unexpected text\n"));
  EXPECT_LT(output.err.size(), 300U);
  EXPECT_THAT(output.err, HasSubstr("A junk\n"));
  EXPECT_EQ(output.exit, 1);
  const Output name = sim("machine pu:2\nget " + word + '\n');
  EXPECT_THAT(name.err, HasSubstr(":2:69: the name of a task is too long\n"));
  EXPECT_LT(name.err.size(), 300U);
  EXPECT_LT(sim(word).err.size(), 1000U);
}

// The page shows scripts, with ++ at the ends of lines.
TEST_F(SimCommand, ScriptsOfTheManualPageArePlayed) {
  std::ifstream page(MAN_PAGES "/pinfold-sim.1.scd");
  std::string script;
  unsigned scripts = 0;
  for (std::string line; std::getline(page, line);) {
    if (!script.empty() && line.empty()) {
      const Output output = sim(script);
      EXPECT_EQ(output.err, "") << script;
      EXPECT_EQ(output.exit, 0) << script;
      script.clear();
      ++scripts;
    } else if (!script.empty() || line.starts_with("\tmachine ")) {
      script += line.substr(0, line.find("++")) + '\n';
    }
  }
  EXPECT_EQ(scripts, 2U);
}

TEST_F(SimCommand, NothingThatATerminalObeysComesThrough) {
  const Output output = sim("machine pu:2\nmkdir /\x1b[31m\nread /\x1b[31m x\nb\x1b[0m\xff\n");
  EXPECT_EQ(output.err.find('\x1b'), std::string::npos);
  EXPECT_EQ(sim("machine pu:2\nmkdir /\x1b[31m\xff\n").out.find('\x1b'), std::string::npos);
  EXPECT_TRUE(Json::accept(sim("machine pu:2\nmkdir /\xff\n", {"--json"}).out));
}

TEST_F(SimCommand, JsonHasAStepForEachOperation) {
  const Output output = sim("machine pu:2\n\nstart A\nset A 9 => ok\nshow A\n", {"--json"});
  const Json expected = {
      {"schema_version", 1},
      {"steps",
       {{{"line", 1}, {"operation", "machine pu:2"}, {"result", "ok"}, {"errno", nullptr}},
        {{"line", 3}, {"operation", "start A"}, {"result", "ok"}, {"errno", nullptr}},
        {{"line", 4},
         {"operation", "set A 9"},
         {"result", "EINVAL"},
         {"errno", 22},
         {"expected", "ok"},
         {"as_expected", false}},
        {{"line", 5},
         {"operation", "show A"},
         {"result", "ok"},
         {"errno", nullptr},
         {"tasks",
          {{{"name", "A"},
            {"tid", 9},
            {"state", "sleeping"},
            {"cpu", 0},
            {"request", nullptr},
            {"allowed", "0-1"},
            {"effective", "0-1"},
            {"cgroup", "/"}}}}}}},
      {"failed", 1},
      {"error", nullptr}};
  EXPECT_EQ(Json::parse(output.out), expected) << output.out;
  EXPECT_EQ(output.exit, 1);
  const Json error = Json::parse(sim("machine pu:2\nget B\n", {"--json"}).out)["error"];
  EXPECT_EQ(error["line"], 2);
  EXPECT_EQ(error["column"], 5);
  EXPECT_EQ(error["message"], "unknown task \"B\"");
}

TEST_F(SimCommand, OptionsHoldWhereTheScriptSaysNothing) {
  const auto requests = [](const Output& output) {
    return Json::parse(output.out)["steps"].back()["tasks"][0]["request"];
  };
  const std::string script = "machine pu:4\nstart A\nset A 1\nshow A\n";
  EXPECT_EQ(requests(sim(script, {"--json", "--kernel", "6.1"})), nullptr);
  EXPECT_EQ(requests(sim(script, {"--json", "--kernel", "6.12", "--machine", "pu:1"})), "1");
  EXPECT_EQ(requests(sim("kernel 6.12\n" + script, {"--json", "--kernel", "6.1"})), "1");
  EXPECT_THAT(sim("machine pu:2\nmkdir /a\n", {"--cpusets", "none"}).out,
              EndsWith("mkdir /a      ENOENT\n"));
  EXPECT_THAT(sim("machine pu:2\nread / cpuset.effective_cpus\n", {"--cpusets=v1"}).out,
              EndsWith("0-1\n"));
}

TEST_F(SimCommand, WrongUsageIsMetWithHelp) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"sim"},
           {"sim", "--script"},
           {"sim", "--script", "x", "y"},
           {"sim", "--script", "x", "--profiles"},
           {"sim", "--script", "x", "--cpusets", "v3"},
           {"sim", "--script", "/dev/null", "--machine", "core:2 xx:1"},
       }) {
    const Output output = test::pinfold(arguments);
    EXPECT_EQ(output.out, "");
    EXPECT_THAT(output.err, StartsWith("pinfold: "));
    EXPECT_EQ(output.exit, 2) << output.err;
  }
  EXPECT_EQ(test::pinfold({"sim", "--script", "x", "--kernel", "6.13"}).err,
            "pinfold: sim: unknown kernel \"6.13\": did you mean 6.1?\n"
            "  pinfold sim --help shows how it is used\n");
  EXPECT_EQ(test::pinfold({"sim", "--script", "/dev/null", "--machine", "nothing"}).exit, 1);
}

TEST_F(SimCommand, ProfilesAreToldWithHowTheyAreKnown) {
  const Output all = test::pinfold({"sim", "--profiles"});
  EXPECT_EQ(all.exit, 0);
  for (const char* kernel : {"2.5", "2.6.9", "5.15", "6.1", "6.12", "6.18"})
    EXPECT_THAT(all.out, HasSubstr(std::string("Linux ") + kernel + '\n'));
  const Output one = test::pinfold({"sim", "--profiles", "--kernel", "6.1", "--json"});
  const Json json = Json::parse(one.out);
  ASSERT_EQ(json["profiles"].size(), 1U);
  EXPECT_EQ(json["profiles"][0]["kernel"], "6.1");
  const Json& fact = json["profiles"][0]["facts"]["requests"];
  EXPECT_EQ(fact["value"], "no");
  EXPECT_EQ(fact["known"], "emulated");
}

}  // namespace
}  // namespace pinfold
