/* What a C program finds out about the machine: by the C library, and by raw calls. It asks for the
   highest CPU that it may use and looks again. Built with several libraries, static and not, and as
   a 32-bit program. Each line is a name and its values; errors are negative. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
  most_bytes = 65536
};

static union {
  cpu_set_t set;
  unsigned long words[most_bytes / sizeof(unsigned long)];
} mask;

/* musl's CPU_ISSET_S is a long: cut to an int, it would lose the upper half. */
static int has(int cpu) { return CPU_ISSET_S(cpu, most_bytes, &mask.set) != 0; }

static void print_mask(const char* name) {
  const char* comma = "";
  printf("%s ", name);
  for (int cpu = 0; cpu < most_bytes * 8; ++cpu) {
    if (!has(cpu)) continue;
    int last = cpu;
    while (last + 1 < most_bytes * 8 && has(last + 1))
      ++last;
    printf(last > cpu ? "%s%d-%d" : "%s%d", comma, cpu, last);
    comma = ",";
    cpu = last;
  }
  printf("\n");
}

static long outcome(long result) { return result < 0 ? -errno : result; }

static void print_place(const char* name) {
  unsigned cpu = 0;
  unsigned node = 0;
  const long raw = outcome(syscall(SYS_getcpu, &cpu, &node, NULL));
  printf("%s_libc %d\n", name, sched_getcpu());
  printf("%s_raw %ld %u %u\n", name, raw, cpu, node);
}

int main(void) {
  printf("conf %ld\n", sysconf(_SC_NPROCESSORS_CONF));
  printf("onln %ld\n", sysconf(_SC_NPROCESSORS_ONLN));

  printf("get_cpu_set_t %ld\n", outcome(sched_getaffinity(0, sizeof(cpu_set_t), &mask.set)));
  CPU_ZERO_S(most_bytes, &mask.set);
  printf("raw_get_128 %ld\n", outcome(syscall(SYS_sched_getaffinity, 0, 128, &mask)));
  CPU_ZERO_S(most_bytes, &mask.set);
  printf("raw_get %ld\n", outcome(syscall(SYS_sched_getaffinity, 0, most_bytes, &mask)));
  print_mask("mask");
  printf("libc_get %ld\n", outcome(sched_getaffinity(0, most_bytes, &mask.set)));
  print_mask("libc_mask");
  print_place("at_start");

  int highest = most_bytes * 8 - 1;
  while (highest > 0 && !has(highest))
    --highest;
  CPU_ZERO_S(most_bytes, &mask.set);
  CPU_SET_S(highest, most_bytes, &mask.set);
  printf("set_highest %ld\n", outcome(sched_setaffinity(0, most_bytes, &mask.set)));
  CPU_ZERO_S(most_bytes, &mask.set);
  sched_getaffinity(0, most_bytes, &mask.set);
  print_mask("mask_then");
  print_place("then");

  CPU_ZERO_S(most_bytes, &mask.set);
  printf("set_none %ld\n", outcome(sched_setaffinity(0, most_bytes, &mask.set)));
  CPU_SET_S(most_bytes * 8 - 1, most_bytes, &mask.set);
  printf("set_absent %ld\n", outcome(sched_setaffinity(0, most_bytes, &mask.set)));
  printf("raw_set_nobody %ld\n",
         outcome(syscall(SYS_sched_setaffinity, 0x7fffffff, most_bytes, &mask)));
  return 0;
}
