// The i386 system calls 241 and 242, on the model: masks of 32-bit words.
#include <gtest/gtest.h>

#include <cerrno>
#include <climits>

#include "claims/model_claims.h"

namespace pinfold::test {
namespace {

TEST_F(ModelClaims, A01_TheMaskIsOf32BitWords) {
  boot("core:64 pu:1");
  ASSERT_EQ(set32(0, 8, {0x0000'0000, 0x0000'0001}), 0);
  EXPECT_EQ(mask_of(caller()), cpus("32"));
  EXPECT_EQ(get32(0, 8), 8);
  EXPECT_EQ(answer(), cpus("32"));
}

TEST_F(ModelClaims, A02_EaxIsZeroOrANegativeErrno) {
  model::ModelAbi abi(session(), model::Layout::words_of_32_bits);
  EXPECT_EQ(set32(0, 4, {1}), 0);
  EXPECT_EQ(abi.set_affinity(0, 4, {}), -EFAULT);
  EXPECT_EQ(set32(0, 4, {0}), -EINVAL);
  EXPECT_EQ(set32(INT_MAX, 4, {1}), -ESRCH);
  EXPECT_EQ(set32(process_of(1002).number, 4, {1}), -EPERM);
}

TEST_F(ModelClaims, A02_ADeadlineThreadIsMinusEbusy) {
  call_as(system().init());
  model::Task& task = fork();
  ASSERT_EQ(system().become_deadline(task), 0);
  EXPECT_EQ(set32(task.number, 4, {1}), -EBUSY);
  EXPECT_EQ(set32(task.number, 4, {0}), -EBUSY);
  EXPECT_EQ(set32(task.number, 4, {0xf}), 0);
}

TEST_F(ModelClaims, A03_TheMaskIsAThreadsOwn) {
  model::Task& other = thread();
  ASSERT_EQ(set32(other.number, 4, {2}), 0);
  EXPECT_EQ(mask_of(other), cpus("1"));
  EXPECT_EQ(mask_of(caller()), cpus("0-3"));
}

TEST_F(ModelClaims, A04_ForkInheritsAndExecveKeepsTheMask) {
  ASSERT_EQ(set32(0, 4, {4}), 0);
  model::Task& child = fork();
  EXPECT_EQ(mask_of(child), cpus("2"));
  system().exec(child, std::make_shared<const model::Program>(
                           model::Program{.path = "/bin/true", .file = {1, 2}, .is_32_bit = true}));
  EXPECT_EQ(mask_of(child), cpus("2"));
}

TEST_F(ModelClaims, A05_AShortMaskIsGoodForSetAndNotForGet) {
  EXPECT_EQ(set32(0, 1, {2}), 0);
  EXPECT_EQ(mask_of(caller()), cpus("1"));
  EXPECT_EQ(get32(0, 4), 4);
  for (const std::size_t length : {std::size_t{1}, std::size_t{5}, std::size_t{6}})
    EXPECT_EQ(get32(0, length), -EINVAL);
  boot("core:64 pu:1");
  EXPECT_EQ(get32(0, 4), -EINVAL);
}

TEST_F(ModelClaims, A06_EbxZeroIsTheCallerAndATaskOutsideOfTheMaskIsMigrated) {
  model::Task& busy = thread();
  system().wake(busy);
  ASSERT_EQ(set32(busy.number, 4, {8}), 0);
  EXPECT_EQ(busy.cpu, 3U);
  ASSERT_EQ(set32(0, 4, {4}), 0);
  EXPECT_EQ(mask_of(caller()), cpus("2"));
}

}  // namespace
}  // namespace pinfold::test
