#include "machine/partitions.h"

#include <string>

#include <pinfold/cpu_list.h>

#include "machine/cgroup.h"

namespace pinfold {
namespace {

CpuSet read_list(const Root& root, const std::string& path) {
  const auto text = root.read(path);
  if (!text) return {};
  auto cpus = parse_cpu_list(*text);
  return cpus ? std::move(*cpus) : CpuSet();
}

class Walk {
 public:
  Walk(const Root& root, std::string mount)
      : root_(root),
        mount_(std::move(mount)),
        anywhere_(root.has(mount_ + "/cpuset.cpus.isolated")) {}

  std::vector<Partition> run() {
    below("");
    return std::move(found_);
  }

 private:
  // `cgroup` is "" for the root. Returns the CPUs of the partitions found below.
  CpuSet below(const std::string& cgroup) {
    CpuSet cpus;
    for (const std::string& name : root_.list(mount_ + cgroup)) {
      std::string child = cgroup;
      child += '/';
      child += name;
      std::string file = mount_ + child + "/cpuset.cpus.partition";
      const auto kind = root_.read(file);
      if (kind) cpus |= look(child, std::move(file), *kind);
    }
    return cpus;
  }

  CpuSet look(const std::string& cgroup, std::string file, std::string_view kind) {
    const bool isolated = kind.starts_with("isolated");
    const bool valid = (isolated || kind.starts_with("root")) && !kind.contains("invalid");
    // Since Linux 6.7 a partition may stand anywhere; before, only below another one.
    if (!valid) return anywhere_ ? below(cgroup) : CpuSet();
    const std::size_t index = found_.size();
    found_.push_back({.cgroup = cgroup,
                      .file = std::move(file),
                      .cpus = read_list(root_, mount_ + cgroup + "/cpuset.cpus.effective"),
                      .isolated = isolated});
    const CpuSet inside = below(cgroup);
    found_[index].cpus |= inside;
    return found_[index].cpus;
  }

  const Root& root_;
  std::string mount_;
  bool anywhere_;
  std::vector<Partition> found_;
};

}  // namespace

std::vector<Partition> read_partitions(const Root& root, Mounts& mounts) {
  const auto hierarchy = find_cpuset("0::/", mounts.info());
  if (!hierarchy || !root.has(hierarchy->mount + "/cpuset.cpus.effective")) return {};
  return Walk(root, hierarchy->mount).run();
}

CpuSet read_isolated_partitions(const Root& root, Mounts& mounts) {
  const auto hierarchy = find_cpuset("0::/", mounts.info());
  if (!hierarchy) return {};
  // Since Linux 6.7 the root says it all.
  const std::string list = hierarchy->mount + "/cpuset.cpus.isolated";
  if (root.has(list)) return read_list(root, list);
  CpuSet isolated;
  for (const Partition& partition : read_partitions(root, mounts)) {
    if (partition.isolated) isolated |= partition.cpus;
  }
  return isolated;
}

}  // namespace pinfold
