#include <gtest/gtest.h>

#include <pinfold/cpu_set.h>

#include "support/program.h"

namespace pinfold {
namespace {

using test::cpus;

TEST(CpuSet, HoldsWhatWasAdded) {
  CpuSet set;
  set.add(CpuId(5000));
  EXPECT_TRUE(set.contains(CpuId(5000)));
  EXPECT_FALSE(set.contains(CpuId(4999)));
  EXPECT_EQ(set, cpus("5000"));
}

}  // namespace
}  // namespace pinfold
