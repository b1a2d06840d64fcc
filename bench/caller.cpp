// Makes calls when it is told to, so that the same calls can be measured in a simulated machine and
// outside of one. A request is a letter and how often; the answer is one byte, 0 when all went
// well.
#include "caller.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

bool call(pinfold::bench::Call which) {
  using pinfold::bench::Call;
  unsigned long mask[1024];
  switch (which) {
    case Call::get_affinity:
      return ::syscall(SYS_sched_getaffinity, 0, sizeof mask, mask) > 0;
    case Call::get_parent:
      return ::syscall(SYS_getppid) > 0;
    case Call::open_file: {
      const int file = ::open("/etc/passwd", O_RDONLY | O_CLOEXEC);
      return file >= 0 && ::close(file) == 0;
    }
    case Call::open_status: {
      const int file = ::open("/proc/self/status", O_RDONLY | O_CLOEXEC);
      return file >= 0 && ::close(file) == 0;
    }
  }
  return false;
}

}  // namespace

int main() {
  pinfold::bench::Request request{};
  while (::read(STDIN_FILENO, &request, sizeof request) == sizeof request) {
    bool good = true;
    for (unsigned long i = 0; i < request.times; ++i)
      good &= call(request.call);
    const char answer = good ? 0 : 1;
    if (::write(STDOUT_FILENO, &answer, 1) != 1) return 1;
  }
  return 0;
}
