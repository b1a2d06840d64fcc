// What sched_setattr(2) takes, for a thread that shall be SCHED_DEADLINE. No header of the C
// library that these tests are built with has it.
#pragma once

#include <cstdint>

namespace pinfold::test {

struct DeadlineAttributes {
  std::uint32_t size = sizeof(DeadlineAttributes);
  std::uint32_t policy = 6;  // SCHED_DEADLINE
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime = 10'000'000;  ///< nanoseconds of each period
  std::uint64_t deadline = 100'000'000;
  std::uint64_t period = 100'000'000;
};
static_assert(sizeof(DeadlineAttributes) == 48);

}  // namespace pinfold::test
