// sched_setaffinity(2) of man-pages 5.11 on the C library, on the size of masks, and CPU_SET(3).
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <sched.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <memory>
#include <set>
#include <vector>

#include <pinfold/cpu_list.h>
#include <pinfold/pin.h>

#include "claims/claims.h"
#include "kernel/affinity_io.h"
#include "linux/abi.h"

namespace pinfold::test {
namespace {

TEST_F(Claims, M17_RawGetReturnsTheSmallerOfCpusetsizeAndTheKernelsMask) {
  const std::size_t kernel = kernel_mask_bytes();
  std::vector<unsigned char> mask(4 * kernel + 1024);
  const std::size_t word = sizeof(CpuSet::Word);
  for (std::size_t bytes = shortest_mask_bytes(); bytes <= mask.size() - word; bytes += word) {
    std::ranges::fill(mask, 0xaa);
    const std::size_t written = std::min(bytes, kernel);
    ASSERT_EQ(raw_get(0, bytes, mask.data()), static_cast<long>(written)) << bytes;
    ASSERT_EQ(mask[written], 0xaa) << "more was written than returned, at " << bytes;
  }
}

TEST_F(Claims, M17_TheLibraryCallReturnsZeroAndClearsTheRest) {
  std::vector<unsigned char> mask(kernel_mask_bytes() + 1024, 0xaa);
  auto* set = reinterpret_cast<cpu_set_t*>(mask.data());
  ASSERT_EQ(::sched_getaffinity(0, mask.size(), set), 0);
  EXPECT_EQ(CPU_COUNT_S(mask.size(), set), static_cast<int>(own.count()));
}

// A kernel whose mask has 2,048 bits, as possible_cpus=2048 makes one on any machine.
class LargeKernel final : public Abi {
 public:
  static constexpr std::size_t mask_bytes = 256;

  long set_affinity(long, unsigned long length, UserBuffer mask) override {
    set_lengths.push_back(length);
    bytes_ = {};
    std::memcpy(bytes_.data(), mask.address, std::min<std::size_t>(length, mask_bytes));
    return 0;
  }
  long get_affinity(long, unsigned long length, UserBuffer mask) override {
    get_lengths.push_back(length);
    if (length < mask_bytes || length % sizeof(long) != 0) return -EINVAL;
    std::memcpy(mask.address, bytes_.data(), mask_bytes);
    return mask_bytes;
  }

  std::vector<unsigned long> get_lengths;
  std::vector<unsigned long> set_lengths;

 private:
  std::array<unsigned char, mask_bytes> bytes_{};
};

TEST_F(Claims, M19_CpuSetTHas128BytesAndItsHighestCpuIs1023) {
  EXPECT_EQ(sizeof(cpu_set_t), 128U);
  EXPECT_EQ(CPU_SETSIZE, 1024);
  cpu_set_t fixed;
  CPU_ZERO(&fixed);
  CPU_SET(1023, &fixed);
  CPU_SET(1024, &fixed);
  CPU_SET(1500, &fixed);
  EXPECT_EQ(CPU_COUNT(&fixed), 1);  // and nothing said so

  LargeKernel kernel;
  EXPECT_EQ(kernel.get_affinity(0, sizeof fixed, {.address = &fixed}), -EINVAL);
}

TEST_F(Claims, M20_LargerMasksAreProbedWithGrowingSizesOnce) {
  LargeKernel kernel;
  AffinityIo io(kernel);
  const CpuSet wanted = cpus("3,1024,1500,2047");
  ASSERT_TRUE(io.set(Tid(), wanted));
  EXPECT_EQ(kernel.set_lengths, std::vector<unsigned long>{LargeKernel::mask_bytes});
  const auto first = io.get(Tid());
  ASSERT_TRUE(first);
  EXPECT_EQ(*first, wanted);
  EXPECT_EQ(kernel.get_lengths, (std::vector<unsigned long>{128, 256}));

  kernel.get_lengths.clear();
  ASSERT_TRUE(io.get(Tid()));
  EXPECT_EQ(kernel.get_lengths, std::vector<unsigned long>{256});
}

TEST_F(Claims, M20_ProbingThisKernelFindsTheShortestMaskThatItTakes) {
  std::size_t bytes = sizeof(CpuSet::Word);
  std::vector<CpuSet::Word> mask(1);
  while (raw_get(0, bytes, mask.data()) == -EINVAL) {
    bytes *= 2;
    mask.resize(bytes / sizeof(CpuSet::Word));
  }
  EXPECT_GE(bytes, shortest_mask_bytes());
  EXPECT_LT(bytes / 2, shortest_mask_bytes());
  EXPECT_EQ(CpuSet::from_words(mask), own);
}

struct CpuSetFree {
  void operator()(cpu_set_t* set) const { CPU_FREE(set); }
};
using Allocated = std::unique_ptr<cpu_set_t, CpuSetFree>;

TEST_F(Claims, M21_TheKernelSetsBitsBeyondThoseAllocated) {
  // The fewest CPUs that still make as many words as this kernel needs.
  const std::size_t requested =
      (shortest_mask_bytes() / sizeof(CpuSet::Word) - 1) * CpuSet::word_bits + 1;
  if (own.last()->value() < requested) {
    GTEST_SKIP() << "needs a CPU of at least number " << requested;
  }
  const Allocated set(CPU_ALLOC(requested));
  const std::size_t bytes = CPU_ALLOC_SIZE(requested);
  ASSERT_EQ(::sched_getaffinity(0, bytes, set.get()), 0);
  EXPECT_TRUE(CPU_ISSET_S(own.last()->value(), bytes, set.get()));
  EXPECT_EQ(CPU_COUNT_S(bytes, set.get()), static_cast<int>(own.count()));
  std::size_t among_requested = 0;
  for (std::size_t cpu = 0; cpu < requested; ++cpu) {
    among_requested += CPU_ISSET_S(cpu, bytes, set.get()) ? 1U : 0U;
  }
  EXPECT_LT(among_requested, own.count());
}

constexpr unsigned many_cpus = 5000;

// CPU_SET(3) next to CpuSet, on the same random CPUs.
struct Both {
  Both() : macros(CPU_ALLOC(many_cpus)) { CPU_ZERO_S(bytes, macros.get()); }
  explicit Both(const std::set<unsigned>& cpus) : Both() {
    for (const unsigned cpu : cpus) {
      CPU_SET_S(cpu, bytes, macros.get());
      ours.add(CpuId(cpu));
    }
  }
  [[nodiscard]] bool same() const {
    for (unsigned cpu = 0; cpu < many_cpus; ++cpu) {
      if ((CPU_ISSET_S(cpu, bytes, macros.get()) != 0) != ours.contains(CpuId(cpu))) return false;
    }
    return static_cast<std::size_t>(CPU_COUNT_S(bytes, macros.get())) == ours.count();
  }

  static constexpr std::size_t bytes = CPU_ALLOC_SIZE(many_cpus);
  Allocated macros;
  CpuSet ours;
};

rc::Gen<std::set<unsigned>> any_cpus() {
  return rc::gen::container<std::set<unsigned>>(rc::gen::inRange(0U, many_cpus));
}

TEST_F(Claims, M22_CpuSetHasEveryOperationOfCpuSet3ForAnyNumberOfCpus) {
  EXPECT_TRUE(rc::check("CPU_SET, CPU_ISSET, CPU_COUNT, CPU_CLR, CPU_ZERO", [] {
    Both set(*any_cpus());
    RC_ASSERT(set.same());
    const unsigned cpu = *rc::gen::inRange(0U, many_cpus);
    CPU_CLR_S(cpu, Both::bytes, set.macros.get());
    set.ours.remove(CpuId(cpu));
    RC_ASSERT(set.same());
    CPU_ZERO_S(Both::bytes, set.macros.get());
    set.ours.clear();
    RC_ASSERT(set.same());
  }));
  EXPECT_TRUE(rc::check("CPU_AND, CPU_OR, CPU_XOR, CPU_EQUAL", [] {
    const Both x(*any_cpus());
    const Both y(*any_cpus());
    Both result;
    CPU_AND_S(Both::bytes, result.macros.get(), x.macros.get(), y.macros.get());
    result.ours = x.ours & y.ours;
    RC_ASSERT(result.same());
    CPU_OR_S(Both::bytes, result.macros.get(), x.macros.get(), y.macros.get());
    result.ours = x.ours | y.ours;
    RC_ASSERT(result.same());
    CPU_XOR_S(Both::bytes, result.macros.get(), x.macros.get(), y.macros.get());
    result.ours = x.ours ^ y.ours;
    RC_ASSERT(result.same());
    RC_ASSERT((CPU_EQUAL_S(Both::bytes, x.macros.get(), y.macros.get()) != 0) ==
              (x.ours == y.ours));
  }));
}

TEST_F(Claims, M22_TheKernelTakesACpuSetOfAnySize) {
  // What a cpu_set_t drops in silence, a CpuSet hands on: here the kernel drops it.
  CpuSet wide = only(a);
  wide.add(CpuId(many_cpus));
  EXPECT_EQ(raw_set(0, wide), 0);
  EXPECT_EQ(mask_of(0), only(a));
}

TEST_F(Claims, M27_TheKernelsMaskIsLargerThanTheNumberOfActiveCpus) {
  const std::size_t bits = kernel_mask_bytes() * CHAR_BIT;
  const std::size_t active = system_cpus("online").count();
  EXPECT_GE(bits, absent_cpu().value());
  if (bits == active) GTEST_SKIP() << "this machine has a CPU for each of its " << bits << " bits";
  EXPECT_GT(bits, active);
  // The count is not the size.
  EXPECT_EQ(affinity(this_thread())->effective.count(), own.count());
}

}  // namespace
}  // namespace pinfold::test
