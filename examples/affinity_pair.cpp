// affinity_pair PARENT-CPU CHILD-CPU CALLS: the example of sched_setaffinity(2), with the library.
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include <pinfold/pinfold.h>

namespace {

int complain(const pinfold::Error& error) {
  std::fprintf(stderr, "%s\n", pinfold::message(error).c_str());
  return EXIT_FAILURE;
}

int call_on(const char* cpu, long calls) {
  const auto cpus = pinfold::parse_cpu_list(cpu);
  if (!cpus) return complain(cpus.error());
  const auto placed = pinfold::pin(pinfold::this_thread(), *cpus);
  if (!placed) return complain(placed.error());
  for (; calls > 0; --calls)
    ::syscall(SYS_getppid);
  return EXIT_SUCCESS;
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "Usage: affinity_pair PARENT-CPU CHILD-CPU CALLS\n");
    return 2;
  }
  const long calls = std::strtol(argv[3], nullptr, 10);
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  if (child < 0) return EXIT_FAILURE;
  if (child == 0) return call_on(argv[2], calls);
  const int result = call_on(argv[1], calls);
  int status = 0;
  rusage childs{};
  ::wait4(child, &status, 0, &childs);
  const std::chrono::duration<double> real = std::chrono::steady_clock::now() - start;
  rusage own{};
  ::getrusage(RUSAGE_SELF, &own);
  std::printf("real %.2f\nuser %.2f\nsys %.2f\n", real.count(),
              seconds(own.ru_utime) + seconds(childs.ru_utime),
              seconds(own.ru_stime) + seconds(childs.ru_stime));
  return result == EXIT_SUCCESS && status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
