#include "machine/cgroup.h"

#include <algorithm>
#include <ranges>

namespace pinfold {
namespace {

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (const auto part : std::views::split(text, at))
    parts.emplace_back(part.begin(), part.end());
  return parts;
}

bool lists(std::string_view comma_list, std::string_view item) {
  const auto items = split(comma_list, ',');
  return std::ranges::find(items, item) != items.end();
}

// mountinfo writes a space, a tab, a line feed and a backslash as octal: "\040".
std::string unescape(std::string_view field) {
  const auto octal = [](char c) { return c >= '0' && c <= '7'; };
  std::string text;
  while (!field.empty()) {
    if (field.size() >= 4 && field[0] == '\\' && octal(field[1]) && octal(field[2]) &&
        octal(field[3])) {
      text += static_cast<char>((field[1] - '0') * 64 + (field[2] - '0') * 8 + (field[3] - '0'));
      field.remove_prefix(4);
    } else {
      text += field.front();
      field.remove_prefix(1);
    }
  }
  return text;
}

struct Membership {
  CpusetFolder::Version version;
  std::string_view path;
};

// Lines of cgroups(7): "3:cpuset:/docker/9f3c" in v1, "0::/docker/9f3c" in v2. Where cpuset is
// a v1 controller, v2 has none.
std::optional<Membership> membership(std::string_view proc_cgroup) {
  std::optional<Membership> v2;
  for (const auto line : split(proc_cgroup, '\n')) {
    const auto controllers_at = line.find(':');
    if (controllers_at == std::string_view::npos) continue;
    const auto path_at = line.find(':', controllers_at + 1);
    if (path_at == std::string_view::npos) continue;
    const auto controllers = line.substr(controllers_at + 1, path_at - controllers_at - 1);
    const auto path = line.substr(path_at + 1);
    if (lists(controllers, "cpuset")) return Membership{CpusetFolder::Version::v1, path};
    if (line.starts_with("0::")) v2 = Membership{CpusetFolder::Version::v2, path};
  }
  return v2;
}

// A cgroup outside of the reader's cgroup namespace is shown as "/../x"; "/..x" is a name.
bool inside_namespace(std::string_view path) {
  return path.starts_with('/') && !path.contains("/../") && !path.ends_with("/..");
}

// What is left of `path` below `root`; both start with a slash.
std::optional<std::string_view> below(std::string_view path, std::string_view root) {
  if (root == "/") return path == "/" ? "" : path;
  if (!path.starts_with(root)) return std::nullopt;
  path.remove_prefix(root.size());
  if (!path.empty() && path.front() != '/') return std::nullopt;
  return path;
}

std::vector<CpusetHierarchy::Mount> mounts_of(CpusetFolder::Version version,
                                              std::string_view mountinfo) {
  std::vector<CpusetHierarchy::Mount> mounts;
  for (const auto line : split(mountinfo, '\n')) {
    // 36 35 0:30 ROOT MOUNT OPTIONS [TAGS…] - TYPE SOURCE SUPER_OPTIONS
    const auto separator = line.find(" - ");
    if (separator == std::string_view::npos) continue;
    const auto after = split(line.substr(separator + 3), ' ');
    if (after.size() < 3) continue;
    const bool right_type = version == CpusetFolder::Version::v2
                                ? after[0] == "cgroup2"
                                : after[0] == "cgroup" && lists(after[2], "cpuset");
    if (!right_type) continue;
    const auto before = split(line.substr(0, separator), ' ');
    if (before.size() < 6) continue;
    mounts.push_back({.root = unescape(before[3]), .point = unescape(before[4])});
  }
  return mounts;
}

}  // namespace

std::optional<CpusetFolder> find_cpuset(std::string_view proc_cgroup, std::string_view mountinfo) {
  const auto member = membership(proc_cgroup);
  if (!member || !inside_namespace(member->path)) return std::nullopt;
  for (const CpusetHierarchy::Mount& mount : mounts_of(member->version, mountinfo)) {
    const auto relative = below(member->path, mount.root);
    if (!relative) continue;
    return CpusetFolder{.version = member->version,
                        .cgroup = std::string(member->path),
                        .mount = mount.point,
                        .relative = std::string(*relative)};
  }
  return std::nullopt;
}

std::optional<CpusetHierarchy> find_cpuset_hierarchy(std::string_view proc_cgroup,
                                                     std::string_view mountinfo) {
  const auto member = membership(proc_cgroup);
  if (!member) return std::nullopt;
  return CpusetHierarchy{.version = member->version,
                         .mounts = mounts_of(member->version, mountinfo)};
}

std::optional<std::string_view> cpuset_cgroup(std::string_view proc_cgroup) {
  const auto member = membership(proc_cgroup);
  if (!member) return std::nullopt;
  return member->path;
}

std::string mounts_as_mountinfo(std::string_view mounts) {
  std::string mountinfo;
  for (const auto line : split(mounts, '\n')) {
    const auto fields = split(line, ' ');  // SOURCE MOUNT TYPE OPTIONS 0 0
    if (fields.size() < 4) continue;
    const bool cpuset = fields[2] == "cpuset";
    mountinfo += "0 0 0:0 / ";
    mountinfo += fields[1];
    mountinfo += " rw - ";
    mountinfo += cpuset ? "cgroup" : fields[2];
    mountinfo += " none ";
    mountinfo += fields[3];
    mountinfo += cpuset ? ",cpuset\n" : "\n";
  }
  return mountinfo;
}

}  // namespace pinfold
