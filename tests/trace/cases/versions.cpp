// versions: sets its own mask by each version of the C library's call: to the first CPU by that
// without a size, to the second by the other one, and reads it by each. Prints
// "caller TID FIRST SECOND".
#include "case.h"

#if defined(__GLIBC__) && (defined(__x86_64__) || defined(__i386__))
extern "C" {
int set_without_size(pid_t pid, const cpu_set_t* mask);
int get_without_size(pid_t pid, cpu_set_t* mask);
int set_with_size(pid_t pid, std::size_t cpusetsize, const cpu_set_t* mask);
int get_with_size(pid_t pid, std::size_t cpusetsize, cpu_set_t* mask);
}
__asm__(".symver set_without_size, sched_setaffinity@GLIBC_2.3.3");
__asm__(".symver get_without_size, sched_getaffinity@GLIBC_2.3.3");
__asm__(".symver set_with_size, sched_setaffinity@GLIBC_2.3.4");
__asm__(".symver get_with_size, sched_getaffinity@GLIBC_2.3.4");

int main() {
  const auto [a, b] = cases::two_cpus();
  cpu_set_t mask;
  CPU_ZERO(&mask);
  CPU_SET(a, &mask);
  if (set_without_size(0, &mask) != 0 || get_without_size(0, &mask) != 0) return 1;
  CPU_ZERO(&mask);
  CPU_SET(b, &mask);
  if (set_with_size(0, sizeof mask, &mask) != 0) return 1;
  if (get_with_size(0, sizeof mask, &mask) != 0) return 1;
  std::printf("caller %d %u %u\n", cases::own_tid(), a, b);
}
#else
int main() { return 77; }
#endif
