#include <gtest/gtest.h>

#include "model/model_system.h"

namespace pinfold::test {
namespace {

class SharedMasks : public ModelSystem {};

TEST_F(SharedMasks, TasksThatWereSetAlikeShareTheirMask) {
  boot("core:64 pu:1");
  const std::size_t before = system().masks().size();
  for (int i = 0; i < 1'000; ++i)
    ASSERT_EQ(set(fork().number, cpus(i % 2 == 0 ? "0-31" : "32-63")), 0);
  EXPECT_EQ(system().masks().size(), before + 2);
}

}  // namespace
}  // namespace pinfold::test
