// topo --tasks: who is pinned where.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include <pinfold/cpu_list.h>

#include "support/fake_kernel.h"
#include "support/program.h"
#include "topo/pinned.h"
#include "topo/pinned_text.h"
#include "xml.h"

namespace pinfold::test {
namespace {

using ::testing::HasSubstr;
using tool::Pinned;
using Json = nlohmann::json;

std::string text_of(const std::vector<Pinned>& tasks) {
  std::string text;
  for (const auto& [pid, name, threads, set] : tasks) {
    text += std::to_string(pid.value()) + ' ' + name + ' ' + std::to_string(threads) + " on " +
            to_cpu_list(set) + '\n';
  }
  return text;
}

std::string pinned_on(FakeKernel& kernel) {
  const auto tasks = tool::pinned_tasks(kernel);
  return tasks ? text_of(*tasks) : message(tasks.error());
}

TEST(TopoPinned, ThreadsOfOneMaskStandTogetherByTheirCpus) {
  FakeKernel kernel(cpus("0-7"));
  kernel.add(10, 10, cpus("4-7")).name = "late";
  kernel.add(20, 20, cpus("0-7")).name = "mixed";
  kernel.add(20, 21, cpus("2"));
  kernel.add(20, 22, cpus("0-1"));
  kernel.add(20, 23, cpus("2"));
  kernel.add(30, 30, cpus("0-7")).name = "free";
  EXPECT_EQ(pinned_on(kernel), "20 mixed 1 on 0-1\n20 mixed 2 on 2\n10 late 1 on 4-7\n");
}

TEST(TopoPinned, WhoHasAllThatHisCpusetLeavesIsNotPinned) {
  FakeKernel kernel(cpus("0-7"));
  kernel.limit = CpusetLimit{.cgroup = "/job", .file = "", .cpus = cpus("0-3")};
  kernel.add(10, 10, cpus("0-3"));
  kernel.add(20, 20, cpus("0-2")).name = "less";
  EXPECT_EQ(pinned_on(kernel), "20 less 1 on 0-2\n");
}

TEST(TopoPinned, IsolatedCpusAreNotMissed) {
  FakeKernel kernel(cpus("0-7"));
  kernel.system.isolated = cpus("6-7");
  kernel.add(10, 10, cpus("0-5"));
  kernel.add(20, 20, cpus("6")).name = "there";
  EXPECT_EQ(pinned_on(kernel), "20 there 1 on 6\n");
}

TEST(TopoPinned, AProcessThatEndsMeanwhileIsLeftOut) {
  FakeKernel kernel(cpus("0-3"));
  kernel.add(10, 10, cpus("0"));
  kernel.add(20, 20, cpus("1")).name = "stays";
  kernel.before_list = [&](int round) {
    if (round == 1) kernel.tasks.erase(10);
  };
  EXPECT_EQ(pinned_on(kernel), "20 stays 1 on 1\n");
}

std::vector<std::string> table_of(const std::vector<Pinned>& tasks, const tool::Look& look) {
  std::vector<std::string> lines;
  for (const tool::Text& line : tool::pinned_table(tasks, look))
    lines.push_back(line.str(false));
  return lines;
}

TEST(TopoPinned, ALongListOfCpusGoesOnBelow) {
  CpuSet scattered;
  for (unsigned cpu = 0; cpu < 400; cpu += 1 + cpu % 7)
    scattered.add(CpuId(cpu));
  const auto lines =
      table_of({{Pid(1), "a", 1, cpus("0")}, {Pid(1234567), "b", 12, scattered}}, {});
  ASSERT_GT(lines.size(), 3U);
  EXPECT_EQ(lines[0], "    PID  PINNED TASK  THREADS  CPUS");
  EXPECT_EQ(lines[1], "      1  a                  1  0");
  EXPECT_TRUE(lines[3].starts_with(std::string(31, ' ')));
  std::string list = lines[2].substr(31);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    EXPECT_LE(lines[i].size(), 80U);
    if (i > 2) list += lines[i].substr(31);
  }
  EXPECT_EQ(cpus(list.c_str()), scattered);
}

TEST(TopoPinned, NamesAreSafeAndHaveAnEnd) {
  const auto lines = table_of({{Pid(1), "\x1b]0;evil\x07\xff", 1, cpus("0")},
                               {Pid(2), std::string(15, '\x01'), 1, cpus("0")}},
                              {.charset = tool::Charset::ascii});
  EXPECT_THAT(lines[1], HasSubstr("\\x1b]0;evil\\x07\\xff"));
  EXPECT_THAT(lines[2], HasSubstr("...  "));
  EXPECT_LE(lines[2].size(), 80U);
}

TEST(TopoPinned, OfVeryManyTheFirstAreShown) {
  const std::vector<Pinned> tasks(47, {Pid(1), "a", 1, cpus("0")});
  const auto lines = table_of(tasks, {});
  EXPECT_EQ(lines.size(), 42U);
  EXPECT_EQ(lines.back(), "and 7 more: --json has all");
}

// On the system under us.
class TopoTasks : public ::testing::Test {
 protected:
  void SetUp() override {
    if (mask_of(0).count() < 2) GTEST_SKIP() << "nobody can be pinned to less than one CPU";
    one_ = std::to_string(mask_of(0).first()->value());
    ASSERT_EQ(pinfold({"set", one_, pinned_.pid_text()}).exit, 0);
  }

  static Json tasks_of(const Victim& victim) {
    const Json all = Json::parse(pinfold({"topo", "--tasks", "--json"}).out);
    Json own = Json::array();
    for (const Json& task : all["tasks"]) {
      if (task["pid"] == victim.pid()) own.push_back(task);
    }
    return own;
  }

  Victim pinned_{{"quiet", "3"}};
  Victim free_{{"quiet", "2"}};
  std::string one_;
};

TEST_F(TopoTasks, JsonNamesWhoIsPinnedBesideTheMachine) {
  const Json expected = {
      {{"pid", pinned_.pid()}, {"name", "quiet"}, {"threads", 3}, {"cpus", one_}}};
  EXPECT_EQ(tasks_of(pinned_), expected);
  EXPECT_EQ(tasks_of(free_), Json::array());
  const Json whole = Json::parse(pinfold({"topo", "--tasks", "--json"}).out);
  EXPECT_EQ(whole["machine"], Json::parse(pinfold({"topo", "--json"}).out)["machine"]);
  EXPECT_FALSE(Json::parse(pinfold({"topo", "--json"}).out).contains("tasks"));
}

TEST_F(TopoTasks, KernelThreadsAreLeftOut) {
  const Json threads = Json::parse(pinfold({"get", "--all", "--json"}).out)["threads"];
  const auto bound = std::ranges::find_if(threads, [](const Json& thread) {
    return thread["name"].get<std::string>().starts_with("migration/");
  });
  if (bound == threads.end()) GTEST_SKIP() << "kernel threads are hidden here";
  const Json topo = Json::parse(pinfold({"topo", "--tasks", "--json"}).out);
  for (const Json& task : topo["tasks"])
    EXPECT_NE(task["pid"], (*bound)["pid"]);
}

TEST_F(TopoTasks, TheTableStandsBelowTheDrawing) {
  const Output output = pinfold({"topo", "--tasks"});
  EXPECT_EQ(output.exit, 0);
  EXPECT_EQ(output.err, "");
  EXPECT_TRUE(output.out.starts_with(pinfold({"topo"}).out + '\n'));
  std::istringstream lines(output.out);
  std::string own;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string pid;
    words >> pid;
    if (pid == pinned_.pid_text()) own = line;
    EXPECT_NE(pid, free_.pid_text());
  }
  std::istringstream words(own);
  std::string pid;
  words >> pid;
  std::string rest;
  for (std::string word; words >> word;)
    rest += word + ' ';
  EXPECT_EQ(rest, "quiet 3 " + one_ + ' ') << output.out;
}

TEST_F(TopoTasks, ThePictureShowsThemOnTheirCpus) {
  const Output output = pinfold({"topo", "--tasks", "--svg", "-"});
  ASSERT_EQ(output.exit, 0);
  const auto elements = parse_xml(output.out);
  // Where many are pinned it stands among those of its name.
  const auto names_it = [&](const XmlElement& element) {
    return element.name == "title" && element.text.starts_with("CPU " + one_ + ',') &&
           element.text.contains("; quiet");
  };
  EXPECT_EQ(std::ranges::count_if(elements, names_it), 1) << output.out;
}

TEST(TopoTasksOption, ShowsNoTasksOfAnotherMachine) {
  const Output output = pinfold({"topo", "--tasks", "--machine", "pu:2"});
  EXPECT_EQ(output.exit, 2);
  EXPECT_EQ(output.out, "");
  EXPECT_EQ(
      output.err,
      "pinfold: topo: --tasks shows the tasks of this machine: it does not go with --machine\n"
      "  pinfold topo --help shows how it is used\n");
  EXPECT_EQ(pinfold({"topo", "--tasks", "--machine", "host"}).exit, 0);
}

}  // namespace
}  // namespace pinfold::test
