#include "events/json.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>

#include <pinfold/cpu_list.h>

#include "events/samples.h"

namespace pinfold::trace {
namespace {

using nlohmann::json;
using test::bare_set;
using test::hostile_name;
using test::sample_events;
using test::sample_set;

json parsed(const Event& event) { return json::parse(to_json(event)); }

TEST(Json, ASetIsOneLineInTheOrderOfTheDesign) {
  SetEvent set = sample_set();
  set.actor->container.reset();
  set.by.reset();
  set.callers.clear();
  set.count = 1;
  EXPECT_EQ(
      to_json(set),
      R"({"schema_version":1,"event":"set","time":"2026-11-21T18:00:00.123456789Z","seq":7,"cpu":1,)"
      R"("actor":{"pid":812,"tid":812,"ns_pid":12,"ns_tid":12,"comm":"numad","exe":"/usr/bin/numad",)"
      R"("uid":0,"cgroup":"/system.slice/numad.service","container":null,"abi":"x86-64",)"
      R"("parents":[{"pid":700,"comm":"sh"},{"pid":1,"comm":"systemd"}],"start":4711},)"
      R"("target":{"pid":1234,"tid":1240,"comm":"nginx","start":815,"cgroup":"/web"},)"
      R"("relation":"other","old":"0-7","old_from":"remembered","request":"2-5",)"
      R"("kernel_request":"2-5","effective":"2-3","ret":0,"error":null,"cause":"syscall",)"
      R"("attribution":"exact","trusted":true,"narrowed":true,"by":null,)"
      R"("arguments":{"pid":1240,"cpusetsize":128,"mask":"0x7ffd51d2a3c0"},"callers":[],"count":1})");
}

TEST(Json, WhatIsNotKnownIsNull) {
  EXPECT_EQ(
      to_json(bare_set()),
      R"({"schema_version":1,"event":"set","time":"2026-11-21T18:00:00.123456789Z","seq":8,)"
      R"("cpu":null,"actor":null,"target":null,"relation":null,"old":null,"old_from":"unknown",)"
      R"("request":null,"kernel_request":null,"effective":null,"ret":null,"error":null,)"
      R"("cause":"unknown","attribution":"unknown","trusted":false,"narrowed":null,"by":null,)"
      R"("arguments":null,"callers":[],"count":1})");
}

TEST(Json, AnErrorHasItsNumberAndItsName) {
  SetEvent set = sample_set();
  set.result = -EPERM;
  EXPECT_EQ(parsed(set)["ret"], -1);
  EXPECT_EQ(parsed(set)["error"], "EPERM");
  set.result = -4000;
  EXPECT_EQ(parsed(set)["error"], "-4000");
}

TEST(Json, LossTellsHowMuchAndWhen) {
  EXPECT_EQ(to_json(sample_events()[7]),
            R"({"schema_version":1,"event":"lost","count":12,)"
            R"("from":"2026-11-21T18:00:00.123456789Z","to":"2026-11-21T18:00:01.123456789Z",)"
            R"("cpu":1,"seq":10,"others":0})");
}

TEST(Json, NamesCanEndNeitherStringsNorLines) {
  SetEvent set = sample_set();
  for (std::string* name : {&set.actor->comm, &*set.actor->exe, &*set.actor->cgroup,
                            &*set.actor->container, &set.actor->parents[0].comm, &set.target->comm,
                            &*set.target->cgroup, &*set.by, &set.callers[0].module}) {
    *name = hostile_name();
  }
  const std::string line = to_json(set);
  EXPECT_TRUE(std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '~'; })) << line;
  const json read = json::parse(line);
  const std::string safe = "a\\x1b[2J\"\\\\x0a\\xff\\xe2\\x80\\xae";
  EXPECT_EQ(read["actor"]["comm"], safe);
  EXPECT_EQ(read["callers"][0]["module"], safe);
}

TEST(Json, AMaskOf4096CpusIsWhole) {
  SetEvent set = sample_set();
  set.effective = CpuSet::range(CpuId(0), CpuId(4095), 2);
  const std::string list = parsed(set)["effective"];
  EXPECT_EQ(parse_cpu_list(list).value(), *set.effective);
}

TEST(Json, NumbersThatAProgramMakesUpAreWritten) {
  SetEvent set = sample_set();
  set.arguments = CallArguments{.pid = -1, .length = ~0ULL, .mask = ~0ULL};
  EXPECT_EQ(parsed(set)["arguments"]["pid"], -1);
  EXPECT_EQ(parsed(set)["arguments"]["cpusetsize"], ~0ULL);
  EXPECT_EQ(parsed(set)["arguments"]["mask"], "0xffffffffffffffff");
}

TEST(Json, EveryEventIsAnObjectInALine) {
  for (const Event& event : sample_events()) {
    const std::string line = to_json(event);
    EXPECT_TRUE(json::accept(line)) << line;
    EXPECT_EQ(line.find('\n'), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace pinfold::trace
