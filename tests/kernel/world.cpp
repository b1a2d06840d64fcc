#include "kernel/world.h"

#include <sched.h>

#include <chrono>
#include <vector>

#include "kernel/guarded_buffer.h"
#include "kernel/layout.h"

namespace pinfold::test {

World& WorldTest::world() {
  static const std::unique_ptr<World> the_world = make_world();
  return *the_world;
}

WorldTest::WorldTest() { set_mask(Tid(), machine().usable); }

WorldTest::~WorldTest() { set_mask(Tid(), machine().usable); }

CpuSet WorldTest::mask_of(Tid tid) {
  const GuardedBuffer buffer(machine().mask_bytes);
  const long result = world().abi().get_affinity(tid.value(), machine().mask_bytes, buffer.user());
  EXPECT_GT(result, 0) << "sched_getaffinity of " << tid.value();
  return result < 0 ? CpuSet() : from_bytes(buffer.bytes());
}

long WorldTest::set_mask(Tid tid, const CpuSet& cpus) {
  const GuardedBuffer mask(to_bytes(cpus, machine().mask_bytes), Access::read);
  return world().abi().set_affinity(tid.value(), machine().mask_bytes, mask.user());
}

bool WorldTest::asleep(Tid tid) {
  return eventually([&] {
    const auto task = kernel().task(tid);
    return task && task->state == 'S';
  });
}

bool eventually(const std::function<bool()>& condition) {
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > patience) return false;
    ::sched_yield();
  }
  return true;
}

}  // namespace pinfold::test
