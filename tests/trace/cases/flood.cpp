// flood CALLS [NAME [same]]: sets its own mask CALLS times, as fast as it can, to one CPU and to
// two in turn, or always to one; the last time to one. Prints "caller TID CPU NANOSECONDS": of all
// calls together.
#include <sys/prctl.h>

#include <chrono>

#include "case.h"

int main(int count, char** words) {
  const long calls = std::atol(words[1]);
  if (count > 2) ::prctl(PR_SET_NAME, words[2]);
  const auto [a, b] = cases::two_cpus();
  if (b >= 64) return 77;
  const std::uint64_t one = cases::bit(a);
  const std::uint64_t masks[] = {one, count > 3 ? one : one | cases::bit(b)};
  const auto begin = std::chrono::steady_clock::now();
  for (long left = calls - 1; left >= 0; --left)
    cases::set_mask(0, sizeof masks[0], &masks[left % 2]);
  const std::chrono::nanoseconds time = std::chrono::steady_clock::now() - begin;
  std::printf("caller %d %u %lld\n", cases::own_tid(), a, static_cast<long long>(time.count()));
}
