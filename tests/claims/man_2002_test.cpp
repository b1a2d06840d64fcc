// The first manual page, of November 2002 (Linux 2.5.8).
#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <vector>

#include <pinfold/pin.h>

#include "claims/claims.h"
#include "host/host.h"
#include "kernel/limits.h"

namespace pinfold::test {
namespace {

TEST_F(Claims, O01_BitsOfUnsignedLongCountCpusFromTheLeastSignificant) {
  bool any = false;
  for (const CpuId cpu : own) {
    if (cpu.value() >= CpuSet::word_bits) break;
    any = true;
    const unsigned long word = 1UL << cpu.value();
    ASSERT_EQ(raw_set(0, sizeof word, &word), 0);
    EXPECT_EQ(::sched_getcpu(), static_cast<int>(cpu.value()));
  }
  if (!any) GTEST_SKIP() << "this process has no CPU of the first word";
}

// "Usually, all bits in the mask are set": today these are the bits of CPUs that are online and
// that the cpuset allows, and no others.
TEST_F(Claims, O03_AThreadThatAskedForEverythingHasAllCpusThatItsCpusetAllows) {
  std::vector<unsigned char> all(kernel_mask_bytes(), 0xff);
  ASSERT_EQ(raw_set(0, all.size(), all.data()), 0);
  const auto limits = read_limits(host_kernel(), Tid());
  ASSERT_TRUE(limits);
  EXPECT_EQ(mask_of(0), limits->usable());
}

TEST_F(Claims, O04_NoCpuThatIsPhysicallyThereIsEinval) {
  EXPECT_EQ(raw_set(0, only(absent_cpu())), -EINVAL);
}

// Out of date for set: since 2.6.9 what is missing counts as no CPUs.
TEST_F(Claims, O04_TooShortIsEinvalForGetAndNoLongerForSet) {
  unsigned char byte = 0;
  EXPECT_EQ(raw_get(0, sizeof byte, &byte), -EINVAL);
  if (a.value() >= CHAR_BIT) GTEST_SKIP() << "set: needs a CPU among the first eight";
  byte = static_cast<unsigned char>(1U << a.value());
  EXPECT_EQ(raw_set(0, sizeof byte, &byte), 0);
}

TEST_F(Claims, O05_BothCallsAnswerEfaultAndEsrch) {
  const std::size_t bytes = kernel_mask_bytes();
  std::vector<unsigned char> mask(bytes);
  EXPECT_EQ(raw_set(0, bytes, nullptr), -EFAULT);
  EXPECT_EQ(raw_get(0, bytes, nullptr), -EFAULT);
  EXPECT_EQ(raw_set(INT_MAX, own), -ESRCH);
  EXPECT_EQ(raw_get(INT_MAX, bytes, mask.data()), -ESRCH);
}

// "return 0" is the library's: the kernel's get returns a length.
TEST_F(Claims, O05_BothLibraryCallsReturnZero) {
  std::vector<unsigned long> mask(kernel_mask_bytes() / sizeof(unsigned long));
  auto* set = reinterpret_cast<cpu_set_t*>(mask.data());
  const std::size_t bytes = mask.size() * sizeof(unsigned long);
  EXPECT_EQ(::sched_getaffinity(0, bytes, set), 0);
  EXPECT_EQ(::sched_setaffinity(0, bytes, set), 0);
  EXPECT_EQ(raw_get(0, bytes, mask.data()), static_cast<long>(bytes));
}

// Out of date for get: it asks for no permission.
TEST_F(Claims, O05_GetOfAnotherUsersThreadNeedsNoPermission) {
  constexpr uid_t nobody = 65534;
  const auto ask = [] { return mask_of(1).empty() ? 1 : 0; };
  const int result = ::geteuid() == 0 ? in_child_of_user(nobody, ask) : in_child(ask);
  if (result == -1) GTEST_SKIP() << "root cannot become another user in this container";
  EXPECT_EQ(result, 0);
}

TEST_F(Claims, O05_ProcessMeansOneThread) {
  if (lonely) GTEST_SKIP() << needs_two_cpus;
  const Sleeper other;
  ASSERT_EQ(raw_set(::getpid(), only(b)), 0);
  EXPECT_EQ(mask_of(other.tid()), own);
}

// "the most significant bit corresponds to the last logical processor": the highest bit that is
// ever set does; those above it are zero.
TEST_F(Claims, O05_TheHighestBitSetIsTheLastCpu) {
  std::vector<unsigned char> all(kernel_mask_bytes(), 0xff);
  ASSERT_EQ(raw_set(0, all.size(), all.data()), 0);
  const CpuSet mask = mask_of(0);
  ASSERT_FALSE(mask.empty());
  EXPECT_LE(*mask.last(), *system_cpus("online").last());
  ASSERT_EQ(raw_set(0, only(*mask.last())), 0);
  EXPECT_EQ(::sched_getcpu(), static_cast<int>(mask.last()->value()));
}

}  // namespace
}  // namespace pinfold::test
