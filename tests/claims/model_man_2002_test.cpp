// The first manual page, of November 2002, on a model of its kernel and of today's.
#include <gtest/gtest.h>

#include <cerrno>
#include <climits>

#include "claims/model_claims.h"

namespace pinfold::test {
namespace {

class ModelOf2002 : public ModelClaims {
 protected:
  ModelOf2002() { boot("core:4 pu:1", "2.5"); }
};

TEST_F(ModelOf2002, O01_BitsOfUnsignedLongCountCpusFromTheLeastSignificant) {
  model::ModelAbi abi(session());
  unsigned long word = 0b0101;
  EXPECT_EQ(abi.set_affinity(0, sizeof word, {.address = &word, .readable = 8, .writable = 8}), 0);
  EXPECT_EQ(mask_of(caller()), cpus("0,2"));
}

TEST_F(ModelOf2002, O02_TheMaskGivenMustBeAtLeastAsLargeAsTheKernels) {
  ASSERT_EQ(system().mask_bytes(), sizeof(unsigned long));
  for (const std::size_t length : {std::size_t{0}, std::size_t{1}, std::size_t{7}}) {
    EXPECT_EQ(set(0, length, cpus("0")), -EINVAL);
    EXPECT_EQ(get(0, length), -EINVAL);
  }
  EXPECT_EQ(set(0, 8, cpus("0")), 0);
  EXPECT_EQ(set(0, 64, cpus("0")), 0);
  EXPECT_EQ(get(0, 64), 8);
}

TEST_F(ModelOf2002, O03_UsuallyAllBitsAreSet) {
  EXPECT_EQ(mask_of(system().init()), cpus("0-3"));
  EXPECT_EQ(mask_of(fork()), cpus("0-3"));
}

TEST_F(ModelOf2002, O04_NoCpuThatIsPhysicallyThereIsEinvalWhoeverIsAskedFor) {
  EXPECT_EQ(set(0, cpus("4")), -EINVAL);
  EXPECT_EQ(set(INT_MAX, cpus("4")), -EINVAL);  // today ESRCH
  EXPECT_EQ(set(INT_MAX, cpus("0")), -ESRCH);
}

TEST_F(ModelOf2002, O04_WhatIsKeptAreTheCpusThatAreThere) {
  EXPECT_EQ(set(0, cpus("1,9")), 0);
  EXPECT_EQ(*caller().allowed, cpus("1"));
}

TEST_F(ModelOf2002, O05_ErrorsOfBothCalls) {
  model::ModelAbi abi(session());
  EXPECT_EQ(abi.set_affinity(0, 8, {}), -EFAULT);
  EXPECT_EQ(abi.get_affinity(0, 8, {}), -EFAULT);
  EXPECT_EQ(get(INT_MAX, 8), -ESRCH);
  model::Task& other = process_of(1002);
  EXPECT_EQ(set(other.number, cpus("0")), -EPERM);
  EXPECT_EQ(get(other.number, 8), 8);  // no permission is asked for, whatever the page says
}

TEST_F(ModelOf2002, O05_ProcessMeansOneThread) {
  model::Task& other = thread();
  ASSERT_EQ(set(caller().process->pid().value(), cpus("1")), 0);
  EXPECT_EQ(mask_of(other), cpus("0-3"));
}

TEST_F(ModelOf2002, O05_TheHighestBitSetIsTheLastCpu) {
  EXPECT_EQ(mask_of(system().init()).last(), CpuId(3));
}

}  // namespace
}  // namespace pinfold::test
