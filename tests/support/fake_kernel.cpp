#include "support/fake_kernel.h"

#include <cerrno>

namespace pinfold::test {
namespace {

std::unexpected<Error> gone(Tid tid) {
  return fail({.kind = ErrorKind::no_such_task,
               .number = ESRCH,
               .task = "task " + std::to_string(tid.value())});
}

class FakeProcess final : public Process {
 public:
  FakeProcess(FakeKernel& kernel, Pid pid) : kernel_(kernel), pid_(pid) {}

  Result<Listing> list() override {
    const int round = ++kernel_.rounds;
    if (kernel_.before_list) kernel_.before_list(round);
    Listing listing;
    for (const auto& [tid, task] : kernel_.tasks) {
      if (task.pid == pid_) listing.threads.emplace_back(tid);
    }
    if (listing.threads.empty()) return gone(pid_.leader());
    listing.whole = !kernel_.cut_walks.contains(round);
    return listing;
  }

  std::optional<std::size_t> count() override {
    if (!kernel_.counts) return std::nullopt;
    if (kernel_.before_count) kernel_.before_count();
    std::size_t count = 0;
    for (const auto& [tid, task] : kernel_.tasks)
      count += task.pid == pid_ ? 1U : 0U;
    return count;
  }

  Result<Task> task(Tid tid) override { return kernel_.task(tid); }

  Activity activity(Tid tid) override {
    const auto found = kernel_.tasks.find(tid.value());
    if (found == kernel_.tasks.end() || found->second.pid != pid_) return Activity::gone;
    return found->second.activity();
  }

  Result<Held> hold(Tid tid) override {
    const auto found = kernel_.tasks.find(tid.value());
    if (found == kernel_.tasks.end()) return Held::not_needed;
    return found->second.hold();
  }

 private:
  FakeKernel& kernel_;
  Pid pid_;
};

}  // namespace

Result<CpuSet> FakeKernel::effective(Tid tid) {
  const auto found = tasks.find(tid.value());
  if (found == tasks.end()) {
    return fail({.kind = ErrorKind::system, .number = ESRCH, .text = "sched_getaffinity"});
  }
  return found->second.mask & system.online;
}

Result<void> FakeKernel::set_affinity(Tid tid, const CpuSet& cpus) {
  if (before_set) before_set(tid);
  const auto refused = [](int number) {
    return fail({.kind = ErrorKind::system, .number = number, .text = "sched_setaffinity"});
  };
  const auto found = tasks.find(tid.value());
  if (found == tasks.end()) return refused(ESRCH);
  FakeTask& task = found->second;
  if (task.set_error != 0) return refused(task.set_error);
  const CpuSet mask = limit ? cpus & limit->cpus : cpus;
  if (!mask.intersects(system.online)) return refused(EINVAL);
  task.mask = mask;
  if (task.request) task.request = cpus;
  was_set.push_back(tid);
  return {};
}

Result<CpuSet> FakeKernel::allowed(Tid tid) {
  const auto found = tasks.find(tid.value());
  if (found == tasks.end()) return gone(tid);
  return found->second.mask;
}

Result<std::vector<TaskMasks>> FakeKernel::snapshot(const Scope& scope) {
  if (!snapshots) return fail({.kind = ErrorKind::system, .number = EPERM, .text = "bpf"});
  ++snapshots_made;
  if (before_snapshot) before_snapshot(snapshots_made);
  std::vector<TaskMasks> found;
  for (const auto& [number, fake] : tasks) {
    if (left_out.contains(number)) continue;
    const Tid tid(number);
    if (const Pid* pid = std::get_if<Pid>(&scope); pid && fake.pid != *pid) continue;
    if (const Tid* one = std::get_if<Tid>(&scope); one && tid != (*one == Tid() ? self : *one)) {
      continue;
    }
    found.push_back({.task = task(tid).value(),
                     .allowed = fake.mask,
                     .request = fake.request,
                     .outside_clone = fake.activity() == Activity::outside_clone});
  }
  if (found.empty()) return gone(Tid());
  return found;
}

Result<Task> FakeKernel::task(Tid tid) {
  if (tid == Tid() && self != Tid()) return task(self);
  const auto found = tasks.find(tid.value());
  if (found == tasks.end()) return gone(tid);
  const FakeTask& fake = found->second;
  return Task{.pid = fake.pid,
              .parent = fake.parent,
              .tid = tid,
              .name = fake.name,
              .state = 'S',
              .start_time = fake.start_time,
              .kernel_thread = fake.kernel_thread,
              .bound_by_kernel = fake.bound_by_kernel,
              .deadline = fake.deadline};
}

Result<MemoryPolicy> FakeKernel::memory_policy() {
  if (get_policy_error != 0) {
    return fail({.kind = ErrorKind::system, .number = get_policy_error, .text = "get_mempolicy"});
  }
  return policy;
}

// mpol_set_nodemask() in mm/mempolicy.c: nodes that cannot be used are dropped silently.
Result<void> FakeKernel::set_memory_policy(const MemoryPolicy& wanted) {
  if (before_set_policy) before_set_policy();
  const auto refused = [](int number) {
    return fail({.kind = ErrorKind::system, .number = number, .text = "set_mempolicy"});
  };
  if (set_policy_error != 0) return refused(set_policy_error);
  const NodeSet nodes = wanted.nodes & memory.usable();
  if (nodes.empty() && !wanted.nodes.empty()) return refused(EINVAL);
  policy = {.mode = wanted.mode, .nodes = narrow_policy ? nodes & *narrow_policy : nodes};
  return {};
}

Result<std::optional<CpusetLimit>> FakeKernel::cpuset(Tid) {
  if (limit || levels.empty()) return limit;
  return levels.front().limit;
}

Result<std::vector<Pid>> FakeKernel::processes() {
  std::set<Pid> pids;
  for (const auto& [tid, task] : tasks)
    pids.insert(task.pid);
  if (after_processes) after_processes();
  return std::vector(pids.begin(), pids.end());
}

Result<Credentials> FakeKernel::credentials(Tid tid) {
  if (tid == Tid()) return own;
  const auto found = tasks.find(tid.value());
  if (found == tasks.end()) return gone(tid);
  Credentials credentials = others;
  if (found->second.user) credentials.effective = *found->second.user;
  return credentials;
}

Result<std::optional<FileId>> FakeKernel::executable(Pid pid) {
  const auto found = tasks.find(pid.value());
  if (found == tasks.end()) return gone(pid.leader());
  if (const int number = found->second.executable_error; number != 0) {
    return fail({.kind = ErrorKind::system, .number = number, .text = "exe"});
  }
  return found->second.executable;
}

Result<std::string> FakeKernel::executable_path(Pid pid) {
  const auto found = tasks.find(pid.value());
  if (found == tasks.end()) return gone(pid.leader());
  return found->second.executable_path;
}

Result<std::vector<std::string>> FakeKernel::cgroups(Tid tid) {
  const auto found = tasks.find(tid.value());
  if (found == tasks.end()) return gone(tid);
  return found->second.cgroups;
}

Result<std::unique_ptr<Process>> FakeKernel::process(Pid pid) {
  if (!tasks.contains(pid.value())) return gone(pid.leader());
  return std::make_unique<FakeProcess>(*this, pid);
}

}  // namespace pinfold::test
