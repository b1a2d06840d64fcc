// bench matrix: what it writes. How fast this machine is, is not what is tested.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include <pinfold/cpu_list.h>

#include "support/program.h"
#include "xml.h"

namespace pinfold::test {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

Output matrix(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"bench", "matrix"});
  return pinfold(std::move(arguments));
}

class BenchMatrix : public testing::Test {
 protected:
  BenchMatrix() {
    std::string path = testing::TempDir() + "/pinfold-matrix-test-XXXXXX";
    EXPECT_NE(::mkdtemp(path.data()), nullptr);
    folder_ = path;
  }
  ~BenchMatrix() override { std::filesystem::remove_all(folder_); }

  // A quick one; on a machine on which others are at work it may have no number, and says so.
  [[nodiscard]] Output measure(std::vector<std::string> more) const {
    more.insert(more.begin(), {"--samples", "3", "--rounds", "50", "--on", to_cpu_list(two_)});
    return matrix(std::move(more));
  }
  static std::string content(const std::string& file) {
    std::stringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
  }
  [[nodiscard]] std::string file(const char* name) const { return folder_ / name; }
  void SetUp() override {
    for (const CpuId cpu : mask_of(0)) {
      if (two_.count() < 2) two_.add(cpu);
    }
    if (two_.count() < 2) GTEST_SKIP() << "needs two CPUs, this process has one";
  }

  CpuSet two_;
  std::filesystem::path folder_;
};

TEST_F(BenchMatrix, GivesANumberOrAReasonForEveryPair) {
  const Output output = measure({"--json"});
  const Json json = Json::parse(output.out);
  EXPECT_EQ(json["schema_version"], 1);
  EXPECT_EQ(json["cpus"].size(), 2U);
  ASSERT_EQ(json["pairs"].size(), 1U);
  const Json& pair = json["pairs"][0];
  if (pair["one_way_ns"].is_null()) {
    EXPECT_NE(pair["reason"], "");
    EXPECT_EQ(output.exit, 1);
    EXPECT_EQ(output.err, "pinfold: no pair has a number\n");
  } else {
    EXPECT_GT(pair["one_way_ns"], 0);
    EXPECT_EQ(output.exit, 0);
    EXPECT_EQ(output.err, "") << "no progress where there is no terminal";
  }
}

TEST_F(BenchMatrix, OneRunWritesThePictureTheTableAndTheText) {
  const Output output = measure({"--svg", file("a.svg"), "--csv", file("a.csv")});
  EXPECT_THAT(output.out, StartsWith("Latency from core to core"));
  EXPECT_EQ(parse_xml(content(file("a.svg"))).front().attributes.at("role"), "img");
  EXPECT_THAT(content(file("a.csv")), StartsWith("cpu_a,cpu_b,sharing,one_way_ns,"));
}

TEST_F(BenchMatrix, WhatWasMeasuredIsShownAgainWithoutMeasuring) {
  const Output measured = measure({"--json"});
  std::ofstream(file("a.json")) << measured.out;
  EXPECT_EQ(matrix({"--from", file("a.json"), "--json"}).out, measured.out);
  EXPECT_EQ(parse_xml(matrix({"--from", file("a.json"), "--svg", "-"}).out).front().name, "svg");
}

TEST_F(BenchMatrix, AFileThatIsNoMatrixIsNamed) {
  std::ofstream(file("a.json")) << "{}";
  const Output output = matrix({"--from", file("a.json")});
  EXPECT_EQ(output.exit, 1);
  EXPECT_EQ(output.out, "");
  EXPECT_THAT(output.err, HasSubstr(file("a.json")));
  EXPECT_THAT(output.err, HasSubstr("it is not what pinfold bench matrix --json writes"));
  EXPECT_THAT(matrix({"--from", file("no.json")}).err, HasSubstr(file("no.json")));
}

TEST_F(BenchMatrix, OneCpuIsNoPair) {
  const Output output = matrix({"--on", std::to_string(two_.first()->value()), "--json"});
  EXPECT_EQ(output.exit, 1);
  EXPECT_THAT(output.err, HasSubstr("it takes two CPUs"));
  EXPECT_EQ(Json::parse(output.out)["error"]["kind"], "unsupported");
}

// There the system says that threads are where they are not.
TEST_F(BenchMatrix, GivesNoNumbersOfAMachineThatIsSimulated) {
#if !defined(__x86_64__)
  GTEST_SKIP() << "only on x86 CPUs say which they are";
#endif
  // No leak checker works in a simulated machine: it would trace.
  const Output output =
      pinfold({"sim", "--cpus", "64", "--", "env", "ASAN_OPTIONS=detect_leaks=0", PINFOLD_COMMAND,
               "bench", "matrix", "--on", "40-43", "--samples", "3", "--rounds", "50", "--json"});
  if (output.out.empty()) GTEST_SKIP() << output.err;
  EXPECT_EQ(output.exit, 1) << output.err;
  const Json report = Json::parse(output.out);
  for (const Json& pair : report["pairs"]) {
    EXPECT_TRUE(pair["one_way_ns"].is_null()) << pair;
    EXPECT_THAT(pair["reason"], HasSubstr("did not take effect"));
  }
}

TEST(BenchMatrixOptions, WhatMakesNoSenseIsAUsageError) {
  const auto error = [](std::vector<std::string> arguments) {
    const Output output = matrix(std::move(arguments));
    EXPECT_EQ(output.exit, 2);
    EXPECT_EQ(output.out, "");
    return output.err;
  };
  EXPECT_THAT(error({"--samples", "2"}), HasSubstr("--samples is a number from 3 to 10000"));
  EXPECT_THAT(error({"--rounds", "0"}), HasSubstr("--rounds is a number from 1 to"));
  EXPECT_THAT(error({"--json", "--svg", "-"}), HasSubstr("can go to stdout"));
  EXPECT_THAT(error({"--from", "a", "--on", "0"}), HasSubstr("--from measures nothing"));
  EXPECT_THAT(error({"3"}), HasSubstr("it takes no arguments"));
  EXPECT_THAT(error({"--svg", ""}), HasSubstr("need the name of a file"));
}

TEST(Bench, AnUnknownMeasurementIsMetWithAGuess) {
  const Output output = pinfold({"bench", "matrx"});
  EXPECT_EQ(output.exit, 2);
  EXPECT_EQ(output.err, "pinfold: bench: unknown measurement \"matrx\"\n  did you mean matrix?\n");
}

}  // namespace
}  // namespace pinfold::test
