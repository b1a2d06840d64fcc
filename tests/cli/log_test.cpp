// `pinfold log` on histories that the test has written itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/golden.h"
#include "events/schema.h"
#include "history/history_fixture.h"
#include "support/child.h"

namespace pinfold::history {
namespace {

using test::json;
using test::Output;
using testing::HasSubstr;
using testing::StartsWith;
using trace::Event;

class Log : public HistoryTest {
 protected:
  [[nodiscard]] Output log(std::vector<std::string> options) const {
    std::vector<std::string> arguments = {PINFOLD_COMMAND, "log", "--history", path_};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return test::run_child(arguments, {.environment = {"TZ=UTC"}});
  }
  /// The numbers in their streams of the changes that it tells of.
  [[nodiscard]] std::vector<int> told(std::vector<std::string> options) const {
    options.emplace_back("--json");
    std::vector<int> numbers;
    for (const json& line : lines(log(options).out)) {
      if (line["event"] == "set") numbers.push_back(line["seq"]);
    }
    return numbers;
  }
  static std::vector<json> lines(const std::string& text) {
    std::vector<json> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);)
      lines.push_back(json::parse(line));
    return lines;
  }

  // Two recordings with all that can be in one.
  void write_all() const {
    trace::SetEvent refused = set_at(noon(20), 4, 1234, "64-70");
    refused.result = -22;
    refused.effective = test::cpus("0-1");
    refused.old = test::cpus("0-1");
    trace::SetEvent hostile = set_at(noon(30), 6, 77, "3");
    hostile.target->comm = "a\x1b[2J\n";
    hostile.target->cgroup = "/db";
    hostile.actor->exe = "/opt/it's";
    hostile.actor->comm = "numad";
    hostile.actor->cgroup = "/sys";
    Pen first = pen();
    first.add(Event(start_at(noon())));
    first.add(trace::Alive{.time = noon(),
                           .task = *set_at(noon(), 1, 5).target,
                           .allowed = test::cpus("0-7"),
                           .born = false});
    first.add(Event(set_at(noon(10), 2))).add(Event(refused));
    first.add(Event(lost_at(noon(21), noon(22), 5, 12)));
    first.add(Event(hostile)).commit(noon(40));
    first.add(Gap{.from = noon(40), .to = noon(50), .count = 7, .reason = "the disk is full"});
    first.add(Event(set_at(noon(55), 20, 1234, "2"))).add(Event(end_at(noon(60), 21)));
    first.close(noon(60));
    first.drop();
    record(noon(86'400), {set_at(noon(86'410), 2, 1234, "1")}, noon(86'420));
  }
};

TEST_F(Log, AsText) {
  write_all();
  const Output output = log({});
  EXPECT_EQ(output.exit, 0);
  EXPECT_EQ(output.err, "");
  test::compare_with_golden(GOLDEN_LOG "/all.txt", output.out);
}

TEST_F(Log, TheStateAsText) {
  write_all();
  const Output output = log({"--at", "2025-11-27 12:00:35"});
  EXPECT_EQ(output.exit, 0);
  EXPECT_EQ(output.err, "");
  test::compare_with_golden(GOLDEN_LOG "/state.txt", output.out);
}

TEST_F(Log, AsJsonItIsWhatTheSchemaSays) {
  write_all();
  const json root = json::parse(std::ifstream(PINFOLD_SCHEMA));
  test::Validator validator(root);
  std::set<std::string> kinds;
  const std::string at = "2025-11-27T12:00:35Z";
  for (const std::vector<std::string>& options :
       {std::vector<std::string>{"--json"}, {"--json", "--at", at}}) {
    const Output output = log(options);
    EXPECT_EQ(output.exit, 0);
    for (const json& line : lines(output.out)) {
      const std::string kind = line["event"];
      ASSERT_TRUE(root["$defs"].contains(kind)) << line;
      validator.check(line, root["$defs"][kind], kind);
      kinds.insert(kind);
    }
  }
  EXPECT_EQ(kinds, (std::set<std::string>{"start", "set", "lost", "unrecorded", "end", "state"}));
  std::set<std::string> described;
  for (const char* kind : {"unrecorded", "state"})
    validator.described(root["$defs"][kind], kind, described);
  for (const std::string& key : described)
    EXPECT_TRUE(validator.used().contains(key)) << key << " is never written";
}

TEST_F(Log, EveryOptionSaysWhatIsTold) {
  write_all();
  EXPECT_EQ(told({}), (std::vector{2, 4, 6, 20, 2}));
  EXPECT_EQ(told({"--task", "77"}), (std::vector{6}));
  EXPECT_EQ(told({"--task", "tid:1234"}), (std::vector{2, 4, 20, 2}));
  EXPECT_EQ(told({"--task", "nginx"}), (std::vector{2, 4, 20, 2}));
  EXPECT_EQ(told({"--task", "comm:n*x"}), (std::vector{2, 4, 20, 2}));
  EXPECT_EQ(told({"--actor", "numad"}), (std::vector{6}));
  EXPECT_EQ(told({"--actor", "exe:/opt/it's"}), (std::vector{6}));
  EXPECT_EQ(told({"--actor", "/usr/bin/taskset"}), (std::vector{2, 4, 20, 2}));
  EXPECT_EQ(told({"--actor", "900", "--task", "77"}), (std::vector{6}));
  EXPECT_EQ(told({"--cpu", "3"}), (std::vector{6}));
  EXPECT_EQ(told({"--cpu", "65"}), (std::vector{4}));
  EXPECT_EQ(told({"--cgroup", "/db"}), (std::vector{6}));
  EXPECT_EQ(told({"--cgroup", "web/"}), (std::vector{2, 4, 20, 2}));
  EXPECT_EQ(told({"--failed"}), (std::vector{4}));
  EXPECT_EQ(told({"--since", "2025-11-28"}), (std::vector{2}));
  EXPECT_EQ(told({"--until", "2025-11-27T12:00:20Z"}), (std::vector{2, 4}));
  EXPECT_EQ(told({"--newest", "2"}), (std::vector{20, 2}));
  EXPECT_EQ(told({"-n", "1"}), (std::vector{2}));
}

TEST_F(Log, TheStateCanBeNarrowed) {
  write_all();
  const auto at = [&](std::vector<std::string> options) {
    options.insert(options.end(), {"--json", "--at", "2025-11-27 12:00:35"});
    std::vector<int> threads;
    for (const json& line : lines(log(options).out))
      threads.push_back(line["target"]["tid"]);
    return threads;
  };
  EXPECT_EQ(at({}), (std::vector{5, 77, 1234}));
  EXPECT_EQ(at({"--task", "nginx"}), (std::vector{5, 1234}));
  EXPECT_EQ(at({"--cpu", "3"}), (std::vector{5, 77}));
  EXPECT_EQ(at({"--cgroup", "/db"}), (std::vector{77}));
}

TEST_F(Log, AMomentInsideOfAGapHasNoState) {
  write_all();
  const Output output = log({"--at", "2025-11-27 12:00:45"});
  EXPECT_EQ(output.exit, 1);
  EXPECT_EQ(output.out, "");
  EXPECT_EQ(output.err, "pinfold: nothing was recorded at that time\n");
}

TEST_F(Log, ATimeInsideOfAGapIsNotQuiet) {
  write_all();
  const Output output = log({"--since", "2025-11-27 12:00:42", "--until", "2025-11-27 12:00:48"});
  EXPECT_THAT(output.out, HasSubstr("7 events could not be recorded"));
  EXPECT_EQ(output.exit, 1) << "no change is told";
}

TEST_F(Log, NothingFoundIsAFailure) {
  record(noon(0), {set_at(noon(1), 2)}, noon(10));
  const Output output = log({"--task", "redis"});
  EXPECT_EQ(output.exit, 1);
  EXPECT_EQ(output.err, "pinfold: nothing of that is in the history\n");
}

TEST_F(Log, AHistoryWithNothingInItSaysSo) {
  pen().drop();
  const Output output = log({});
  EXPECT_EQ(output.exit, 1);
  EXPECT_EQ(output.err, "pinfold: the history is empty: pinfold trace --record fills it\n");
}

TEST_F(Log, WithoutAHistoryItSaysHowOneIsMade) {
  const Output output = log({});
  EXPECT_EQ(output.exit, 1);
  EXPECT_EQ(output.out, "");
  EXPECT_THAT(output.err, HasSubstr("there is no history: pinfold trace --record makes one"));
  EXPECT_NE(::access(path_.c_str(), F_OK), 0);
}

TEST_F(Log, WhatMakesNoSenseIsAUsageError) {
  record(noon(0), {set_at(noon(1), 2)}, noon(10));
  for (const std::vector<std::string>& options : {std::vector<std::string>{"nginx"},
                                                  {"--task", ""},
                                                  {"--task", "tid:x"},
                                                  {"--task", "exe:/bin/sh"},
                                                  {"--task", "/bin/sh"},
                                                  {"--actor", "tid:0"},
                                                  {"--cpu", "3-1"},
                                                  {"--since", "yesterday"},
                                                  {"--until", ""},
                                                  {"--at", "25:00"},
                                                  {"--newest", "0"},
                                                  {"--newest", "-1"},
                                                  {"--since", "1h", "--until", "2h"},
                                                  {"--at", "1h", "--since", "2h"},
                                                  {"--at", "1h", "--failed"},
                                                  {"--at", "1h", "--actor", "x"},
                                                  {"--at", "1h", "-n", "1"},
                                                  {"--colour", "never"}}) {
    const Output output = log(options);
    EXPECT_EQ(output.exit, 2) << testing::PrintToString(options);
    EXPECT_EQ(output.out, "") << testing::PrintToString(options);
    EXPECT_THAT(output.err, StartsWith("pinfold: log: ")) << testing::PrintToString(options);
  }
}

TEST_F(Log, OfAnOutputThatIsClosedItEnds) {
  {
    Pen writer = pen();
    writer.add(Event(start_at(noon())));
    for (std::uint64_t i = 2; i < 20'000; ++i)
      writer.add(Event(set_at(noon(static_cast<double>(i)), i)));
    writer.close(noon(20'000));
  }
  const Output output = test::run_child(
      {"sh", "-c",
       std::string(PINFOLD_COMMAND) + " log --history " + path_ + " | head -n 3 | wc -l"});
  EXPECT_EQ(output.out, "3\n");
  EXPECT_EQ(output.exit, 0);
  EXPECT_EQ(output.err.find("Sanitizer"), std::string::npos) << output.err;
}

TEST_F(Log, OfADiskThatIsFullItSaysSo) {
  record(noon(0), {set_at(noon(1), 2)}, noon(10));
  const Output output = test::run_child(
      {"sh", "-c", std::string(PINFOLD_COMMAND) + " log --history " + path_ + " > /dev/full"});
  EXPECT_EQ(output.exit, 1);
  EXPECT_THAT(output.err, HasSubstr("No space left on device"));
}

TEST_F(Log, WhatIsNoHistoryIsRefused) {
  std::ofstream(path_) << std::string(5000, 'x');
  ASSERT_EQ(::chmod(path_.c_str(), 0600), 0);
  const Output output = log({});
  EXPECT_EQ(output.exit, 1);
  EXPECT_THAT(output.err, HasSubstr("it is not a history, or it is broken: move it away"));
}

}  // namespace
}  // namespace pinfold::history
