// quiet THREADS [nodump]: threads that sleep; with `nodump` /proc hides what they are doing from
// everybody but root.
#include <sys/prctl.h>

#include "victim.h"

int main(int argc, char** argv) {
  if (argc > 2 && std::string_view(argv[2]) == "nodump") ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  for (int i = victim::number(argc, argv, 1, 2); i > 1; --i) {
    const bool started = victim::start([](void*) -> void* { victim::wait_to_be_killed(); });
    if (!started) return 1;
  }
  victim::ready();
  victim::wait_to_be_killed();
}
