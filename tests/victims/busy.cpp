// busy THREADS: threads that compute and never enter the kernel: nothing shows what they are
// doing unless they are stopped.
#include "victim.h"

int main(int argc, char** argv) {
  for (int i = victim::number(argc, argv, 1, 2); i > 0; --i) {
    victim::start([](void*) -> void* {
      for (volatile unsigned long count = 0;;)
        count = count + 1;
    });
  }
  victim::ready();
  victim::wait_to_be_killed();
}
