/* Pins a thread to each of up to 16 CPUs of its mask, before the thread starts and while it runs,
   and says what the thread finds. "attribute CPU: mask LIST cpu CPU", "running CPU: …". */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t bytes;
static int numbers; /* that a mask of `bytes` has */

static void check(int failed, const char* what) {
  if (failed == 0) return;
  fprintf(stderr, "%s: %s\n", what, strerror(failed));
  exit(1);
}

static cpu_set_t* only(int cpu) {
  cpu_set_t* set = CPU_ALLOC((size_t)numbers);
  CPU_ZERO_S(bytes, set);
  CPU_SET_S((size_t)cpu, bytes, set);
  return set;
}

static void say(const char* how, int wanted) {
  cpu_set_t* set = CPU_ALLOC((size_t)numbers);
  check(pthread_getaffinity_np(pthread_self(), bytes, set), "pthread_getaffinity_np");
  printf("%s %d: mask", how, wanted);
  for (int cpu = 0; cpu < numbers; ++cpu) {
    if (CPU_ISSET_S((size_t)cpu, bytes, set)) printf(" %d", cpu);
  }
  printf(" cpu %d\n", sched_getcpu());
  CPU_FREE(set);
}

struct work {
  int first;
  int second;
};

static void* run(void* argument) {
  const struct work* work = argument;
  say("attribute", work->first);
  cpu_set_t* set = only(work->second);
  check(pthread_setaffinity_np(pthread_self(), bytes, set), "pthread_setaffinity_np");
  CPU_FREE(set);
  say("running", work->second);
  return NULL;
}

int main(void) {
  /* As programs do that want to work on any machine. */
  cpu_set_t* own = NULL;
  for (numbers = 1024;; numbers *= 2) {
    bytes = CPU_ALLOC_SIZE((size_t)numbers);
    own = CPU_ALLOC((size_t)numbers);
    if (sched_getaffinity(0, bytes, own) == 0) break;
    CPU_FREE(own);
  }
  int* cpus = calloc((size_t)numbers, sizeof *cpus);
  int count = 0;
  for (int cpu = 0; cpu < numbers; ++cpu) {
    if (CPU_ISSET_S((size_t)cpu, bytes, own)) cpus[count++] = cpu;
  }
  const int threads = count < 16 ? count : 16;
  for (int i = 0; i < threads; ++i) {
    struct work work = {.first = cpus[(long)i * (count - 1) / (threads > 1 ? threads - 1 : 1)]};
    work.second = cpus[count - 1 - (long)i * (count - 1) / (threads > 1 ? threads - 1 : 1)];
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    cpu_set_t* set = only(work.first);
    check(pthread_attr_setaffinity_np(&attributes, bytes, set), "pthread_attr_setaffinity_np");
    CPU_FREE(set);
    pthread_t thread;
    check(pthread_create(&thread, &attributes, run, &work), "pthread_create");
    check(pthread_join(thread, NULL), "pthread_join");
    pthread_attr_destroy(&attributes);
  }
  /* Nobody has touched the first one. */
  cpu_set_t* now = CPU_ALLOC((size_t)numbers);
  check(pthread_getaffinity_np(pthread_self(), bytes, now), "pthread_getaffinity_np");
  printf("main %s\n", CPU_EQUAL_S(bytes, own, now) ? "unchanged" : "changed");
  return 0;
}
