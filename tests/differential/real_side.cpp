#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>

#include <pinfold/cpu_list.h>

#include "base/file.h"
#include "differential/overloaded.h"
#include "differential/raw_call.h"
#include "differential/sides.h"
#include "differential/task_files.h"

namespace pinfold::test {

namespace op = model::operation;

namespace {

// Whether the driver may use all CPUs, as the model's init. Cgroups end a moment after they are
// removed.
bool is_free(const Host& host) {
  const auto words = host.possible.words();
  constexpr int attempts = 200;
  for (int i = 0; i < attempts; ++i) {
    raw_call(SYS_sched_setaffinity, 0, words.size_bytes(), words.data());
    if (effective_mask(0, host.mask_bytes) == host.online) return true;
    ::usleep(5000);
  }
  return false;
}

int write_text(const std::string& path, std::string_view text) {
  const Fd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file.is_open()) return errno;
  return ::write(file.get(), text.data(), text.size()) < 0 ? errno : 0;
}

}  // namespace

RealSide::RealSide(const Host& host, Mailbox& mailbox, int program)
    : host_(host), cgroups_(host, ::getpid()) {
  if (!is_free(host)) reclaim();
  if (!is_free(host)) throw std::runtime_error("the driver may not use all CPUs");
  tasks_.emplace(host, mailbox, program);
}

RealSide::~RealSide() {
  tasks_.reset();
  for (const CpuId cpu : CpuSet(offline_))
    hotplug(cpu, true);
  if (host_.emulator && host_.hierarchy == model::Hierarchy::v2) {
    cgroups_.remove_all();
    cgroups_.write("/", "cgroup.subtree_control", "-cpuset");
  }
  cgroups_.remove_all();
}

// Some partitions of 6.12 end without giving back all that they took. Where all CPUs but one belong
// to partitions and that one goes offline, the kernel forgets what it has given away.
void RealSide::reclaim() {
  if (!host_.emulator || host_.hierarchy != model::Hierarchy::v2) return;
  CpuSet rest = *effective_mask(0, host_.mask_bytes);
  const CpuId last = *rest.last();
  rest.remove(last);
  const std::string partition = "/reclaim";
  cgroups_.write("/", "cgroup.subtree_control", "+cpuset");
  if (!rest.empty() && cgroups_.make(partition) == 0) {
    cgroups_.write(partition, "cpuset.cpus", to_cpu_list(rest));
    cgroups_.write(partition, "cpuset.cpus.partition", "root");
  }
  // The last one may go only where nothing is promised to deadlines.
  const std::string runtime = "/proc/sys/kernel/sched_rt_runtime_us";
  const auto promised = read_line(runtime.c_str());
  write_text(runtime, "-1");
  hotplug(last, false);
  hotplug(last, true);
  if (promised) write_text(runtime, *promised);
  cgroups_.remove(partition);
  cgroups_.write("/", "cgroup.subtree_control", "-cpuset");
}

int RealSide::hotplug(CpuId cpu, bool online) {
  const auto path = "/sys/devices/system/cpu/cpu" + std::to_string(cpu.value()) + "/online";
  if (const int error = write_text(path, online ? "1" : "0"); error != 0) return error;
  online ? offline_.remove(cpu) : offline_.add(cpu);
  return 0;
}

Reply RealSide::play(const model::Operation& operation, const Cast& cast) {
  return std::visit(
      Overloaded{
          [&](const op::Clone& clone) { return Reply{tasks_->clone(clone)}; },
          [&](const op::Life& life) { return Reply{tasks_->live(life, cast)}; },
          [&](const op::Uids& uids) { return Reply{tasks_->set_uids(uids)}; },
          [&](const op::Capabilities& caps) { return Reply{tasks_->set_capabilities(caps)}; },
          [&](const op::Set& set) { return Reply{tasks_->set(set)}; },
          [&](const op::Get& get) {
            const auto mask = tasks_->effective(get.task);
            return mask ? Reply{0, to_cpu_list(*mask)} : Reply{ESRCH};
          },
          [&](const op::Make& make) { return Reply{cgroups_.make(make.cgroup)}; },
          [&](const op::Remove& remove) { return Reply{cgroups_.remove(remove.cgroup)}; },
          [&](const op::Write& write) {
            return Reply{cgroups_.write(write.cgroup, write.file, write.text)};
          },
          [&](const op::Read& read) {
            auto text = cgroups_.read(read.cgroup, read.file);
            return text ? Reply{0, *std::move(text)} : Reply{ENOENT};
          },
          [&](const op::Move& move) {
            const auto* const file = move.thread_only ? "tasks" : "cgroup.procs";
            return Reply{
                cgroups_.write(move.cgroup, file, std::to_string(tasks_->number(move.task)))};
          },
          [&](const op::Hotplug& change) {
            tasks_->settle(cast);
            return Reply{hotplug(change.cpu, change.online)};
          },
          [](const auto&) { return Reply{EINVAL}; },
      },
      operation.action);
}

std::optional<CpuSet> RealSide::effective(std::string_view task) const {
  return tasks_->effective(task);
}

std::optional<CpuSet> RealSide::allowed(std::string_view task) const {
  return tasks_->allowed(task);
}

std::optional<unsigned> RealSide::cpu(std::string_view task) const { return tasks_->cpu(task); }

}  // namespace pinfold::test
