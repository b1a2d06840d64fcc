#include "machine/cpus.h"

#include <array>
#include <string>
#include <vector>

#include <pinfold/cpu_list.h>

#include "base/number.h"
#include "base/try.h"
#include "machine/cgroup.h"
#include "machine/folder.h"
#include "machine/partitions.h"

namespace pinfold {
namespace {

constexpr const char* cpu_folder = "sys/devices/system/cpu";

// Where there is no list (before Linux 2.6.28): the folders "cpu0", "cpu1", …; a CPU that can be
// switched off says in cpuN/online whether it is.
void read_cpu_folders(const Root& root, Folder& folder, SystemCpus& cpus) {
  for (const std::string& name : root.list(cpu_folder)) {
    if (!name.starts_with("cpu")) continue;
    const auto number = parse_number<unsigned>(std::string_view(name).substr(3));
    if (!number || *number > highest_cpu_in_text.value()) continue;
    cpus.present.add(CpuId(*number));
    if (folder.number((name + "/online").c_str()) != 0) cpus.online.add(CpuId(*number));
  }
}

// "/sys/fs/cgroup/a/b" without its last part, not above `mount`.
bool climb(std::string& relative) {
  if (relative.empty()) return false;
  relative.resize(relative.rfind('/'));
  return true;
}

// The files in which a cpuset says what it leaves: the first that can be read counts. The last two
// are for a hierarchy that is mounted as cpuset(7) tells, without prefixes.
struct LimitFiles {
  const char* v2;
  std::array<const char*, 4> v1;
};
constexpr LimitFiles cpu_files = {
    .v2 = "/cpuset.cpus.effective",
    .v1 = {"/cpuset.effective_cpus", "/cpuset.cpus", "/effective_cpus", "/cpus"}};
constexpr LimitFiles node_files = {
    .v2 = "/cpuset.mems.effective",
    .v1 = {"/cpuset.effective_mems", "/cpuset.mems", "/effective_mems", "/mems"}};

class Hierarchy {
 public:
  Hierarchy(const Root& root, CpusetFolder folder, const LimitFiles& files)
      : root_(root), folder_(std::move(folder)), files_(files) {}

  // The cgroup that stands at `relative` below the mount point, if it has a cpuset.
  [[nodiscard]] std::optional<CpusetLimit> at(const std::string& relative) const {
    const std::span<const char* const> files = folder_.version == CpusetFolder::Version::v2
                                                   ? std::span(&files_.v2, 1)
                                                   : std::span<const char* const>(files_.v1);
    for (const char* file : files) {
      std::string path = folder_.mount;
      path += relative;
      path += file;
      const auto text = root_.read(path);
      if (!text) continue;
      auto cpus = text->empty() ? CpuSet() : parse_cpu_list(*text);
      if (!cpus) continue;
      return CpusetLimit{.cgroup = name_of(relative), .file = path, .cpus = std::move(*cpus)};
    }
    return std::nullopt;
  }

  // The same with what was given to it.
  [[nodiscard]] std::optional<CpusetLevel> level(const std::string& relative) const {
    auto limit = at(relative);
    if (!limit) return std::nullopt;
    CpusetLevel level{.limit = std::move(*limit), .given_file = {}, .given = {}};
    for (const char* file : {"/cpuset.cpus", "/cpus"}) {
      std::string path = folder_.mount;
      path += relative;
      path += file;
      const auto text = root_.read(path);
      if (!text) continue;
      if (auto cpus = parse_cpu_list(*text)) level.given = std::move(*cpus);
      level.given_file = std::move(path);
      break;
    }
    return level;
  }

  // The nearest cgroup that has a cpuset: in v2 a parent may not hand the controller down.
  [[nodiscard]] std::optional<CpusetLimit> nearest(std::string& relative) const {
    for (;;) {
      if (auto limit = at(relative)) return limit;
      if (!climb(relative)) return std::nullopt;
    }
  }

 private:
  // As in /proc/PID/cgroup: the path of the task's cgroup ends with its `relative`.
  [[nodiscard]] std::string name_of(const std::string& relative) const {
    const std::size_t cut = folder_.relative.size() - relative.size();
    const std::string name = folder_.cgroup.substr(0, folder_.cgroup.size() - cut);
    return name.empty() ? "/" : name;
  }

  const Root& root_;
  CpusetFolder folder_;
  const LimitFiles& files_;
};

// The limit of the cgroup farthest from the task that already allows no more.
std::optional<CpusetLimit> read_limit(const Root& root, Mounts& mounts,
                                      std::string_view proc_cgroup, const LimitFiles& files) {
  const auto folder = find_cpuset(proc_cgroup, mounts.info());
  if (!folder) return std::nullopt;
  const Hierarchy hierarchy(root, *folder, files);
  std::string relative = folder->relative;
  auto limit = hierarchy.nearest(relative);
  while (limit && climb(relative)) {
    auto above = hierarchy.at(relative);
    if (!above || above->cpus != limit->cpus) break;
    limit = std::move(above);
  }
  return limit;
}

}  // namespace

Result<SystemCpus> read_system_cpus(const Root& root, Mounts& mounts) {
  Folder folder(root, cpu_folder);
  SystemCpus cpus;
  const auto read = [&](const char* file, CpuSet& set) {
    auto list = folder.list(file);
    if (list) set = std::move(*list);
    return list.has_value();
  };
  const bool has_present = read("present", cpus.present);
  if (!read("online", cpus.online)) {
    if (has_present) {
      cpus.online = cpus.present;
    } else {
      read_cpu_folders(root, folder, cpus);
    }
  }
  cpus.present |= cpus.online;
  if (!read("possible", cpus.possible)) cpus.possible = cpus.present;
  cpus.possible |= cpus.present;
  read("isolated", cpus.isolcpus);    // since Linux 4.2
  read("nohz_full", cpus.nohz_full);  // since 4.2, and "(null)" where it was not asked for
  if (CpuSet list; read("aarch32_el0", list)) cpus.aarch32 = std::move(list);
  if (cpus.online.empty()) {
    return fail({.kind = ErrorKind::unsupported,
                 .text = root.name_of(cpu_folder),
                 .reason = root.is_host()
                               ? "it tells of no CPU"
                               : "it tells of no CPU: is this a copy of /sys and /proc?"});
  }
  cpus.isolated = cpus.isolcpus | read_isolated_partitions(root, mounts);
  return cpus;
}

std::optional<CpusetLimit> read_cpuset(const Root& root, Mounts& mounts,
                                       std::string_view proc_cgroup) {
  return read_limit(root, mounts, proc_cgroup, cpu_files);
}

std::optional<CpusetNodes> read_cpuset_nodes(const Root& root, Mounts& mounts,
                                             std::string_view proc_cgroup) {
  auto limit = read_limit(root, mounts, proc_cgroup, node_files);  // lists of one form
  if (!limit) return std::nullopt;
  return CpusetNodes{.cgroup = std::move(limit->cgroup),
                     .file = std::move(limit->file),
                     .nodes = NodeSet::from_words(limit->cpus.words())};
}

std::vector<CpusetLevel> read_cpusets(const Root& root, Mounts& mounts,
                                      std::string_view proc_cgroup) {
  std::vector<CpusetLevel> levels;
  const auto folder = find_cpuset(proc_cgroup, mounts.info());
  if (!folder) return levels;
  const Hierarchy hierarchy(root, *folder, cpu_files);
  std::string relative = folder->relative;
  do {
    if (auto level = hierarchy.level(relative)) levels.push_back(std::move(*level));
  } while (climb(relative));
  return levels;
}

}  // namespace pinfold
