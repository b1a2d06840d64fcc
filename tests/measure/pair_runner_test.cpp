// The real processes: where they are and what is counted, never how fast.
#include "measure/pair_runner.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "measure/stand.h"
#include "support/program.h"

namespace pinfold::measure {
namespace {

using test::mask_of;

CpuPair pair_here() {
  const CpuSet own = mask_of(0);
  const CpuId first = *own.first();
  const CpuId last = *own.last();
  return {.sharing = first == last ? Sharing::cpu : Sharing::l3, .first = first, .second = last};
}

TEST(ForkedPair, BothMakeTheirCallsAndTheCallerIsAsItWas) {
  const CpuSet before = mask_of(0);
  const auto times = ForkedPair().run(pair_here(), 20'000);
  ASSERT_TRUE(times) << message(times.error());
  for (const ProcessTimes& process : {times->parent, times->child}) {
    EXPECT_GT(process.cpu, 20'000U * 10) << "no system call takes less than 10 ns";
    EXPECT_GE(process.real + 50'000, process.cpu);
  }
  EXPECT_EQ(mask_of(0), before);
}

// However busy the machine is: who shares a CPU with somebody has it only while he has not.
TEST(ForkedPair, OnOneCpuTheyHaveItOneAfterTheOther) {
  const CpuId cpu = *mask_of(0).first();
  const auto times =
      ForkedPair().run({.sharing = Sharing::cpu, .first = cpu, .second = cpu}, 20'000);
  ASSERT_TRUE(times) << message(times.error());
  const std::uint64_t real = std::max(times->parent.real, times->child.real);
  EXPECT_GE(real + real / 20, times->parent.cpu + times->child.cpu);
}

TEST(ForkedPair, ACpuThatIsNotThereIsAnErrorAndNobodyIsLeftBehind) {
  const CpuSet before = mask_of(0);
  const CpuId own = *before.first();
  const CpuId absent(100'000);
  EXPECT_FALSE(ForkedPair().run({.first = absent, .second = own}, 10));
  const auto child = ForkedPair().run({.first = own, .second = absent}, 10);
  ASSERT_FALSE(child);
  EXPECT_NE(message(child.error()).find("100000"), std::string::npos) << message(child.error());
  EXPECT_EQ(mask_of(0), before);
}

TEST(ForkedPair, FindsOutHowManyCallsTakeSoLong) {
  const CpuId cpu = *mask_of(0).first();
  const auto few = ForkedPair().calls_in(cpu, 1'000'000);
  const auto many = ForkedPair().calls_in(cpu, 1'000'000'000);
  ASSERT_TRUE(few && many);
  EXPECT_GT(*few, 0U);
  EXPECT_GT(*many, *few * 100);
}

TEST(Stand, IsOnTheCpuThatItWasPutOn) {
  const test::MaskGuard guard;
  for (const CpuId cpu : mask_of(0)) {
    ASSERT_TRUE(stand_on(cpu));
    EXPECT_EQ(here(), cpu);
    EXPECT_EQ(mask_of(0), CpuSet{cpu});
  }
}

}  // namespace
}  // namespace pinfold::measure
