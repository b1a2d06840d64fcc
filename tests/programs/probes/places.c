/* What an OpenMP program finds: "procs N", "place K CPU…", "thread T place K cpu CPU". */
#define _GNU_SOURCE
#include <omp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  printf("procs %d\n", omp_get_num_procs());
  for (int place = 0; place < omp_get_num_places(); ++place) {
    const int count = omp_get_place_num_procs(place);
    int* cpus = calloc((size_t)count, sizeof *cpus);
    omp_get_place_proc_ids(place, cpus);
    printf("place %d", place);
    for (int i = 0; i < count; ++i)
      printf(" %d", cpus[i]);
    printf("\n");
    free(cpus);
  }
#pragma omp parallel
  {
    const int place = omp_get_place_num();
    const int cpu = sched_getcpu();
#pragma omp critical
    printf("thread %d place %d cpu %d\n", omp_get_thread_num(), place, cpu);
  }
  return 0;
}
