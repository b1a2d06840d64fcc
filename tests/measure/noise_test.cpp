// Which CPUs get numbers, and what is told of them: of a listener that heard what a test says.
#include "measure/noise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "bench/noise_text.h"
#include "support/program.h"

namespace pinfold::test {
namespace {

using measure::Doubt;
using measure::GapOptions;
using measure::Heard;
using measure::Noise;
using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::json;

class FakeListener : public measure::Listener {
 public:
  explicit FakeListener(Result<Heard> heard) : heard_(std::move(heard)) {}
  Result<Heard> listen(CpuId /*cpu*/, const GapOptions& /*options*/) override { return heard_; }

 private:
  Result<Heard> heard_;
};

Heard quiet() {
  Heard heard;
  heard.gaps.readings = 40'000'000;
  heard.gaps.finish(1'000'000'000, 0);
  return heard;
}

Heard with_a_timer() {
  Heard heard;
  heard.gaps.readings = 40'000'000;
  for (int i = 0; i < 4; ++i)
    heard.gaps.add(5'000, false);
  heard.gaps.add(41'000, false);
  heard.gaps.finish(1'000'000'000, 61'000);
  heard.interrupts = {{"LOC", "Local timer", 250}};
  return heard;
}

Noise noise_of(Result<Heard> heard, unsigned cpu = 3) {
  FakeListener listener(std::move(heard));
  return measure_noise(listener, CpuId(cpu), {});
}

TEST(Noise, APinThatDidNotTakeEffectLeavesNoNumbers) {
  Heard heard = quiet();
  heard.was_there = false;
  const Noise noise = noise_of(heard);
  EXPECT_FALSE(noise.heard.has_value());
  EXPECT_EQ(noise.reason, "the pin did not take effect");
}

TEST(Noise, AThreadThatCannotBeStartedThereIsTheReason) {
  const Noise noise = noise_of(fail({.kind = ErrorKind::offline_cpu, .cpus = "3", .limit = "0-2"}));
  EXPECT_FALSE(noise.heard.has_value());
  EXPECT_THAT(noise.reason, HasSubstr("CPU 3 is offline"));
}

TEST(Noise, GapsOfACpuLimitAreNotTheCpus) {
  Heard heard = with_a_timer();
  heard.doubts = {{.kind = Doubt::Kind::throttled, .spoils = true, .text = "stopped 12 times"}};
  const Noise noise = noise_of(heard);
  EXPECT_FALSE(noise.heard.has_value());
  EXPECT_EQ(noise.reason, "stopped 12 times");
}

TEST(Noise, WhatOthersUsedIsWhatIsMeasured) {
  Heard heard = with_a_timer();
  heard.doubts = {{.kind = Doubt::Kind::busy, .spoils = true, .text = "others"}};
  EXPECT_TRUE(noise_of(heard).heard.has_value());
}

TEST(Noise, AClockThatIsTooSlowSeesNoGaps) {
  Heard heard;
  heard.gaps.readings = 1'000'000;
  heard.gaps.finish(1'000'000'000, 0);
  const Noise noise = noise_of(heard);
  EXPECT_FALSE(noise.heard.has_value());
  EXPECT_EQ(noise.reason,
            "the clock is too slow here to see gaps of 1000 ns: to read it takes 1000 ns");
}

tool::NoiseReport report() {
  Heard busy = with_a_timer();
  busy.gaps.add(4'000'000, true);
  busy.gaps.finish(1'000'000'000, 4'061'000);
  busy.preempted = 1;
  Heard astray = quiet();
  astray.was_there = false;
  return {.isolated = test::cpus("3"),
          .cpus = {noise_of(busy, 1), noise_of(astray, 2), noise_of(with_a_timer(), 3)}};
}

TEST(NoiseText, HasALineForEachCpuAndConcludesInWords) {
  const std::string text = tool::noise_text(report());
  EXPECT_THAT(text, HasSubstr("CPU     LOST  LARGEST  GAPS  <10us  <100us  <10ms\n"
                              "  1   0.41 %   4.0 ms     6      4       1      1\n"
                              "  2        -        -     -      -       -      -\n"
                              "  3  0.006 %    41 us     5      4       1      .\n"));
  EXPECT_THAT(text, HasSubstr("CPU 2: no number: the pin did not take effect\n"));
  EXPECT_THAT(text, HasSubstr("CPU 3 interrupts: 250 Local timer (LOC)\n"));
  EXPECT_THAT(text, HasSubstr("CPU 1 lost 0.41 % of its time, the largest gap was 4.0 ms (another "
                              "task ran);"));
  EXPECT_THAT(text, HasSubstr("CPU 3 (isolated) lost 0.006 % of its time, the largest gap was 41 "
                              "us (no"));
}

TEST(NoiseText, FitsOnATerminal) {
  std::istringstream text(tool::noise_text(report()));
  for (std::string line; std::getline(text, line);)
    EXPECT_LE(line.size(), 80U) << line;
}

TEST(NoiseText, OfManyCpusTheQuietestAndTheNoisiestAreNamed) {
  tool::NoiseReport many = report();
  for (unsigned cpu = 4; cpu < 8; ++cpu)
    many.cpus.push_back(noise_of(cpu == 6 ? quiet() : with_a_timer(), cpu));
  const std::string text = tool::noise_text(many);
  EXPECT_THAT(text, HasSubstr("The quietest: CPU 6 lost 0.000 % of its time"));
  EXPECT_THAT(text, HasSubstr("The noisiest: CPU 1 lost 0.41 % of its time"));
  EXPECT_THAT(text, Not(HasSubstr("\nCPU 3 (isolated) lost")));
}

TEST(NoiseJson, ACpuWithoutNumbersHasNullAndTheReason) {
  const Json json = Json::parse(tool::noise_json(report()));
  ASSERT_EQ(json["cpus"].size(), 3U);
  EXPECT_TRUE(json["cpus"][1]["noise"].is_null());
  EXPECT_EQ(json["cpus"][1]["reason"], "the pin did not take effect");
  const Json& isolated = json["cpus"][2];
  EXPECT_EQ(isolated["isolated"], true);
  EXPECT_TRUE(isolated["reason"].is_null());
  EXPECT_EQ(isolated["noise"]["largest_ns"], 41'000);
  EXPECT_EQ(isolated["noise"]["gaps"], 5);
  EXPECT_EQ(isolated["noise"]["decades"][2]["from_ns"], 10'000);
  EXPECT_EQ(isolated["noise"]["decades"][2]["gaps"], 1);
  EXPECT_EQ(isolated["noise"]["interrupts"][0]["count"], 250);
}

}  // namespace
}  // namespace pinfold::test
