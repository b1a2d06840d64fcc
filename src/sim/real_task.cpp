#include "sim/real_task.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill(2)
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include <pinfold/cpu_list.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/number.h"
#include "linux/proc.h"

namespace pinfold::sim {
namespace {

std::string path_of(pid_t tid, const char* file) {
  return "/proc/" + std::to_string(tid) + '/' + file;
}

// Of a file of /proc/PID/ns. 0 where it cannot be told.
std::uint64_t inode(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

std::uint64_t inode(const Fd& file) {
  struct stat status{};
  return ::fstat(file.get(), &status) == 0 ? status.st_ino : 0;
}

template <class T>
std::optional<T> number_in(std::optional<std::string_view> field, int base = 10) {
  if (!field) return std::nullopt;
  const auto value = parse_number<T>(*field, base);
  return value ? std::optional<T>(*value) : std::nullopt;
}

// "1000\t1000\t1000\t1000": the one at `index`.
std::optional<std::string_view> column(std::string_view columns, unsigned index) {
  for (; index > 0; --index) {
    const auto tab = columns.find_first_of("\t ");
    if (tab == std::string_view::npos) return std::nullopt;
    columns.remove_prefix(tab + 1);
  }
  return columns.substr(0, columns.find_first_of("\t "));
}

// Who is 0 inside: "         0       1000          1".
std::optional<uid_t> root_of(pid_t tid) {
  const auto map = read_file(path_of(tid, "uid_map").c_str());
  if (!map) return std::nullopt;
  std::string_view rest = *map;
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    std::vector<uid_t> numbers;
    while (!line.empty()) {
      line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
      const std::string_view word = line.substr(0, line.find_first_of(" \t"));
      if (const auto value = parse_number<uid_t>(word)) numbers.push_back(*value);
      line.remove_prefix(word.size());
    }
    if (numbers.size() == 3 && numbers[0] == 0) return numbers[1];
  }
  return std::nullopt;
}

}  // namespace

bool exists(pid_t tid) { return tid > 0 && (::kill(tid, 0) == 0 || errno == EPERM); }

std::string name_of(pid_t tid) { return read_line(path_of(tid, "comm").c_str()).value_or(""); }

std::optional<RealTask> read_real_task(pid_t tid) {
  const auto status = read_file(path_of(tid, "status").c_str());
  const auto stat = read_file(path_of(tid, "stat").c_str());
  if (!status || !stat) return std::nullopt;
  const auto task = parse_stat(*stat);
  const auto process = number_in<pid_t>(status_field(*status, "Tgid"));
  const auto allowed = status_field(*status, "Cpus_allowed_list");
  if (!task || !process || !allowed) return std::nullopt;
  RealTask real{.process = *process,
                .parent = task->parent.value(),
                .name = task->name,
                .kernel_thread = task->kernel_thread,
                .bound_by_kernel = task->bound_by_kernel,
                .deadline = task->deadline,
                .allowed = {}};
  if (auto cpus = parse_cpu_list(*allowed)) real.allowed = std::move(*cpus);
  return real;
}

InNamespace in_namespace(pid_t tid) {
  InNamespace in{.space = inode(path_of(tid, "ns/pid")), .number = tid};
  const auto status = read_file(path_of(tid, "status").c_str());
  if (!status) return in;
  if (const auto numbers = status_field(*status, "NSpid")) {
    const auto last = numbers->find_last_of("\t ");
    const auto innermost = last == std::string_view::npos ? *numbers : numbers->substr(last + 1);
    if (const auto number = parse_number<pid_t>(innermost)) in.number = *number;
  }
  return in;
}

std::shared_ptr<const model::Credentials> CredentialReader::read(pid_t tid) {
  const auto status = read_file(path_of(tid, "status").c_str());
  if (!status) return nullptr;
  const auto uids = status_field(*status, "Uid");
  const auto permitted = number_in<std::uint64_t>(status_field(*status, "CapPrm"), 16);
  const auto in_force = number_in<std::uint64_t>(status_field(*status, "CapEff"), 16);
  const auto bounding = number_in<std::uint64_t>(status_field(*status, "CapBnd"), 16);
  if (!uids || !permitted || !in_force || !bounding) return nullptr;
  const auto real = number_in<uid_t>(column(*uids, 0));
  const auto effective = number_in<uid_t>(column(*uids, 1));
  const auto saved = number_in<uid_t>(column(*uids, 2));
  if (!real || !effective || !saved) return nullptr;
  model::Credentials found;
  found.real = *real;
  found.effective = *effective;
  found.saved = *saved;
  found.permitted = *permitted;
  found.in_force = *in_force;
  found.bounding = *bounding;
  found.user_namespace = space_of(tid);
  return std::make_shared<const model::Credentials>(std::move(found));
}

std::shared_ptr<const model::UserNamespace> CredentialReader::space_of(pid_t tid) {
  const std::uint64_t own = inode("/proc/self/ns/user");
  Fd at(::open(path_of(tid, "ns/user").c_str(), O_RDONLY | O_CLOEXEC));
  // What cannot be looked at is none of ours, and above or beside.
  if (!at.is_open() || inode(at) == own) return first_;
  const std::uint64_t innermost = inode(at);
  if (const auto known = spaces_.find(innermost); known != spaces_.end()) return known->second;
  auto found = std::make_shared<model::UserNamespace>();
  found->parent = first_;
  found->root = root_of(tid);
  (void)::ioctl(at.get(), NS_GET_OWNER_UID, &found->owner);
  for (;;) {
    ++found->level;
    Fd parent(::ioctl(at.get(), NS_GET_PARENT));
    if (!parent.is_open() || inode(parent) == own) break;
    at = std::move(parent);
  }
  spaces_.emplace(innermost, found);
  return found;
}

}  // namespace pinfold::sim
