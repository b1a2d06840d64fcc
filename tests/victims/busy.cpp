// busy THREADS: threads that compute and never enter the kernel: nothing shows what they are
// doing unless they are stopped.
#include <sched.h>

#include <atomic>

#include "victim.h"

namespace {

std::atomic<int> computing = 0;

}  // namespace

int main(int argc, char** argv) {
  const int threads = victim::number(argc, argv, 1, 2);
  for (int i = 0; i < threads; ++i) {
    victim::start([](void*) -> void* {
      ++computing;
      for (volatile unsigned long count = 0;;)
        count = count + 1;
    });
  }
  // Who has only just been made may still be in the calls with which a thread begins.
  while (computing < threads)
    ::sched_yield();
  victim::ready();
  victim::wait_to_be_killed();
}
