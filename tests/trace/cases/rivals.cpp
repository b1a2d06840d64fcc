// rivals CALLS: two threads set the mask of a third one, CALLS times each. Each asks for one CPU,
// always the same: what it asked for says who it was. The length of call N is first_length + N.
// Prints "target TID" and twice "caller TID CPU".
#include <barrier>
#include <thread>

#include "case.h"

namespace {

void ask(pid_t target, unsigned cpu, std::size_t calls) {
  const cases::Guarded memory(cases::first_length + calls);
  unsigned char* const mask = memory.last(cases::first_length + calls);
  cases::fill(mask, cases::first_length, {cpu});
  for (std::size_t call = 0; call < calls; ++call)
    cases::set_mask(target, cases::first_length + call, mask);
}

}  // namespace

int main(int, char** words) {
  const auto calls = static_cast<std::size_t>(std::atoi(words[1]));
  const auto [a, b] = cases::two_cpus();
  std::barrier begin(3);
  std::barrier end(3);
  const pid_t target = cases::own_tid();
  std::printf("target %d\n", target);
  std::thread threads[2];
  for (int i = 0; i < 2; ++i) {
    threads[i] = std::thread([&, cpu = i == 0 ? a : b] {
      if (cpu < 64) cases::stay_on(cases::bit(cpu));
      std::printf("caller %d %u\n", cases::own_tid(), cpu);
      begin.arrive_and_wait();
      ask(target, cpu, calls);
      end.arrive_and_wait();
    });
  }
  begin.arrive_and_wait();
  end.arrive_and_wait();
  for (std::thread& thread : threads)
    thread.join();
}
