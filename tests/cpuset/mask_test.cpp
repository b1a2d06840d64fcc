#include "cpuset/mask.h"

#include <gtest/gtest.h>

namespace pinfold {
namespace {

TEST(Mask, EqualSetsAreOneObject) {
  MaskPool pool;
  const Mask one = pool.get({CpuId(1), CpuId(5000)});
  const Mask other = pool.get({CpuId(5000), CpuId(1)});
  EXPECT_EQ(one, other);
  EXPECT_EQ(&*one, &*other);
  EXPECT_NE(one, pool.get({CpuId(1)}));
}

TEST(Mask, NoneIsNotTheEmptyOne) {
  MaskPool pool;
  EXPECT_FALSE(Mask());
  EXPECT_TRUE(pool.get({}));
}

TEST(Mask, ThoseThatNobodyHasAreNotKeptWithoutEnd) {
  MaskPool pool;
  const Mask kept = pool.get({CpuId(7)});
  for (unsigned i = 0; i < 100'000; ++i)
    pool.get({CpuId(i % 500), CpuId(500 + i / 500)});
  EXPECT_LT(pool.size(), 3'000U);
  EXPECT_EQ(kept, pool.get({CpuId(7)}));
}

}  // namespace
}  // namespace pinfold
