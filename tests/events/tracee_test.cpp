#include "events/tracee.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "events/samples.h"
#include "support/program.h"

namespace pinfold::trace {
namespace {

using nlohmann::json;
using test::sample_events;
using test::sample_set;

json parsed(const Event& event) {
  const auto line = to_tracee(event);
  return line ? json::parse(*line) : json();
}

json value(const json& event, const char* name, const char* type) {
  for (const json& item : event["data"])
    if (item["name"] == name) return item.value(type, json());
  return {};
}

TEST(Tracee, ASetHasItsShape) {
  const json event = parsed(sample_set());
  EXPECT_EQ(event["timestamp"], "2026-11-21T18:00:00.123456789Z");
  EXPECT_EQ(event["id"], 204);
  EXPECT_EQ(event["name"], "sched_setaffinity");
  EXPECT_EQ(event["policies"], json({{"matched", json::array()}}));
  const json& process = event["workload"]["process"];
  EXPECT_EQ(process["executable"]["path"], "/usr/bin/numad");
  EXPECT_EQ(process["host_pid"], 812);
  EXPECT_EQ(process["pid"], 12);
  EXPECT_EQ(process["real_user"]["id"], 0);
  EXPECT_EQ(process["thread"]["name"], "numad");
  EXPECT_EQ(process["thread"]["host_tid"], 812);
  EXPECT_EQ(process["thread"]["tid"], 12);
  EXPECT_EQ(process["thread"]["syscall"], "sched_setaffinity");
  EXPECT_EQ(process["thread"]["compat"], false);
  EXPECT_EQ(process["ancestors"][0]["thread"]["name"], "sh");
  EXPECT_EQ(event["workload"]["container"]["id"], std::string(64, 'a'));
}

TEST(Tracee, ItsArgumentsComeFirstAndAsItWritesThem) {
  SetEvent set = sample_set();
  set.result = -EINVAL;
  const json data = parsed(set)["data"];
  EXPECT_EQ(data[0], json({{"name", "pid"}, {"int32", 1240}}));
  EXPECT_EQ(data[1], json({{"name", "cpusetsize"}, {"u_int64", "128"}}));
  EXPECT_EQ(data[2], json({{"name", "mask"}, {"pointer", "140725976212416"}}));
  EXPECT_EQ(data[3], json({{"name", "returnValue"}, {"int64", "-22"}}));
}

TEST(Tracee, WhatItLacksFollows) {
  const json event = parsed(sample_set());
  EXPECT_EQ(value(event, "old", "str"), "0-7");
  EXPECT_EQ(value(event, "request", "str"), "2-5");
  EXPECT_EQ(value(event, "effective", "str"), "2-3");
  EXPECT_EQ(value(event, "targetTid", "int32"), 1240);
  EXPECT_EQ(value(event, "targetComm", "str"), "nginx");
  EXPECT_EQ(value(event, "relation", "str"), "other");
  EXPECT_EQ(value(event, "trusted", "bool"), true);
}

TEST(Tracee, AGetIsItsOwnEvent) {
  const json event = parsed(sample_events()[5]);
  EXPECT_EQ(event["id"], 205);
  EXPECT_EQ(event["name"], "sched_getaffinity");
  EXPECT_EQ(value(event, "returnValue", "int64"), "8");
  EXPECT_EQ(value(event, "answer", "str"), "0-7");
}

TEST(Tracee, A32BitCallIsMarked) {
  SetEvent set = sample_set();
  set.actor->abi = CallAbi::i386;
  EXPECT_EQ(parsed(set)["workload"]["process"]["thread"]["compat"], true);
}

TEST(Tracee, WhatIsNotACallHasNoTwin) {
  EXPECT_FALSE(to_tracee(test::bare_set()));
  SetEvent written = sample_set();
  written.cause = Cause::cpuset_write;
  written.arguments.reset();
  written.result.reset();
  EXPECT_FALSE(to_tracee(written));
  EXPECT_FALSE(to_tracee(LostEvent{}));
  EXPECT_FALSE(to_tracee(EndEvent{}));
}

TEST(Tracee, WhatIsNotKnownIsLeftOut) {
  SetEvent set = test::bare_set();
  set.actor = Actor{.pid = Pid(1), .tid = Tid(1)};
  set.arguments = CallArguments{};
  set.result = 0;
  const std::string line = to_tracee(set).value();
  EXPECT_EQ(line.find("null"), std::string::npos) << line;
  EXPECT_TRUE(json::accept(line));
}

TEST(Tracee, NamesAreSafe) {
  SetEvent set = sample_set();
  set.actor->comm = set.target->comm = test::hostile_name();
  set.actor->exe = set.actor->container = set.target->cgroup = test::hostile_name();
  const std::string line = to_tracee(set).value();
  EXPECT_TRUE(std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '~'; })) << line;
  EXPECT_TRUE(json::accept(line));
}

}  // namespace
}  // namespace pinfold::trace
