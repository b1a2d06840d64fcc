#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <utility>

#include <pinfold/cpu_list.h>
#include <pinfold/cpu_set.h>

namespace {
thread_local std::size_t allocations = 0;

void* allocate(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace pinfold {
namespace {

template <class Action>
std::size_t allocations_of(Action action) {
  const std::size_t before = allocations;
  action();
  return allocations - before;
}

TEST(CpuSetAllocation, NoneUpTo1024Cpus) {
  const CpuSet all = CpuSet::range(CpuId(0), CpuId(1023));
  const CpuSet odd = CpuSet::range(CpuId(1), CpuId(1023), 2);
  EXPECT_EQ(allocations_of([&] {
              CpuSet set;
              set.add(CpuId(1023));
              set.add_range(CpuId(0), CpuId(1023));
              set.remove(CpuId(5));
              set &= odd;
              set |= all;
              set ^= odd;
              set -= odd;
              CpuSet copy = set;
              copy = (all & odd) | ((all - odd) ^ odd);
              CpuSet moved = std::move(copy);
              moved = CpuSet::from_words(all.words());
              moved = CpuSet::range(CpuId(0), CpuId(1023), 3);
              EXPECT_TRUE(all.contains(moved) && all.intersects(odd));
              EXPECT_EQ(moved.count(), 342U);
            }),
            0U);
}

TEST(CpuSetAllocation, NoneWhenAListUpTo1024CpusIsRead) {
  const CpuSet possible = CpuSet::range(CpuId(0), CpuId(1023));
  for (const char* list : {"0-3,8", "0-1023", "0-1023:2/4", "0xff00ff", "all", "0-N"}) {
    EXPECT_EQ(allocations_of([&] { EXPECT_TRUE(parse_cpu_list(list, possible).has_value()); }), 0U)
        << list;
  }
}

// The counter counts, so the two above can fail.
TEST(CpuSetAllocation, OneForALargerSet) {
  EXPECT_EQ(allocations_of([] {
              CpuSet set;
              set.add(CpuId(1024));
            }),
            1U);
}

}  // namespace
}  // namespace pinfold
