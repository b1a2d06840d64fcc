// The real thread: where it is, never how fast.
#include "measure/mover.h"

#include <gtest/gtest.h>

#include "support/program.h"

namespace pinfold::measure {
namespace {

using test::mask_of;

TEST(ThreadMover, IsMovedWalksAndIsAsItWas) {
  const CpuSet before = mask_of(0);
  if (before.count() < 2) GTEST_SKIP() << "needs two CPUs, this process has one";
  ThreadMover mover;
  for (const std::size_t bytes : {0U, 32U * 1024}) {
    const auto trial = mover.run(
        {.sharing = Sharing::l3, .first = *before.first(), .second = *before.last()}, bytes);
    ASSERT_TRUE(trial) << message(trial.error());
    EXPECT_GT(trial->moved.call, 0U);
    EXPECT_GE(trial->whole, trial->stayed.walk + trial->moved.walk);
    EXPECT_EQ(mask_of(0), before);
  }
}

TEST(ThreadMover, ACpuThatIsNotThereIsAnError) {
  const CpuSet before = mask_of(0);
  ThreadMover mover;
  EXPECT_FALSE(mover.run({.first = *before.first(), .second = CpuId(100'000)}, 64));
  EXPECT_FALSE(mover.run({.first = CpuId(100'000), .second = *before.first()}, 64));
  EXPECT_EQ(mask_of(0), before);
}

}  // namespace
}  // namespace pinfold::measure
