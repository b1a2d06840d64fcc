// What programs that go through the C library see.
#include <gtest/gtest.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <vector>

#include "kernel/layout.h"
#include "kernel/world.h"

namespace pinfold::test {
namespace {

// CPU sets of any length, as the C library takes them.
class LibcMask {
 public:
  explicit LibcMask(std::size_t length, unsigned char fill = 0) : words_((length + 15) / 8) {
    std::fill_n(bytes(), words_.size() * 8, fill);
  }
  LibcMask(const CpuSet& cpus, std::size_t length) : LibcMask(length) {
    std::ranges::copy(to_bytes(cpus, length), bytes());
  }
  unsigned char* bytes() { return reinterpret_cast<unsigned char*>(words_.data()); }
  cpu_set_t* set() { return reinterpret_cast<cpu_set_t*>(words_.data()); }

 private:
  std::vector<std::uint64_t> words_;
};

int errno_of(int result) { return result == 0 ? 0 : errno; }

class Glibc : public WorldTest {
 protected:
  void SetUp() override {
    if (machine().cpu_ids > CPU_SETSIZE) {
      GTEST_SKIP() << "cpu_set_t has no room for the CPUs of this machine";
    }
  }
};

TEST_F(Glibc, GetReturnsNoughtAndFillsTheRestWithNoughts) {
  for (const std::size_t length : {sizeof(cpu_set_t), std::size_t{4096}}) {
    LibcMask mask(length + 1, 0xAA);
    EXPECT_EQ(sched_getaffinity(0, length, mask.set()), 0);
    EXPECT_EQ(from_bytes({mask.bytes(), length}), machine().usable);
    EXPECT_EQ(mask.bytes()[length], 0xAA) << "the byte behind the set was written";
  }
}

TEST_F(Glibc, GetTakesTheLeastLength) {
  const std::size_t least = least_length(machine(), Layout::native);
  LibcMask mask(least + 1, 0xAA);
  EXPECT_EQ(sched_getaffinity(0, least, mask.set()), 0);
  EXPECT_EQ(mask.bytes()[least], 0xAA);
}

TEST_F(Glibc, GetRefusesLengthsThatTheKernelRefuses) {
  LibcMask mask(4096);
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{4}, std::size_t{13}, std::size_t{1} << 31, SIZE_MAX}) {
    EXPECT_EQ(errno_of(sched_getaffinity(0, length, mask.set())), EINVAL) << length;
  }
}

TEST_F(Glibc, SetAnswersForTheLastCpuOfTheSet) {
  if (machine().possible.contains(CpuId(1023))) GTEST_SKIP() << "this machine has a CPU 1023";
  EXPECT_EQ(errno_of(sched_setaffinity(0, 128, LibcMask({CpuId(1023)}, 128).set())), EINVAL);
  EXPECT_EQ(sched_setaffinity(0, 128, LibcMask(first() | CpuSet{CpuId(1023)}, 128).set()), 0);
  EXPECT_EQ(mask_of(Tid()), first());
}

TEST_F(Glibc, PthreadCallsReturnTheErrorAndLeaveErrno) {
  LibcMask mask(128);
  errno = 0;
  EXPECT_EQ(pthread_setaffinity_np(pthread_self(), 128, mask.set()), EINVAL);
  EXPECT_EQ(pthread_getaffinity_np(pthread_self(), 0, mask.set()), EINVAL);
  EXPECT_EQ(errno, 0);
  EXPECT_EQ(pthread_setaffinity_np(pthread_self(), 128, LibcMask(last(), 128).set()), 0);
  EXPECT_EQ(pthread_getaffinity_np(pthread_self(), 128, mask.set()), 0);
  EXPECT_EQ(from_bytes({mask.bytes(), 128}), last());
}

class GlibcAttributes : public Glibc {
 protected:
  GlibcAttributes() { pthread_attr_init(&attributes_); }
  ~GlibcAttributes() override { pthread_attr_destroy(&attributes_); }
  pthread_attr_t attributes_{};
};

TEST_F(GlibcAttributes, AreNotCheckedUntilAThreadIsMade) {
  if (machine().possible.contains(CpuId(1000))) GTEST_SKIP() << "this machine has a CPU 1000";
  ASSERT_EQ(pthread_attr_setaffinity_np(&attributes_, 128, LibcMask({CpuId(1000)}, 128).set()), 0);
  pthread_t thread{};
  EXPECT_EQ(pthread_create(
                &thread, &attributes_, [](void*) -> void* { return nullptr; }, nullptr),
            EINVAL);
}

TEST_F(GlibcAttributes, ThreadStartsOnTheirCpus) {
  ASSERT_EQ(pthread_attr_setaffinity_np(&attributes_, 128, LibcMask(last(), 128).set()), 0);
  pthread_t thread{};
  CpuSet seen;
  ASSERT_EQ(pthread_create(
                &thread, &attributes_,
                [](void* result) -> void* {
                  *static_cast<CpuSet*>(result) = mask_of(Tid());
                  return nullptr;
                },
                &seen),
            0);
  pthread_join(thread, nullptr);
  EXPECT_EQ(seen, last());
  EXPECT_EQ(mask_of(Tid()), machine().usable);
}

TEST_F(GlibcAttributes, DoNotFitIntoASetSmallerThanTheirHighestCpu) {
  LibcMask small(8);
  ASSERT_EQ(pthread_attr_setaffinity_np(&attributes_, 128, LibcMask({CpuId(64)}, 128).set()), 0);
  EXPECT_EQ(pthread_attr_getaffinity_np(&attributes_, 8, small.set()), EINVAL);
  ASSERT_EQ(pthread_attr_setaffinity_np(&attributes_, 128, LibcMask({CpuId(63)}, 128).set()), 0);
  EXPECT_EQ(pthread_attr_getaffinity_np(&attributes_, 8, small.set()), 0);
  EXPECT_EQ(from_bytes({small.bytes(), 8}), CpuSet{CpuId(63)});
}

TEST_F(Glibc, CpuSetBehind1023IsSilentlyNothing) {
  std::array<cpu_set_t, 2> sets;
  for (cpu_set_t& set : sets)
    CPU_ZERO(&set);
  volatile std::size_t cpu = 1500;
  CPU_SET(cpu, &sets[0]);
  EXPECT_EQ(CPU_COUNT(&sets[0]), 0);
  EXPECT_EQ(CPU_COUNT(&sets[1]), 0) << "the set behind it was written";
  EXPECT_FALSE(CPU_ISSET(cpu, &sets[0]));
}

TEST_F(Glibc, CallerIsOnItsNewCpuRightAfterTheSet) {
  for (int round = 0; round < 20; ++round) {
    const CpuSet cpu = round % 2 == 0 ? first() : last();
    ASSERT_EQ(sched_setaffinity(0, 128, LibcMask(cpu, 128).set()), 0);
    EXPECT_EQ(sched_getcpu(), static_cast<int>(cpu.first()->value()));
  }
}

TEST_F(Glibc, SysconfIgnoresTheMask) {
  const long before = sysconf(_SC_NPROCESSORS_ONLN);
  ASSERT_EQ(sched_setaffinity(0, 128, LibcMask(first(), 128).set()), 0);
  EXPECT_EQ(sysconf(_SC_NPROCESSORS_ONLN), before);
  EXPECT_EQ(before, static_cast<long>(machine().online.count()));
}

}  // namespace
}  // namespace pinfold::test
