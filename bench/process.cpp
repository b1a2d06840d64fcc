// All threads of a process, and all threads there are.

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cctype>
#include <cstdio>
#include <memory>

#include <pinfold/cpu_list.h>
#include <pinfold/pinfold.h>

#include "base/fd.h"
#include "bpf/task_iterator.h"
#include "command.h"
#include "document/numbers.h"
#include "groups.h"
#include "host/host.h"

namespace pinfold::bench {
namespace {

constexpr unsigned sizes[] = {10, 1'000, 10'000};

Method method_for(unsigned threads) {
  return {.rounds = threads >= 10'000  ? 31U
                    : threads >= 1'000 ? 101U
                                       : 201U,
          .warm_up = 3,
          .round_time = {}};
}

// Two CPUs in turn, whoever asks: each time, every thread's mask changes.
class Turns {
 public:
  explicit Turns(const CpuSet& cpus) {
    auto cpu = cpus.begin();
    a_ = {*cpu};
    b_ = {*++cpu};
  }
  const CpuSet& next() {
    first_ = !first_;
    return first_ ? a_ : b_;
  }

 private:
  CpuSet a_;
  CpuSet b_;
  bool first_ = false;
};

Side by_command(std::vector<std::string> words, std::size_t mask_at, std::shared_ptr<Turns> turns,
                std::string (*text)(const CpuSet&)) {
  return [command = Command(std::move(words)), mask_at, turns = std::move(turns),
          text](std::size_t times) mutable {
    while (times-- > 0) {
      command.word(mask_at) = text(turns->next());
      if (!command.run()) return false;
    }
    return true;
  };
}

// As the command does where it may, and these groups from `snapshot` on.
bool may_read_snapshots() {
  return TaskIterator().read(Tid(), [](const TaskMasks&) {}).has_value();
}

void set_all_threads(Report& report, unsigned threads) {
  const std::string size = with_commas(threads) + " quiet threads";
  const std::string command_row = "set: " + size + " / taskset -ap";
  const std::string library_row = "pin(Pid): " + size + " / taskset -ap";
  if (!report.wants(command_row) && !report.wants(library_row)) return;
  const auto skip_both = [&](const std::string& reason) {
    report.skip(command_row, reason);
    report.skip(library_row, reason);
  };
  const CpuSet cpus = own_cpus();
  if (cpus.count() < 2) return skip_both("it takes two CPUs to change a mask");
  const auto taskset = find_program("taskset");
  if (!taskset) return skip_both("taskset is not installed");
  const QuietProcess victim(threads);
  if (!victim.is_ready()) return skip_both("this system does not allow so many threads");

  const auto turns = std::make_shared<Turns>(cpus);
  const std::string pid = std::to_string(victim.pid().value());
  const Side theirs = by_command({*taskset, "-ap", "", pid}, 2, turns, to_hex_mask);
  // Fewer threads than 10,000 have no number to reach: start-up weighs more the fewer there are.
  const auto reach = [&](double ratio) {
    return threads == 10'000 ? std::optional(ratio) : std::nullopt;
  };
  report.compare({command_row, reach(may_read_snapshots() ? 0.6 : 1.0),
                  by_command({PINFOLD_COMMAND, "set", "", pid}, 2, turns, to_cpu_list), theirs,
                  method_for(threads)});
  report.compare({library_row, reach(1.0),
                  [&](std::size_t times) {
                    while (times-- > 0) {
                      const auto placed = pin(victim.pid(), turns->next());
                      if (!placed || !placed->done()) return false;
                    }
                    return true;
                  },
                  theirs, method_for(threads)});
}

bool list_with_pinfold(std::size_t times) {
  Kernel& kernel = host_kernel();
  while (times-- > 0) {
    const auto pids = kernel.processes();
    if (!pids) return false;
    for (const Pid pid : *pids) {
      const auto process = kernel.process(pid);
      const auto listing = process ? (*process)->list() : fail({});
      if (!listing) continue;
      for (const Tid tid : listing->threads) {
        auto effective = kernel.effective(tid);
        touch(effective);
      }
    }
  }
  return true;
}

using Folder = std::unique_ptr<DIR, int (*)(DIR*)>;

// The names in a folder that are numbers.
template <class Use>
bool for_each_number(const char* path, const Use& use) {
  const Folder folder(::opendir(path), ::closedir);
  if (!folder) return false;
  while (const dirent* entry = ::readdir(folder.get())) {
    if (std::isdigit(static_cast<unsigned char>(entry->d_name[0])) != 0) use(entry->d_name);
  }
  return true;
}

bool list_with_status_files(std::size_t times) {
  const auto read_status = [](const char* file) {
    const Fd status(::open(file, O_RDONLY | O_CLOEXEC));
    char text[4096];
    if (status.is_open()) {
      while (::read(status.get(), text, sizeof text) > 0)
        touch(text);
    }
  };
  while (times-- > 0) {
    const bool ok = for_each_number("/proc", [&](const char* pid) {
      const std::string tasks = std::string("/proc/") + pid + "/task";
      for_each_number(tasks.c_str(), [&](const char* tid) {
        read_status((tasks + '/' + tid + "/status").c_str());
      });
    });
    if (!ok) return false;
  }
  return true;
}

void list_all_threads(Report& report, unsigned threads) {
  const std::string name =
      "list: every mask, " + with_commas(threads) + " threads / /proc/*/task/*/status";
  if (!report.wants(name)) return;
  const QuietProcess victim(threads);
  if (!victim.is_ready()) return report.skip(name, "this system does not allow so many threads");
  report.compare({name, threads == 10'000 ? std::optional(0.2) : std::nullopt, list_with_pinfold,
                  list_with_status_files, method_for(threads)});
}

// As `pinfold get --all` does where it may: the program is loaded once.
void snapshot_all_threads(Report& report, unsigned threads) {
  const std::string name = "snapshot: every mask and request, " + with_commas(threads) +
                           " threads / /proc/*/task/*/status";
  if (!report.wants(name)) return;
  static TaskIterator iterator;
  read_host_snapshots_by(iterator);
  if (const auto own = host_kernel().snapshot(Tid()); !own) {
    return report.skip(name, message(own.error()));
  }
  const QuietProcess victim(threads);
  if (!victim.is_ready()) return report.skip(name, "this system does not allow so many threads");
  const Side ours = [](std::size_t times) {
    while (times-- > 0) {
      auto snapshot = host_kernel().snapshot(Everybody());
      if (!snapshot) return false;
      touch(*snapshot);
    }
    return true;
  };
  report.compare({name, threads == 10'000 ? std::optional(0.1) : std::nullopt, ours,
                  list_with_status_files, method_for(threads)});
}

}  // namespace

void measure_process(Report& report) {
  for (const unsigned threads : sizes)
    set_all_threads(report, threads);
  for (const unsigned threads : sizes)
    list_all_threads(report, threads);
  for (const unsigned threads : sizes)
    snapshot_all_threads(report, threads);
}

}  // namespace pinfold::bench
