// What no document says: a SCHED_DEADLINE thread's mask must hold its whole root domain.
#include "support/deadline.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>

#include <pinfold/pin.h>

#include "claims/claims.h"

namespace pinfold::test {
namespace {

// 0 when the calling thread now has 10 ms of every 100 ms; else the errno.
int become_deadline_thread() {
  const DeadlineAttributes attributes;
  return ::syscall(SYS_sched_setattr, 0, &attributes, 0) == 0 ? 0 : errno;
}

TEST_F(Claims, A02_ADeadlineThreadIsMinusEbusy) {
  if (lonely) GTEST_SKIP() << needs_two_cpus;
  const CpuSet::Word none = 0;
  int refused = -1;
  long narrower = 0;
  long empty = 0;
  std::optional<Result<Placement>> pinned;
  std::jthread([&] {
    refused = become_deadline_thread();
    if (refused != 0) return;
    narrower = raw_set(0, only(a));
    empty = raw_set(0, sizeof none, &none);
    pinned = pin(this_thread(), only(a));
  }).join();
  if (refused != 0) GTEST_SKIP() << "no SCHED_DEADLINE here: " << std::strerror(refused);
  EXPECT_EQ(narrower, -EBUSY);
  EXPECT_EQ(empty, -EBUSY);
  ASSERT_FALSE(*pinned);
  EXPECT_EQ(pinned->error().kind, ErrorKind::deadline);
}

}  // namespace
}  // namespace pinfold::test
