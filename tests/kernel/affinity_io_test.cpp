// AffinityIo on kernels with other masks than this one's.
#include "kernel/affinity_io.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "support/program.h"

namespace pinfold::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A kernel with one task.
class OneTask final : public Abi {
 public:
  OneTask(unsigned cpu_ids, std::size_t mask_bytes) : cpu_ids_(cpu_ids), mask_(mask_bytes) {}

  long set_affinity(long, unsigned long length, UserBuffer user) override {
    set_lengths.push_back(length);
    if (refusal != 0) return -refusal;
    const std::size_t read = std::min<std::size_t>(length, mask_.size());
    if (user.readable < read) return -EFAULT;
    std::ranges::fill(mask_, 0);
    std::memcpy(mask_.data(), user.address, read);
    return 0;
  }

  long get_affinity(long, unsigned long length, UserBuffer user) override {
    get_lengths.push_back(length);
    if (refusal != 0) return -refusal;
    if (length * 8 < cpu_ids_ || length % sizeof(CpuSet::Word) != 0) return -EINVAL;
    const std::size_t written = std::min<std::size_t>(length, mask_.size());
    if (user.writable < written) return -EFAULT;
    std::memcpy(user.address, mask_.data(), written);
    return static_cast<long>(written);
  }

  std::vector<unsigned long> get_lengths;
  std::vector<unsigned long> set_lengths;
  int refusal = 0;

 private:
  unsigned cpu_ids_;
  std::vector<unsigned char> mask_;
};

TEST(AffinityIo, AsksOnceWhereTheMaskIsThatOfTheCLibrary) {
  OneTask abi(1024, 128);
  AffinityIo io(abi);
  ASSERT_TRUE(io.set(Tid(), cpus("0,1023")));
  EXPECT_EQ(io.get(Tid()).value(), cpus("0,1023"));
  EXPECT_THAT(abi.get_lengths, ElementsAre(128));
}

TEST(AffinityIo, FindsTheSizeOf2048CpusOnceAndRemembersIt) {
  OneTask abi(2048, 256);
  AffinityIo io(abi);
  ASSERT_TRUE(io.set(Tid(), cpus("3,1500,2047")));
  EXPECT_EQ(io.get(Tid()).value(), cpus("3,1500,2047"));
  EXPECT_THAT(abi.get_lengths, ElementsAre(128, 256));
  EXPECT_EQ(io.get(Tid()).value(), cpus("3,1500,2047"));
  EXPECT_THAT(abi.get_lengths, ElementsAre(128, 256, 256));
}

TEST(AffinityIo, FindsTheSizeOf8192CpusOnceAndRemembersIt) {
  OneTask abi(8192, 1024);
  AffinityIo io(abi);
  ASSERT_TRUE(io.set(Tid(), cpus("0-8191")));
  EXPECT_EQ(io.get(Tid()).value(), cpus("0-8191"));
  EXPECT_EQ(io.get(Tid()).value(), cpus("0-8191"));
  EXPECT_THAT(abi.get_lengths, ElementsAre(128, 256, 512, 1024, 1024));
}

TEST(AffinityIo, MaskLargerThanTheMachineIsReadAsItComes) {
  OneTask abi(2, 32);
  AffinityIo io(abi);
  ASSERT_TRUE(io.set(Tid(), cpus("1")));
  EXPECT_EQ(io.get(Tid()).value(), cpus("1"));
}

TEST(AffinityIo, EmptyMaskIsHandedToTheKernel) {
  OneTask abi(2, 32);
  AffinityIo io(abi);
  ASSERT_TRUE(io.set(Tid(), cpus("1")));
  ASSERT_TRUE(io.set(Tid(), {}));
  EXPECT_EQ(io.get(Tid()).value(), CpuSet());
  EXPECT_THAT(abi.set_lengths, ElementsAre(sizeof(CpuSet::Word), sizeof(CpuSet::Word)));
}

TEST(AffinityIo, EinvalForEverIsAnErrorAndNoLoop) {
  OneTask abi(1024, 128);
  abi.refusal = EINVAL;
  AffinityIo io(abi);
  const auto result = io.get(Tid());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::system);
  EXPECT_EQ(result.error().number, EINVAL);
  EXPECT_LT(abi.get_lengths.size(), 20U);
  EXPECT_TRUE(std::ranges::is_sorted(abi.get_lengths));
}

TEST(AffinityIo, SizesThatFailedAreNotRemembered) {
  OneTask abi(1024, 128);
  AffinityIo io(abi);
  abi.refusal = EINVAL;
  ASSERT_FALSE(io.get(Tid()));
  abi.refusal = 0;
  abi.get_lengths.clear();
  ASSERT_TRUE(io.get(Tid()));
  EXPECT_THAT(abi.get_lengths, ElementsAre(128));
}

TEST(AffinityIo, OtherErrorsAreNotTakenForAShortMask) {
  OneTask abi(8192, 1024);
  abi.refusal = ESRCH;
  AffinityIo io(abi);
  const auto result = io.get(Tid(4711));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().number, ESRCH);
  EXPECT_THAT(abi.get_lengths, ElementsAre(128));
}

TEST(AffinityIo, RefusalOfASetIsTheKernelsErrno) {
  OneTask abi(2, 32);
  abi.refusal = EPERM;
  AffinityIo io(abi);
  const auto result = io.set(Tid(), cpus("0"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::system);
  EXPECT_EQ(result.error().number, EPERM);
  EXPECT_EQ(abi.set_lengths.size(), 1U);
  EXPECT_THAT(abi.get_lengths, IsEmpty());
}

}  // namespace
}  // namespace pinfold::test
