#include "topo/pinned.h"

#include <unistd.h>

#include <algorithm>
#include <optional>

#include "base/try.h"
#include "each_process.h"

namespace pinfold::tool {
namespace {

class Finder {
 public:
  explicit Finder(Kernel& kernel) : kernel_(kernel) {}

  Result<std::vector<Pinned>> find() {
    TRY(cpus_, kernel_.cpus());
    CHECK_OK(each_process(kernel_, [&](Pid pid) { return look_at(pid); }));
    std::ranges::stable_sort(found_, [](const Pinned& a, const Pinned& b) {
      return std::ranges::lexicographical_compare(a.cpus, b.cpus);
    });
    return std::move(found_);
  }

 private:
  Result<void> look_at(Pid pid) {
    if (pid == Pid(::getpid())) return {};
    TRY(const auto process, kernel_.process(pid));
    TRY(const Listing listing, process->list());
    std::optional<Task> leader;
    const std::size_t before = found_.size();
    for (const Tid tid : listing.threads) {
      // A thread that ends meanwhile has no mask any more: it is not an error.
      const auto effective = kernel_.effective(tid);
      if (!effective || !is_narrowed(tid, *effective)) continue;
      if (!leader) {
        TRY(leader, kernel_.task(pid.leader()));
        if (leader->kernel_thread) return {};
      }
      add(*leader, before, *effective);
    }
    return {};
  }

  // Most tasks may run everywhere: what a cpuset takes away is asked for the others only.
  bool is_narrowed(Tid tid, const CpuSet& effective) {
    if (Limits{.cpus = cpus_}.is_everything(effective)) return false;
    auto cpuset = kernel_.cpuset(tid);
    return cpuset && !Limits{.cpus = cpus_, .cpuset = std::move(*cpuset)}.is_everything(effective);
  }

  void add(const Task& leader, std::size_t begin, const CpuSet& cpus) {
    const auto same =
        std::find_if(found_.begin() + static_cast<std::ptrdiff_t>(begin), found_.end(),
                     [&](const Pinned& one) { return one.cpus == cpus; });
    if (same != found_.end()) {
      ++same->threads;
    } else {
      found_.push_back({.pid = leader.pid, .name = leader.name, .threads = 1, .cpus = cpus});
    }
  }

  Kernel& kernel_;
  SystemCpus cpus_;
  std::vector<Pinned> found_;
};

}  // namespace

Result<std::vector<Pinned>> pinned_tasks(Kernel& kernel) { return Finder(kernel).find(); }

}  // namespace pinfold::tool
