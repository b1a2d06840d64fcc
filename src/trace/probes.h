// The programs in the kernel that tell of changes: which of them this kernel takes, and what they
// have told.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <pinfold/cpu_set.h>
#include <pinfold/ids.h>
#include <pinfold/result.h>

#include "base/fd.h"
#include "bpf/images.h"
#include "bpf/ring.h"
#include "events/event.h"
#include "trace_record.h"

namespace pinfold::trace {

/// Which tasks. A process stands for all its threads.
struct Tasks {
  std::vector<Pid> processes;
  std::vector<Tid> threads;
  [[nodiscard]] bool empty() const { return processes.empty() && threads.empty(); }
};

/// What the kernel leaves out by itself. All that are given must hold.
struct Filter {
  std::optional<Tasks> targets;
  std::optional<Tasks> actors;
  bool actors_too = false;   ///< what `targets` do passes as well as what is done to them
  bool follow = true;        ///< children of processes in either are in it too
  std::optional<uid_t> uid;  ///< the actor's real one
  std::optional<std::uint64_t> cgroup;  ///< the actor or the target is in it or below: its id
  /// The actor's comm, or where it ends in * how that begins.
  std::optional<std::string> comm;
  bool only_failed = false;
  bool only_done = false;
  std::optional<CpuSet> touches;      ///< what is asked for or allowed has one of these CPUs
  std::optional<std::uint32_t> rate;  ///< calls an actor and second
};

struct ProbeOptions {
  Filter filter;
  bool gets = false;
  bool callers = false;
  bool commits = true;
  bool lives = false;  ///< births, ends and names of all that may be targets, whoever is an actor
  std::optional<bpf::CallsWay> way;  ///< no other; else the first that the kernel takes
  std::uint32_t ring_bytes = std::uint32_t{4} << 20U;  ///< a power of two, pages at least
  unsigned cpu_ids = 0;                                ///< 1 + the highest possible CPU
  bool cpusets_in_v2 = true;
};

/// What the programs are told of them.
trace_settings settings_of(const ProbeOptions& options);

/// Adds them to a program's map `wanted` (bpf/wanted.h).
Result<void> write_wanted(const Fd& map, const Tasks& tasks, trace_role role);

/// A process whose calls were left out for its rate.
struct Suppressed {
  Pid actor;
  std::string comm;
  std::uint64_t count = 0;  ///< since it was last asked
};

class Probes {
 public:
  /// Puts them in place. Needs CAP_BPF, CAP_PERFMON and Linux 5.17.
  static Result<Probes> open(const ProbeOptions& options);

  /// Takes them away; what they have told can still be read.
  void stop();

  /// What was chosen.
  [[nodiscard]] const std::vector<Leg>& legs() const { return legs_; }
  [[nodiscard]] bool has_commits() const { return commits_ != nullptr; }

  /// Readable when much is to be read; what is little waits.
  [[nodiscard]] std::vector<int> descriptors() const;
  bpf::Ring& calls() { return *ring_; }
  bpf::Ring* commits() { return commits_ ? &commits_->ring : nullptr; }

  /// By CPU, in ascending order of those that there can be.
  Result<std::vector<trace_counts>> call_counts();
  Result<std::vector<trace_counts>> commit_counts();

  std::vector<Suppressed> suppressed();

  /// Whether the filter has the process by now, itself or for whose child it is.
  [[nodiscard]] bool has(Pid pid, trace_role role) const;

 private:
  struct Commits {
    bpf::Loaded loaded;
    bpf::CommitsImage image;
    bpf::Ring ring;
    std::vector<Fd> attached = {};
  };

  Result<void> open_calls(bpf::CallsWay way, const ProbeOptions& options);
  Result<void> attach_calls(bpf::CallsWay way, bool lives);
  Leg open_commits(const ProbeOptions& options);
  static Result<std::unique_ptr<Commits>> open_commits(bpf::CommitsWay way,
                                                       const ProbeOptions& options);
  Result<void> write_filter(const Filter& filter);
  Result<std::vector<trace_counts>> counts(const Fd& map) const;

  bpf::Loaded loaded_;
  bpf::CallsImage image_;
  std::optional<bpf::Ring> ring_;
  std::vector<Fd> calls_attached_;
  std::unique_ptr<Commits> commits_;
  std::vector<Leg> legs_;
  std::size_t possible_cpus_ = 0;
  std::map<std::uint32_t, std::uint64_t> told_suppressed_;  // by the actor's pid
};

/// The hook's name: "tp_btf/sys_exit".
std::string_view hook_name(bpf::CallsWay way);

}  // namespace pinfold::trace
