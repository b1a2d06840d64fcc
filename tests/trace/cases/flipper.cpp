// flipper CALLS: sets its own mask CALLS times while another thread changes what it asks for, and
// reads after each call what it has got: nobody else sets it. The length of call N is
// first_length + N. Prints "caller TID", and "truth MASKS": a digit for each call, the sum of 1 for
// the first CPU and 2 for the second.
#include <atomic>
#include <string>
#include <thread>

#include "case.h"

int main(int, char** words) {
  const int calls = std::atoi(words[1]);
  const auto [a, b] = cases::two_cpus();
  if (b >= 64) return 77;
  const std::uint64_t one = cases::bit(a);
  const std::uint64_t both = cases::bit(a) | cases::bit(b);
  const cases::Guarded memory(cases::first_length + static_cast<std::size_t>(calls));
  auto* const first = memory.last(cases::first_length + static_cast<std::size_t>(calls));
  auto* const asked = new (first) std::atomic<std::uint64_t>(both);

  std::atomic<bool> flipping = false;
  std::atomic<bool> done = false;
  std::thread flipper([&] {
    cases::stay_on(cases::bit(b));
    flipping = true;
    while (!done) {
      for (const std::uint64_t mask : {one, both}) {
        for (int i = 0; i < 50; ++i)
          asked->store(mask, std::memory_order_relaxed);
      }
    }
  });
  while (!flipping)
    ::sched_yield();
  std::string truth;
  for (int call = 0; call < calls; ++call) {
    cases::set_mask(0, cases::first_length + static_cast<std::size_t>(call), first);
    std::uint64_t got[128] = {};
    ::syscall(SYS_sched_getaffinity, 0, sizeof got, &got[0]);
    truth += static_cast<char>('0' + (got[0] >> a & 1U) + 2 * (got[0] >> b & 1U));
  }
  done = true;
  flipper.join();
  std::printf("caller %d\ntruth %s\n", cases::own_tid(), truth.c_str());
}
