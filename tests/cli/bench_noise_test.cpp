// bench noise: what it writes. How quiet this machine is, is not what is tested.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <pinfold/cpu_list.h>

#include "support/program.h"

namespace pinfold::test {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

Output noise(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"bench", "noise"});
  return pinfold(std::move(arguments));
}

std::string one_cpu() { return std::to_string(mask_of(0).first()->value()); }

TEST(BenchNoise, GivesNumbersOrAReasonForEachCpu) {
  const Output output = noise({"--seconds", "0.05", "--json"});
  const Json json = Json::parse(output.out);
  EXPECT_EQ(json["schema_version"], 1);
  EXPECT_EQ(json["duration_ns"], 50'000'000);
  EXPECT_EQ(json["cpus"].size(), std::min<std::size_t>(8, mask_of(0).count()));
  for (const Json& cpu : json["cpus"]) {
    if (cpu["noise"].is_null()) {
      EXPECT_NE(cpu["reason"], "") << cpu;
      continue;
    }
    const Json& heard = cpu["noise"];
    EXPECT_GE(heard["elapsed_ns"], 50'000'000);
    EXPECT_GT(heard["readings"], 0);
    EXPECT_GT(heard["clock_ns"], 0);
    EXPECT_LE(heard["lost_share"], 1);
    std::uint64_t in_decades = 0;
    for (const Json& decade : heard["decades"])
      in_decades += decade["gaps"].get<std::uint64_t>();
    EXPECT_EQ(heard["gaps"], in_decades);
  }
}

TEST(BenchNoise, SaysInWordsWhatACpuLost) {
  const Output output = noise({"--on", one_cpu(), "--seconds", "0.05"});
  EXPECT_THAT(output.out, HasSubstr("CPU"));
  EXPECT_THAT(output.out, HasSubstr("LARGEST"));
  if (output.exit == 0) {
    EXPECT_THAT(output.out, HasSubstr("\nCPU " + one_cpu() + " lost "));
    EXPECT_EQ(output.err, "");
  } else {
    EXPECT_THAT(output.out, HasSubstr("no number: "));
  }
}

TEST(BenchNoise, AThresholdThatTheClockCannotSeeIsRefused) {
  const Output output = noise({"--on", one_cpu(), "--seconds", "0.02", "--threshold", "1"});
  EXPECT_EQ(output.exit, 1);
  EXPECT_THAT(output.out, HasSubstr("the clock is too slow here to see gaps of 1 ns"));
  EXPECT_THAT(output.err, HasSubstr("no CPU has numbers"));
}

TEST(BenchNoise, ACpuThatIsNotThereIsAnErrorBeforeAnythingIsMeasured) {
  const Output output = noise({"--on", "99999"});
  EXPECT_EQ(output.exit, 1);
  EXPECT_EQ(output.out, "");
  EXPECT_THAT(output.err, HasSubstr("CPU 99999 does not exist"));
}

TEST(BenchNoise, WhatMakesNoSenseIsAUsageError) {
  const auto error = [](std::vector<std::string> arguments) {
    const Output output = noise(std::move(arguments));
    EXPECT_EQ(output.exit, 2);
    EXPECT_EQ(output.out, "");
    return output.err;
  };
  for (const char* seconds : {"0", "-1", "nan", "1e9", "1s", "", "3601"})
    EXPECT_THAT(error({"--seconds", seconds}), HasSubstr("--seconds is a number")) << seconds;
  EXPECT_THAT(error({"--threshold", "0"}), HasSubstr("--threshold is a number of nanoseconds"));
  EXPECT_THAT(error({"3"}), HasSubstr("it takes no arguments"));
}

}  // namespace
}  // namespace pinfold::test
