// overtaken MILLISECONDS: the worst that can be done to somebody who looks when a call ends. A
// thread asks for one CPU for a target that computes. As soon as another one sees the target's new
// mask, it writes the other CPU into the first one's memory, and sets that for the target as well:
// when the first call ends, its memory and the kernel agree on something that it did not ask for.
// The length of call N is first_length + N; a call with an even number asks for the first CPU, with
// an odd one for the second. Prints "caller TID", "target TID", "cpus FIRST SECOND", and
// "overtaken CALLS": how many calls found both at their end.
#include <atomic>
#include <chrono>
#include <thread>

#include "case.h"

namespace {

std::uint64_t mask_of(pid_t tid) {
  std::uint64_t got[128] = {};
  ::syscall(SYS_sched_getaffinity, tid, sizeof got, &got[0]);
  return got[0];
}

// What the threads tell each other: a call is due when `due` is one more than `made`.
struct Game {
  std::atomic<pid_t> target = 0;
  std::atomic<pid_t> caller = 0;
  std::atomic<std::size_t> due = 0;
  std::atomic<std::size_t> made = 0;
  std::atomic<bool> over = false;
  std::atomic<std::uint64_t>* asked = nullptr;
  std::size_t overtaken = 0;
};

void compute(Game& game) {
  game.target = cases::own_tid();
  while (!game.over)
    ::sched_yield();
}

void call(Game& game, std::uint64_t cpus, std::uint64_t both) {
  cases::stay_on(cpus);
  game.caller = cases::own_tid();
  for (std::size_t number = 0; !game.over; ++number) {
    while (game.due == number) {
      if (game.over) return;
    }
    const std::uint64_t asked = *game.asked;
    cases::set_mask(game.target, cases::first_length + number, game.asked);
    const std::uint64_t other = both & ~asked;
    if (*game.asked == other && mask_of(game.target) == other) ++game.overtaken;
    game.made = number + 1;
  }
}

}  // namespace

int main(int, char** words) {
  const auto end =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(std::atoi(words[1]));
  const auto [a, b] = cases::two_cpus();
  if (b >= 64) return 77;
  const std::uint64_t both = cases::bit(a) | cases::bit(b);
  constexpr std::size_t size = std::size_t{1} << 24U;
  const cases::Guarded memory(size);
  Game game;
  game.asked = new (memory.last(size)) std::atomic<std::uint64_t>(0);
  std::thread target([&] { compute(game); });
  std::thread caller([&] { call(game, cases::bit(a), both); });
  while (game.target == 0 || game.caller == 0)
    ::sched_yield();
  cases::stay_on(cases::bit(b));
  for (std::size_t number = 0; std::chrono::steady_clock::now() < end; ++number) {
    const std::uint64_t one = cases::bit(number % 2 == 0 ? a : b);
    const std::uint64_t other = both & ~one;
    cases::set_mask(game.target, sizeof both, &both);
    *game.asked = one;
    game.due = number + 1;
    while (mask_of(game.target) == both) {
    }
    *game.asked = other;
    cases::set_mask(game.target, sizeof other, &other);
    while (game.made <= number)
      ::sched_yield();
  }
  game.over = true;
  caller.join();
  target.join();
  std::printf("caller %d\ntarget %d\ncpus %u %u\novertaken %zu\n", game.caller.load(),
              game.target.load(), a, b, game.overtaken);
}
