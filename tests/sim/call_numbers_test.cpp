#include "sim/call_numbers.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <algorithm>
#include <map>

namespace pinfold::sim {
namespace {

// What the C library's headers say of our own architecture.
const std::map<CallKind, int> own = {
    {CallKind::set_affinity, SYS_sched_setaffinity},
    {CallKind::get_affinity, SYS_sched_getaffinity},
    {CallKind::get_cpu, SYS_getcpu},
#ifdef SYS_open
    {CallKind::open, SYS_open},
#endif
    {CallKind::open_at, SYS_openat},
    {CallKind::open_at2, SYS_openat2},
    {CallKind::set_scheduler_attributes, SYS_sched_setattr},
    {CallKind::set_memory_policy, SYS_set_mempolicy},
    {CallKind::get_memory_policy, SYS_get_mempolicy},
    {CallKind::bind_memory, SYS_mbind},
    {CallKind::trace, SYS_ptrace},
    {CallKind::set_up_io_uring, SYS_io_uring_setup},
    {CallKind::register_rseq, SYS_rseq},
};

TEST(CallNumbers, AreThoseOfTheHeaders) {
  if (call_tables().empty()) GTEST_SKIP() << "no calls are answered on this architecture";
  const auto calls = call_tables().front().calls;
  EXPECT_EQ(calls.size(), own.size());
  for (const CallNumber& call : calls)
    EXPECT_EQ(call.number, own.at(call.kind)) << static_cast<int>(call.kind);
}

TEST(CallNumbers, Of32BitProgramsStandBesideThem) {
  if (call_tables().empty()) GTEST_SKIP() << "no calls are answered on this architecture";
  ASSERT_EQ(call_tables().size(), 2U);
  EXPECT_FALSE(call_tables()[0].words_of_32_bits);
  EXPECT_TRUE(call_tables()[1].words_of_32_bits);
  for (const CallTable& table : call_tables()) {
    std::map<int, int> times;
    for (const CallNumber& call : table.calls)
      EXPECT_EQ(++times[call.number], 1) << call.number;
  }
}

}  // namespace
}  // namespace pinfold::sim
