#include "linux/kernel.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <memory>

#include <pinfold/cpu_list.h>

#include "base/elf.h"
#include "base/file.h"
#include "base/number.h"
#include "base/try.h"
#include "kernel/permission.h"
#include "linux/proc.h"
#include "linux/process.h"
#include "linux/user_namespace.h"
#include "machine/cpus.h"
#include "machine/partitions.h"

namespace pinfold {
namespace {

std::unexpected<Error> missing_field(Tid tid, const char* field) {
  return fail({.kind = ErrorKind::unsupported, .text = proc_path(tid, "status"), .reason = field});
}

Result<Pid> process_of(Tid tid) {
  TRY(const std::string status, read_proc(tid, "status"));
  const auto field = status_field(status, "Tgid");
  if (!field) return missing_field(tid, "no line Tgid");
  TRY(const auto pid, parse_number<pid_t>(*field));
  return Pid(pid);
}

// Why /proc/PID/exe leads nowhere. Kernel threads and zombies have a folder, but no such file.
Result<void> no_executable(Pid pid, const std::string& link, int number) {
  if (number != ENOENT && number != ESRCH) {
    return fail({.kind = ErrorKind::system, .number = number, .text = link});
  }
  if (::access(proc_path(pid.leader(), "stat").c_str(), F_OK) == 0) return {};
  return fail({.kind = ErrorKind::no_such_task,
               .number = ESRCH,
               .task = "process " + std::to_string(pid.value())});
}

}  // namespace

Result<CpuSet> LinuxKernel::allowed(Tid tid) {
  TRY(const std::string status, read_proc(tid, "status"));
  const auto field = status_field(status, "Cpus_allowed_list");
  if (!field) return missing_field(tid, "no line Cpus_allowed_list");
  return field->empty() ? CpuSet() : parse_cpu_list(*field);
}

Result<SystemCpus> LinuxKernel::cpus() {
  TRY(const Root root, Root::host());
  Mounts mounts(root);
  return read_system_cpus(root, mounts);
}

Result<SystemId> LinuxKernel::system_id() {
  SystemId id;
  TRY(id.boot, read_line("/proc/sys/kernel/random/boot_id"));
  const char* const file = "/proc/self/ns/pid";
  struct stat status{};
  if (::stat(file, &status) != 0) {
    return fail({.kind = ErrorKind::system, .number = errno, .text = file});
  }
  id.pid_namespace = status.st_ino;
  return id;
}

Result<Task> LinuxKernel::task(Tid tid) {
  TRY(const Pid pid, process_of(tid));
  TRY(const std::string stat, read_proc(tid, "stat"));
  TRY(Task task, parse_stat(stat));
  task.pid = pid;
  return task;
}

Result<Credentials> LinuxKernel::credentials(Tid tid) {
  TRY(const std::string status, read_proc(tid, "status"));
  const auto uids = status_field(status, "Uid");  // real, effective, saved, file system
  const auto permitted = status_field(status, "CapPrm");
  const auto in_force = status_field(status, "CapEff");
  if (!uids || !permitted || !in_force) return missing_field(tid, "no line Uid, CapPrm or CapEff");
  const std::size_t real_end = std::min(uids->find('\t'), uids->size());
  const std::string_view rest = uids->substr(std::min(real_end + 1, uids->size()));
  Credentials credentials;
  TRY(credentials.real, parse_number<uid_t>(uids->substr(0, real_end)));
  TRY(credentials.effective, parse_number<uid_t>(rest.substr(0, rest.find('\t'))));
  TRY(credentials.permitted, parse_number<std::uint64_t>(*permitted, 16));
  TRY(credentials.in_force, parse_number<std::uint64_t>(*in_force, 16));
  return credentials;
}

Result<std::optional<CpusetLimit>> LinuxKernel::cpuset(Tid tid) {
  TRY(const std::string cgroup, read_proc(tid, "cgroup"));
  TRY(const Root root, Root::host());
  Mounts mounts(root);
  return read_cpuset(root, mounts, cgroup);
}

Result<MemoryLimits> LinuxKernel::memory_limits() {
  TRY(const Root root, Root::host());
  TRY(MemoryLimits limits, read_memory_nodes(root));
  TRY(const std::string status, read_proc(Tid(), "status"));
  const auto field = status_field(status, "Mems_allowed_list");
  if (!field) {  // a kernel without cpusets
    limits.allowed = limits.with_memory;
    return limits;
  }
  if (!field->empty()) {
    TRY(limits.allowed, parse_node_list(*field));
  }
  if (limits.allowed.contains(limits.with_memory)) return limits;
  TRY(const std::string cgroup, read_proc(Tid(), "cgroup"));
  Mounts mounts(root);
  auto cpuset = read_cpuset_nodes(root, mounts, cgroup);
  if (cpuset && cpuset->nodes == limits.allowed) limits.cpuset = std::move(cpuset);
  return limits;
}

Result<std::vector<CpusetLevel>> LinuxKernel::cpusets(Tid tid) {
  TRY(const std::string cgroup, read_proc(tid, "cgroup"));
  TRY(const Root root, Root::host());
  Mounts mounts(root);
  return read_cpusets(root, mounts, cgroup);
}

Result<std::vector<Partition>> LinuxKernel::partitions() {
  TRY(const Root root, Root::host());
  Mounts mounts(root);
  return read_partitions(root, mounts);
}

Result<bool> LinuxKernel::may_set_anybody(Tid tid) {
  TRY(const Credentials own, credentials(Tid()));
  return has_in_namespace_of(tid, own, cap_sys_nice);
}

std::optional<bool> LinuxKernel::runs_32_bit(Tid tid) {
  return is_32_bit_program(proc_path(tid, "exe").c_str());
}

bool LinuxKernel::deadline_admission() {
  const auto runtime = read_line("/proc/sys/kernel/sched_rt_runtime_us");
  return !runtime || *runtime != "-1";
}

std::string LinuxKernel::smt_switched_off() {
  auto control = read_line("/sys/devices/system/cpu/smt/control");
  if (!control || (*control != "off" && *control != "forceoff")) return {};
  return std::move(*control);
}

Result<std::vector<Pid>> LinuxKernel::processes() {
  CHECK_OK(check_proc());
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc"), ::closedir);
  if (!folder) return fail({.kind = ErrorKind::system, .number = errno, .text = "/proc"});
  std::vector<Pid> pids;
  while (const dirent* entry = ::readdir(folder.get())) {
    if (const auto pid = parse_number<pid_t>(static_cast<const char*>(entry->d_name))) {
      pids.emplace_back(*pid);
    }
  }
  std::ranges::sort(pids);
  return pids;
}

Result<Task> LinuxKernel::leader(Pid pid) {
  TRY(const std::string stat, read_proc(pid.leader(), "stat"));
  TRY(Task task, parse_stat(stat));
  task.pid = pid;
  return task;
}

Result<std::optional<FileId>> LinuxKernel::executable(Pid pid) {
  CHECK_OK(check_proc());
  const std::string link = proc_path(pid.leader(), "exe");
  struct stat file{};
  if (::stat(link.c_str(), &file) == 0) return FileId{.device = file.st_dev, .inode = file.st_ino};
  CHECK_OK(no_executable(pid, link, errno));
  return std::nullopt;
}

Result<std::string> LinuxKernel::executable_path(Pid pid) {
  CHECK_OK(check_proc());
  const std::string link = proc_path(pid.leader(), "exe");
  std::array<char, PATH_MAX> path;
  const ssize_t length = ::readlink(link.c_str(), path.data(), path.size());
  if (length >= 0) return std::string(path.data(), static_cast<std::size_t>(length));
  CHECK_OK(no_executable(pid, link, errno));
  return std::string();
}

Result<std::vector<std::string>> LinuxKernel::cgroups(Tid tid) {
  TRY(const std::string cgroup, read_proc(tid, "cgroup"));
  return cgroup_paths(cgroup);
}

Result<std::unique_ptr<Process>> LinuxKernel::process(Pid pid) {
  const auto missing = [&] {
    return fail({.kind = ErrorKind::no_such_task,
                 .number = ESRCH,
                 .task = "process " + std::to_string(pid.value())});
  };
  CHECK_OK(check_proc());
  Fd tasks(::open(proc_path(pid.leader(), "task").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!tasks.is_open()) {
    if (errno == ENOENT || errno == ESRCH) return missing();
    return fail({.kind = ErrorKind::system, .number = errno, .text = "/proc"});
  }
  // A process lists its leader first, and that is quicker to see than "Tgid" in status.
  if (const auto first = first_listed(tasks); !first || *first != pid) {
    const auto owner = process_of(pid.leader());
    if (!owner) return missing();
    if (*owner != pid) {
      return fail({.kind = ErrorKind::not_a_process,
                   .task = std::to_string(pid.value()),
                   .owner = std::to_string(owner->value()),
                   .text = "tid:" + std::to_string(pid.value())});
    }
  }
  return std::make_unique<LinuxProcess>(pid, std::move(tasks));
}

}  // namespace pinfold
