#include "timeline/timeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include <pinfold/cpu_list.h>

#include "support/own_folder.h"
#include "timeline/synthetic.h"

namespace pinfold::tool {
namespace {

using nlohmann::json;
using test::a_call;
using test::a_task;
using test::add_story;
using test::at_ms;
using trace::Alive;
using trace::Ran;

// Between the two tags, as a browser finds it: up to the first end of a script.
std::string data_text(const std::string& page) {
  const std::string begin = R"(<script type="application/json" id="data">)";
  const auto from = page.find(begin) + begin.size();
  return page.substr(from, page.find("</script", from) - from);
}

json data_of(const Timeline& timeline) { return json::parse(data_text(timeline.html())); }

const trace::TargetTask& worker() {
  static const trace::TargetTask task = a_task(1234, 1240, "worker");
  return task;
}

TEST(Timeline, ACallIsThereWithAllThatIsKnownOfIt) {
  Timeline timeline;
  add_story(timeline);
  const json data = data_of(timeline);
  const json& event = data["events"][2];
  EXPECT_EQ(event["event"], "set");
  EXPECT_EQ(event["at"], 80'000'000);
  EXPECT_EQ(event["cause"], "syscall");
  EXPECT_EQ(data["masks"][event["old"].get<std::size_t>()], "0-1");
  EXPECT_EQ(data["masks"][event["request"].get<std::size_t>()], "1");
  EXPECT_EQ(data["masks"][event["effective"].get<std::size_t>()], "1");
  const json& actor = data["actors"][event["actor"].get<std::size_t>()];
  EXPECT_EQ(actor["comm"], "numad");
  EXPECT_EQ(actor["container"], "3f9ac41be07d");
  EXPECT_EQ(actor["parents"][1]["comm"], "systemd");
  const json& target = data["targets"][event["target"].get<std::size_t>()];
  EXPECT_EQ(target["tid"], 1240);
  EXPECT_EQ(data["threads"][target["thread"].get<std::size_t>()]["tid"], 1240);
  EXPECT_EQ(data["origin"], "2026-11-21T18:00:00.000000000Z");
}

TEST(Timeline, EachKindOfEventIsThere) {
  Timeline timeline;
  add_story(timeline);
  std::set<std::string> kinds;
  const json data = data_of(timeline);
  for (const json& event : data["events"])
    kinds.insert(event.value("cause", event["event"].get<std::string>()));
  EXPECT_EQ(kinds, (std::set<std::string>{"start", "end", "snapshot", "lost", "suppressed", "get",
                                          "syscall", "cpuset_write", "cgroup_move", "hotplug",
                                          "fallback", "inheritance", "unknown"}));
}

TEST(Timeline, WhatIsNotKnownIsLeftOut) {
  Timeline timeline;
  trace::SetEvent set;
  set.time = at_ms(0);
  set.seq = 9;
  timeline.add(set);
  EXPECT_EQ(data_of(timeline)["events"][0],
            json::parse(R"({"event":"set","at":0,"seq":9,"old_from":"unknown","cause":"unknown",
                            "attribution":"unknown","trusted":false})"));
}

TEST(Timeline, NamesCannotEndTheDataNorTheScript) {
  Timeline timeline;
  const std::string hostile = "</script><img src=x onerror=alert(1)><!--\x1b[2J\"\\\xff";
  trace::SetEvent set = a_call(1, 0, a_task(5, 5, hostile), "0", "1");
  set.target->cgroup = hostile;
  set.actor->comm = hostile;
  set.actor->exe = hostile;
  set.actor->cgroup = hostile;
  set.actor->container = hostile;
  set.actor->parents[0].comm = hostile;
  set.by = hostile;
  set.callers = {{hostile, 1}};
  timeline.add(set);
  timeline.add(trace::SuppressedEvent{.time = at_ms(1), .seq = 2, .comm = hostile});
  timeline.add(trace::SnapshotEvent{.time = at_ms(1), .seq = 3, .reason = hostile});
  timeline.add(trace::StartEvent{.time = at_ms(1),
                                 .seq = 4,
                                 .kernel = hostile,
                                 .legs = {{hostile, hostile, hostile, hostile}}});
  const std::string text = data_text(timeline.html());
  EXPECT_EQ(text.find('<'), std::string::npos);
  const json data = json::parse(text);
  const std::string safe = R"(</script><img src=x onerror=alert(1)><!--\x1b[2J"\\xff)";
  EXPECT_EQ(data["actors"][0]["exe"], safe);
  EXPECT_EQ(data["threads"][0]["comm"], safe);
  EXPECT_EQ(data["events"][3]["legs"][0]["blind"], safe);
}

TEST(Timeline, RunsComeBackAsTheyWere) {
  Timeline timeline;
  timeline.add(Alive{.time = at_ms(0), .task = worker(), .allowed = {CpuId(0), CpuId(1)}});
  timeline.add(Ran{at_ms(1), at_ms(3), CpuId(1), worker().pid, worker().tid});
  timeline.add(Ran{at_ms(4), at_ms(4.5), CpuId(0), worker().pid, worker().tid});
  const json data = data_of(timeline);
  EXPECT_EQ(data["threads"].size(), 1U);
  EXPECT_EQ(data["threads"][0]["runs"], json({1'000'000, 2'000'000, 1, 1'000'000, 500'000, 0}));
}

TEST(Timeline, ARunIsThatOfTheThreadThatHadTheNumberThen) {
  Timeline timeline;
  trace::TargetTask second = worker();
  second.start_time += 50;
  timeline.add(Alive{.time = at_ms(0), .task = worker(), .allowed = {CpuId(0)}});
  timeline.add(trace::Ended{at_ms(5), worker().pid, worker().tid, worker().start_time});
  timeline.add(Alive{.time = at_ms(6), .task = second, .allowed = {CpuId(0)}, .born = true});
  timeline.add(Ran{at_ms(1), at_ms(5), CpuId(0), worker().pid, worker().tid});
  timeline.add(Ran{at_ms(6), at_ms(7), CpuId(0), worker().pid, worker().tid});
  const json data = data_of(timeline);
  ASSERT_EQ(data["threads"].size(), 2U);
  EXPECT_EQ(data["threads"][0]["runs"], json({1'000'000, 4'000'000, 0}));
  EXPECT_EQ(data["threads"][0]["ended"], 5'000'000);
  EXPECT_EQ(data["threads"][1]["runs"], json({6'000'000, 1'000'000, 0}));
  EXPECT_EQ(data["threads"][1]["born"], 6'000'000);
}

TEST(Timeline, EventsBeyondTheLimitAreCountedAndLossIsStillTold) {
  Timeline timeline({.events = 2});
  for (std::uint64_t i = 0; i < 5; ++i)
    timeline.add(a_call(i + 1, static_cast<double>(i), worker(), "0", "1"));
  timeline.add(trace::LostEvent{.seq = 6, .count = 12, .from = at_ms(7), .to = at_ms(8)});
  const json data = data_of(timeline);
  EXPECT_EQ(data["events"].size(), 3U);
  EXPECT_EQ(data["events"][2]["event"], "lost");
  EXPECT_EQ(data["cut"]["events"],
            json({{"limit", 2}, {"count", 3}, {"from", 2'000'000}, {"to", 4'000'000}}));
}

TEST(Timeline, RunsAndThreadsBeyondTheLimitAreCounted) {
  Timeline timeline({.runs = 1, .threads = 1});
  timeline.add(Ran{at_ms(0), at_ms(1), CpuId(0), Pid(1), Tid(1)});
  timeline.add(Ran{at_ms(2), at_ms(3), CpuId(0), Pid(1), Tid(1)});
  timeline.add(a_call(1, 4, worker(), "0", "1"));
  timeline.add(a_call(2, 5, worker(), "1", "0"));
  const json data = data_of(timeline);
  EXPECT_EQ(data["threads"].size(), 1U);
  EXPECT_EQ(data["events"].size(), 2U);
  EXPECT_EQ(data["cut"]["runs"]["count"], 1);
  EXPECT_EQ(data["cut"]["threads"]["count"], 1);
}

TEST(Timeline, NothingIsCutBelowTheLimits) {
  Timeline timeline;
  add_story(timeline);
  EXPECT_EQ(data_of(timeline)["cut"], json::object());
}

TEST(Timeline, AGapHasItsTimesAndItsCount) {
  Timeline timeline;
  add_story(timeline);
  const json data = data_of(timeline);
  const auto lost =
      std::ranges::find(data["events"], "lost", [](const json& e) { return e["event"]; });
  ASSERT_NE(lost, data["events"].end());
  EXPECT_EQ((*lost)["at"], 400'000'000);
  EXPECT_EQ((*lost)["to"], 455'000'000);
  EXPECT_EQ((*lost)["count"], 12);
}

TEST(Timeline, MasksOfManyCpusAreKeptOnce) {
  Timeline timeline;
  std::string even = "0";
  for (int cpu = 2; cpu < 4096; cpu += 2)
    even += ',' + std::to_string(cpu);
  for (std::uint64_t i = 0; i < 100; ++i)
    timeline.add(a_call(i + 1, static_cast<double>(i), worker(), "0-4095", even.c_str()));
  const std::string page = timeline.html();
  const json data = json::parse(data_text(page));
  ASSERT_EQ(data["masks"].size(), 2U);
  EXPECT_EQ(data["masks"][1], even);
  EXPECT_LT(data.dump().size(), 100'000U);
}

TEST(Timeline, AnEmptyOneIsAPageToo) {
  const json data = data_of(Timeline());
  EXPECT_TRUE(data["events"].empty());
  EXPECT_TRUE(data["threads"].empty());
  EXPECT_FALSE(data.contains("origin"));
}

TEST(Timeline, ThePageAllowsItsOwnScriptAndNothingElse) {
  const std::string page = Timeline().html();
  EXPECT_NE(page.find("default-src 'none'; script-src 'sha256-"), std::string::npos);
  EXPECT_EQ(page.find("unsafe-inline"), std::string::npos);
  EXPECT_EQ(page.find("http://"), std::string::npos);
  EXPECT_EQ(page.find("https://"), std::string::npos);
}

TEST(Timeline, TheFileIsThePage) {
  const test::OwnFolder folder;
  Timeline timeline;
  add_story(timeline);
  ASSERT_TRUE(timeline.write(folder.path() + "/page.html"));
  std::ostringstream written;
  written << std::ifstream(folder.path() + "/page.html").rdbuf();
  EXPECT_EQ(written.str(), timeline.html());
}

TEST(Timeline, AMissingFolderIsToldByName) {
  const test::OwnFolder folder;
  const auto written = Timeline().write(folder.path() + "/none/page.html");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().text, folder.path() + "/none/page.html");
}

}  // namespace
}  // namespace pinfold::tool
