// The modelled kernel: how fast it is, and how that grows with CPUs and tasks. It has no peer.

#include <malloc.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "command.h"
#include "document/numbers.h"
#include "groups.h"
#include "model/abi.h"

namespace pinfold::bench {
namespace {

using model::Session;
using model::System;
using std::chrono::nanoseconds;

constexpr Method method = {.rounds = 101, .warm_up = 5, .round_time = std::chrono::milliseconds(2)};
constexpr unsigned machines[] = {2, 16, 64, 256, 1'024, 4'096, 8'192};
constexpr unsigned most_tasks = 1'000'000;

std::unique_ptr<System> make_system(unsigned cpus) {
  return System::open({.machine = *Machine::open("core:" + std::to_string(cpus) + " pu:1"),
                       .hierarchy = model::Hierarchy::v2})
      .value();
}

model::Task* fork(System& system) {
  model::Task* made = nullptr;
  system.clone(system.init(), {}, made);
  system.sleep(*made);
  return made;
}

// Two masks in turn, as the raw calls take them, and a buffer for what comes back.
class Masks {
 public:
  explicit Masks(std::size_t bytes)
      : even_(bytes / sizeof(CpuSet::Word), ~CpuSet::Word{0} / 3),
        all_(even_.size(), ~CpuSet::Word{0}),
        answer_(even_.size()) {}

  bool set_and_get(model::ModelAbi& abi, long pid, std::size_t turn) {
    const UserBuffer mask = of(turn % 2 == 0 ? even_ : all_);
    return abi.set_affinity(pid, mask.readable, mask) == 0 &&
           abi.get_affinity(pid, mask.readable, of(answer_)) > 0;
  }

 private:
  static UserBuffer of(std::vector<CpuSet::Word>& words) {
    const std::size_t bytes = words.size() * sizeof(CpuSet::Word);
    return {.address = words.data(), .readable = bytes, .writable = bytes};
  }

  std::vector<CpuSet::Word> even_;
  std::vector<CpuSet::Word> all_;
  std::vector<CpuSet::Word> answer_;
};

std::optional<nanoseconds> reach(unsigned cpus) {
  if (cpus == 64) return nanoseconds(200);     // 5 million a second
  if (cpus == 4'096) return nanoseconds(500);  // 2 million a second
  return std::nullopt;
}

void fork_and_exit(Report& report, const std::string& row, System& system) {
  report.time({row, std::nullopt,
               [&](std::size_t times) {
                 for (std::size_t i = 0; i < times; ++i) {
                   model::Process& child = *fork(system)->process;
                   system.exit(child);
                 }
                 return true;
               },
               method});
}

void by_cpus(Report& report, unsigned cpus) {
  const std::string on = with_commas(cpus) + " CPUs";
  const std::string row = "model: set and get, " + on;
  const std::string fork_row = "model: fork, exit and reap, " + on;
  if (!report.wants(row) && !report.wants(fork_row)) return;
  const auto system = make_system(cpus);
  const Session session{.system = *system, .caller = fork(*system)};
  model::ModelAbi abi(session);
  Masks masks(system->mask_bytes());
  report.time({row, reach(cpus),
               [&](std::size_t times) {
                 for (std::size_t i = 0; i < times; ++i) {
                   if (!masks.set_and_get(abi, 0, i)) return false;
                 }
                 return true;
               },
               method});
  fork_and_exit(report, fork_row, *system);
}

// What malloc(3) has given out, its own overhead included.
double allocated_megabytes() {
  const auto info = ::mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd) / 1e6;
}

void by_tasks(Report& report, unsigned cpus, unsigned tasks) {
  const std::string with = with_commas(tasks) + " tasks, " + with_commas(cpus) + " CPUs";
  const std::string row = "model: set and get of any of " + with;
  const std::string fork_row = "model: fork, exit and reap beside " + with;
  const std::string memory_row = "model: memory of " + with;
  if (!report.wants(row) && !report.wants(fork_row) && !report.wants(memory_row)) return;
  const double before = allocated_megabytes();
  const auto system = make_system(cpus);
  std::vector<pid_t> numbers;
  numbers.reserve(tasks);
  for (unsigned i = 0; i < tasks; ++i) {
    const model::Task* task = fork(*system);
    numbers.push_back(task->number);
    system->set_affinity(system->init(), task->number, {CpuId(i % cpus)});
  }
  const double own = static_cast<double>(numbers.capacity() * sizeof(pid_t)) / 1e6;
  const bool wanted = tasks == most_tasks && cpus == 4'096;
  report.count(memory_row, allocated_megabytes() - before - own,
               wanted ? std::optional(512.0) : std::nullopt, "MB");
  const Session session{.system = *system, .caller = &system->init()};
  model::ModelAbi abi(session);
  Masks masks(system->mask_bytes());
  unsigned random = 1;
  report.time({row, std::nullopt,
               [&](std::size_t times) {
                 for (std::size_t i = 0; i < times; ++i) {
                   random = random * 1'664'525U + 1'013'904'223U;
                   if (!masks.set_and_get(abi, numbers[random % tasks], i)) return false;
                 }
                 return true;
               },
               method});
  fork_and_exit(report, fork_row, *system);
}

}  // namespace

void measure_model(Report& report) {
  for (const unsigned cpus : machines)
    by_cpus(report, cpus);
  for (unsigned tasks = 1; tasks <= most_tasks; tasks *= 10)
    by_tasks(report, 4'096, tasks);
  by_tasks(report, 64, most_tasks);
}

}  // namespace pinfold::bench
