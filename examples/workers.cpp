// workers: a thread on each core that this process may use, started there and never elsewhere.
#include <sched.h>

#include <cstdio>
#include <thread>
#include <vector>

#include <pinfold/pinfold.h>

namespace {

int complain(const pinfold::Error& error) {
  std::fprintf(stderr, "%s\n", pinfold::message(error).c_str());
  return 1;
}

// As many as there are cores of which this process has a CPU.
unsigned cores_of(const pinfold::Machine& machine, const pinfold::CpuSet& own) {
  unsigned cores = 0;
  for (const pinfold::Object& core : machine.objects(pinfold::Level::core))
    cores += core.cpus.intersects(own) ? 1U : 0U;
  return cores;
}

}  // namespace

int main() {
  const auto machine = pinfold::Machine::host();
  if (!machine) return complain(machine.error());
  const auto own = pinfold::affinity(pinfold::this_thread());
  if (!own) return complain(own.error());
  const auto slots = pinfold::plan(*machine, {.workers = cores_of(*machine, own->effective),
                                              .policy = pinfold::Policy::core,
                                              .place = own->effective});
  if (!slots) return complain(slots.error());

  std::vector<std::jthread> workers;
  for (const pinfold::CpuSet& slot : *slots) {
    auto worker = pinfold::thread_on(slot, [&slot] {
      std::printf("worker for %s runs on CPU %d\n", pinfold::to_cpu_list(slot).c_str(),
                  ::sched_getcpu());
    });
    if (!worker) return complain(worker.error());
    workers.push_back(std::move(*worker));
  }
}
