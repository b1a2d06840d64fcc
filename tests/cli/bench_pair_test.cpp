// bench pair and bench migrate: what they say, never how fast it is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "bench/migrate_text.h"
#include "bench/pair_text.h"
#include "support/make_machine.h"
#include "support/program.h"
#include "support/sim.h"

namespace pinfold {
namespace {

using measure::PairReport;
using measure::PairRow;
using measure::Sharing;
using measure::Spread;
using test::Output;
using testing::HasSubstr;
using testing::StartsWith;
using Json = nlohmann::json;

Spread around(double number) {
  return {.median = number,
          .low = number * 0.99,
          .high = number * 1.01,
          .least = number * 0.9,
          .most = number * 2,
          .count = 20};
}

PairRow row(Sharing sharing, unsigned child, double real) {
  return {.pair = {.sharing = sharing, .first = CpuId(0), .second = CpuId(child)},
          .numbers =
              measure::PairNumbers{
                  .real = around(real), .cpu = around(40e6), .user = 10e6, .system = 30e6},
          .reason = ""};
}

class PairText : public testing::Test {
 protected:
  Machine machine = test::make_machine().packages(2).l3s(1).cores(2).smt(2).build();
  PairReport report{.calls = 1000,
                    .rounds = 20,
                    .rows = {row(Sharing::cpu, 0, 39.4e6), row(Sharing::core, 1, 27e6),
                             row(Sharing::l3, 2, 20e6), row(Sharing::machine, 4, 20e6)},
                    .doubts = {}};
};

TEST_F(PairText, IsATableAndWhatItMeansInWords) {
  EXPECT_EQ(tool::pair_text(machine, report),
            "A parent and a child, each with 1000 calls of getppid(2); 20 rounds in random\n"
            "order. Milliseconds: real time with its middle half, and what both used.\n"
            "\n"
            "SHARING        PARENT  CHILD  REAL              USER  SYSTEM\n"
            "same CPU            0      0  39.4 (39.0-39.8)  10.0    30.0\n"
            "SMT siblings        0      1  27.0 (26.7-27.3)  10.0    30.0\n"
            "same L3             0      2  20.0 (19.8-20.2)  10.0    30.0\n"
            "other package       0      4  20.0 (19.8-20.2)  10.0    30.0\n"
            "\n"
            "Sharing one CPU takes 1.97 times as long as cores of two packages. Two SMT\n"
            "siblings take 1.35 times as long as cores of two packages. Two cores with one L3\n"
            "take as long as cores of two packages: what differs is within the spread.\n");
}

TEST_F(PairText, ARowWithoutANumberHasItsReason) {
  report.rows[1].numbers.reset();
  report.rows[1].reason = "others used CPU 1 for 12 % of the time";
  const std::string text = tool::pair_text(machine, report);
  EXPECT_THAT(text, HasSubstr("\nSMT siblings        0      1  -\n"));
  EXPECT_THAT(text,
              HasSubstr("\nSMT siblings: no number: others used CPU 1 for 12 % of the time\n"));
  EXPECT_THAT(text, testing::Not(HasSubstr("Two SMT siblings")));
}

TEST_F(PairText, JsonHasNullAndTheReasonOrTheNumbersWithTheirUnit) {
  report.rows[1].numbers.reset();
  report.rows[1].reason = "too hot";
  const Json json = Json::parse(tool::pair_json(machine, report).dump());
  EXPECT_EQ(json["schema_version"], 1);
  EXPECT_EQ(json["calls"], 1000);
  EXPECT_EQ(json["rows"][0]["sharing"], "same CPU");
  EXPECT_EQ(json["rows"][0]["real_ns"]["median"], 39.4e6);
  EXPECT_EQ(json["rows"][0]["real_ns"]["count"], 20);
  EXPECT_EQ(json["rows"][0]["reason"], nullptr);
  EXPECT_EQ(json["rows"][1]["real_ns"], nullptr);
  EXPECT_EQ(json["rows"][1]["reason"], "too hot");
  EXPECT_EQ(json["rows"][3]["child"], 4);
  EXPECT_THAT(json["conclusion"], StartsWith("Sharing one CPU takes 1.97 times"));
}

TEST(MigrateText, IsATableForEachPairAndWhatItMeansInWords) {
  const measure::CpuPair pair{.sharing = Sharing::l3, .first = CpuId(0), .second = CpuId(2)};
  const measure::WalkRow small{
      .bytes = std::size_t{32} * 1024,
      .numbers = measure::WalkNumbers{
          .stayed = around(1200), .moved = around(13'000), .cost = around(11'800)}};
  const measure::WalkRow large{.bytes = std::size_t{64} << 20U, .numbers = {}, .reason = "too hot"};
  const measure::MigrateReport report{
      .rounds = 11,
      .rows = {{.pair = pair,
                .call = measure::CallNumbers{.stayed = around(600), .moved = around(4100)},
                .reason = "",
                .walks = {small, large}}},
      .doubts = {}};
  EXPECT_EQ(tool::migrate_text(report),
            "A thread walks over its working set, is moved, and walks over it once more; 11\n"
            "rounds in random order. Microseconds: the walk where it is warm, the first one\n"
            "after the move, and what that takes longer, with its middle half.\n"
            "\n"
            "same L3, from CPU 0 to CPU 2: the call that moves takes 4.10 (4.06-4.14) us, one\n"
            "that moves nobody 0.600\n"
            "  WORKING SET  STAYED us  MOVED us  COST us\n"
            "       32 KiB       1.20      13.0  11.8 (11.7-11.9)\n"
            "       64 MiB          -\n"
            "  64 MiB: no number: too hot\n"
            "\n"
            "To another CPU (same L3) a move costs the most with 32 KiB in use: 11.8 us, 9.83\n"
            "warm walks.\n");
  const Json json = Json::parse(tool::migrate_json(report).dump());
  EXPECT_EQ(json["rows"][0]["call_moved_ns"]["median"], 4100);
  EXPECT_EQ(json["rows"][0]["walks"][0]["bytes"], 32768);
  EXPECT_EQ(json["rows"][0]["walks"][0]["cost_ns"]["median"], 11'800);
  EXPECT_EQ(json["rows"][0]["walks"][1]["cost_ns"], nullptr);
  EXPECT_EQ(json["rows"][0]["walks"][1]["reason"], "too hot");
}

TEST(MigrateText, WhatCouldBeChanceIsNotConcluded) {
  measure::WalkRow walk{
      .bytes = 1 << 20U,
      .numbers = measure::WalkNumbers{.stayed = around(1000),
                                      .moved = around(1010),
                                      .cost = {.median = 10, .low = -5, .high = 20}}};
  const measure::MigrateReport report{
      .rounds = 3, .rows = {{.pair = {}, .call = {}, .reason = "x", .walks = {walk}}}};
  EXPECT_EQ(tool::conclusion(report), "");
}

// A number or a reason, whatever this machine is doing at the moment.
void expect_number_or_reason(const Json& object, const char* number) {
  EXPECT_NE(object[number].is_null(), object["reason"].is_null()) << object;
}

TEST(BenchPair, HasARowForThisCpuWithANumberOrAReason) {
  const std::string cpu = std::to_string(test::mask_of(0).first()->value());
  const Output output = test::pinfold({"bench", "pair", "--parent", cpu, "--child", cpu, "--rounds",
                                       "2", "--calls", "500", "--json"});
  const Json json = Json::parse(output.out);
  ASSERT_EQ(json["rows"].size(), 1U);
  EXPECT_EQ(json["bench"], "pair");
  EXPECT_EQ(json["rows"][0]["sharing"], "same CPU");
  expect_number_or_reason(json["rows"][0], "real_ns");
  EXPECT_EQ(output.exit, json["rows"][0]["real_ns"].is_null() ? 1 : 0) << output.err;
}

TEST(BenchPair, MeasuresWithinThePlace) {
  const CpuSet own = test::mask_of(0);
  const std::string last = std::to_string(own.last()->value());
  const Output output =
      test::pinfold({"bench", "pair", "--on", last, "--rounds", "1", "--calls", "100", "--json"});
  const Json json = Json::parse(output.out);
  ASSERT_EQ(json["rows"].size(), 1U) << output.out;
  EXPECT_EQ(json["rows"][0]["parent"], own.last()->value());
  EXPECT_EQ(json["rows"][0]["child"], own.last()->value());
}

TEST(BenchMigrate, HasALineForEachSizeWithANumberOrAReason) {
  const CpuSet own = test::mask_of(0);
  if (own.count() < 2) GTEST_SKIP() << "needs two CPUs, this process has one";
  const Output output =
      test::pinfold({"bench", "migrate", "--rounds", "2", "--sizes", "4K,64K", "--json"});
  const Json json = Json::parse(output.out);
  ASSERT_FALSE(json["rows"].empty()) << output.out;
  for (const Json& one : json["rows"]) {
    ASSERT_EQ(one["walks"].size(), 2U);
    EXPECT_EQ(one["walks"][1]["bytes"], 65536);
    expect_number_or_reason(one, "call_moved_ns");
    expect_number_or_reason(one["walks"][0], "cost_ns");
  }
}

TEST(BenchMigrate, OfOneCpuIsAnError) {
  const std::string cpu = std::to_string(test::mask_of(0).first()->value());
  const Output output = test::pinfold({"bench", "migrate", "--on", cpu});
  EXPECT_EQ(output.exit, 1);
  EXPECT_EQ(output.out, "");
  EXPECT_EQ(output.err,
            "pinfold: bench migrate: there is no other CPU than " + cpu + " to move to\n");
}

// In a simulated machine masks are a model's: numbers would be those of whatever CPUs there are.
TEST(BenchPair, HasNoNumbersOfAMachineThatIsNotThere) {
  if (const std::string reason = test::no_sim(); !reason.empty()) GTEST_SKIP() << reason;
  // No leak checker works in a simulated machine: it would trace.
  const Output output = test::run(
      test::simulated("pack:1 core:512 pu:2",
                      {"env", "ASAN_OPTIONS=detect_leaks=0", PINFOLD_COMMAND, "bench", "pair",
                       "--parent", "1022", "--child", "1023", "--rounds", "1", "--calls", "10"}));
  EXPECT_EQ(output.exit, 1);
  EXPECT_THAT(output.out + output.err, HasSubstr("who was pinned there ran on CPU "));
}

TEST(Bench, WhatMakesNoSenseIsAUsageError) {
  const std::vector<std::vector<std::string>> mistakes = {
      {},
      {"pare"},
      {"pair", "0"},
      {"pair", "--rounds", "0"},
      {"pair", "--calls", "x"},
      {"pair", "--parent", "0"},
      {"pair", "--parent", "0", "--child", "x"},
      {"pair", "--parent", "0", "--child", "0", "--on", "0"},
      {"pair", "--on", "0-"},
      {"migrate", "--sizes", "1"},
      {"migrate", "--sizes", "32K,"},
      {"migrate", "--sizes", "2000M"},
      {"migrate", "--from", "0", "--to", "0"},
  };
  for (std::vector<std::string> mistake : mistakes) {
    mistake.insert(mistake.begin(), "bench");
    const Output output = test::pinfold(mistake);
    EXPECT_EQ(output.exit, 2) << testing::PrintToString(mistake);
    EXPECT_EQ(output.out, "") << testing::PrintToString(mistake);
    EXPECT_NE(output.err, "") << testing::PrintToString(mistake);
  }
  EXPECT_EQ(test::pinfold({"bench", "pare"}).err,
            "pinfold: bench: unknown measurement \"pare\"\n  did you mean pair?\n");
}

TEST(Bench, HasHelpWithExamples) {
  for (const std::vector<std::string>& which :
       std::vector<std::vector<std::string>>{{}, {"pair"}, {"migrate"}}) {
    std::vector<std::string> arguments = {"bench"};
    arguments.insert(arguments.end(), which.begin(), which.end());
    arguments.emplace_back("--help");
    const Output output = test::pinfold(arguments);
    EXPECT_EQ(output.exit, 0);
    EXPECT_THAT(output.out, HasSubstr("\nExamples:\n  pinfold bench "));
  }
}

TEST(AffinityPairExample, RunsAsTheManualPageShowsIt) {
  const std::string cpu = std::to_string(test::mask_of(0).first()->value());
  const Output output = test::run({AFFINITY_PAIR, cpu, cpu, "100000"});
  EXPECT_EQ(output.exit, 0) << output.err;
  EXPECT_THAT(output.out, testing::MatchesRegex("real [0-9.]+\nuser [0-9.]+\nsys [0-9.]+\n"));
  const Output absent = test::run({AFFINITY_PAIR, cpu, "100000", "1"});
  EXPECT_EQ(absent.exit, 1);
  EXPECT_THAT(absent.err, HasSubstr("CPU 100000 does not exist"));
}

}  // namespace
}  // namespace pinfold
