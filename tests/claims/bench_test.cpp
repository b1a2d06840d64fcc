// What the manual pages say of speed, measured on this machine.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "claims/claims.h"
#include "support/child.h"

namespace pinfold::test {
namespace {

using Json = nlohmann::json;

// In a session that goes before others where the kernel knows of that (sched(7), "The autogroup
// feature") and the caller may: else a busy machine leaves no round undisturbed.
Json bench(std::vector<std::string> arguments) {
  std::vector<std::string> command = {
      "setsid",
      "-w",
      "sh",
      "-c",
      "(echo -20 >/proc/self/autogroup) 2>/dev/null; exec \"$0\" bench \"$@\"",
      PINFOLD_COMMAND};
  command.insert(command.end(), arguments.begin(), arguments.end());
  command.emplace_back("--json");
  const Output output = run_child(std::move(command), {.patience = std::chrono::seconds(200)});
  EXPECT_NE(output.exit, 2) << output.err;
  return Json::parse(output.out);
}

std::string number(CpuId cpu) { return std::to_string(cpu.value()); }

// There two CPUs may be one core of the host's, whatever they look like.
bool is_virtual() {
  std::ifstream info("/proc/cpuinfo");
  const std::string text{std::istreambuf_iterator<char>(info), {}};
  return text.find(" hypervisor") != std::string::npos;
}

double pair_time(const Json& row) { return row["real_ns"]["median"]; }

TEST_F(Claims, M24_AThreadThatIsMovedFindsItsCacheColdAndOneThatStaysDoesNot) {
  if (lonely) GTEST_SKIP() << needs_two_cpus;
  const Json report = bench(
      {"migrate", "--from", number(a), "--to", number(b), "--sizes", "256K", "--rounds", "21"});
  const Json& walk = report["rows"][0]["walks"][0];
  if (walk["cost_ns"].is_null()) GTEST_SKIP() << walk["reason"];
  if (report["rows"][0]["sharing"] == "SMT siblings") {
    GTEST_SKIP() << "these two CPUs share all caches, and there are no others";
  }
  const bool costs = walk["cost_ns"]["low"] > 0 &&
                     walk["moved_ns"]["median"] > 1.2 * double(walk["stayed_ns"]["median"]);
  if (!costs && is_virtual()) GTEST_SKIP() << "the host may run both CPUs on one core: " << report;
  EXPECT_TRUE(costs) << report;
}

TEST_F(Claims, M25_ParentAndChildOnOneCpuTakeLongerThanOnTwo) {
  if (lonely) GTEST_SKIP() << needs_two_cpus;
  const auto run = [](CpuId parent, CpuId child) {
    return bench({"pair", "--parent", number(parent), "--child", number(child)})["rows"][0];
  };
  const Json shared = run(a, a);
  const Json apart = run(a, b);
  EXPECT_EQ(shared["sharing"], "same CPU");
  for (const Json& row : {shared, apart}) {
    if (row["real_ns"].is_null()) GTEST_SKIP() << row["reason"];
  }
  // SMT siblings are slower than two cores, and hardly ever as slow as one CPU.
  const bool may_be_siblings = apart["sharing"] == "SMT siblings" || is_virtual();
  EXPECT_GT(pair_time(shared) / pair_time(apart), may_be_siblings ? 1.05 : 1.6) << shared << apart;
  EXPECT_LT(pair_time(shared) / pair_time(apart), 2.4) << shared << apart;
}

// On a machine with both, by its topology and without being told which CPUs.
TEST_F(Claims, M25_TheRowsOfTheExampleAreChosenFromTheTopology) {
  const Json report = bench({"pair"});
  ASSERT_FALSE(report["rows"].empty()) << report;
  EXPECT_EQ(report["rows"][0]["sharing"], "same CPU");
  EXPECT_EQ(report["rows"].size() > 1, !lonely);
  for (const Json& row : report["rows"]) {
    EXPECT_TRUE(own.contains(CpuId(row["parent"].get<unsigned>())));
    EXPECT_TRUE(own.contains(CpuId(row["child"].get<unsigned>())));
    EXPECT_NE(row["real_ns"].is_null(), row["reason"].is_null());
  }
}

}  // namespace
}  // namespace pinfold::test
