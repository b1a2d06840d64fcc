// workers: one thread on each CPU that this process may use, started there and never elsewhere.
#include <sched.h>

#include <cstdio>
#include <thread>
#include <vector>

#include <pinfold/pinfold.h>

int main() {
  const auto own = pinfold::affinity(pinfold::this_thread());
  if (!own) {
    std::fprintf(stderr, "%s\n", pinfold::message(own.error()).c_str());
    return 1;
  }
  std::vector<std::jthread> workers;
  for (const pinfold::CpuId cpu : own->effective) {
    auto worker = pinfold::thread_on({cpu}, [cpu] {
      std::printf("worker for CPU %u runs on CPU %d\n", cpu.value(), ::sched_getcpu());
    });
    if (!worker) {
      std::fprintf(stderr, "%s\n", pinfold::message(worker.error()).c_str());
      return 1;
    }
    workers.push_back(std::move(*worker));
  }
}
