#include "sim/fuse/cgroup_files.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include "model/awake.h"

namespace pinfold::sim {
namespace {

using model::Cgroup;
using model::CgroupFile;
using model::Task;

// A cgroup is its id in the bits above these, and 0 below; a file of it has its place in the
// system's list of files there, from 1 on. The root, whose id is 1, is 1 all the same.
constexpr unsigned file_bits = 8;

Node node_of(const Cgroup& cgroup) {
  return cgroup.is_root() ? root_node : Node{cgroup.id} << file_bits;
}

Node node_of(const Cgroup& cgroup, std::size_t index) {
  return (Node{cgroup.id} << file_bits) + index + 1;
}

std::string path_of(const Cgroup& parent, std::string_view name) {
  std::string path = parent.is_root() ? "" : parent.path();
  path += '/';
  return path += name;
}

// Those that list something, line by line or word by word: without any there is no line either.
bool is_list(std::string_view file) {
  constexpr auto lists = std::to_array<std::string_view>(
      {"cgroup.controllers", "cgroup.procs", "cgroup.subtree_control", "cgroup.threads", "tasks"});
  return std::ranges::find(lists, file) != lists.end();
}

}  // namespace

CgroupFiles::Place CgroupFiles::place_of(Node node) const {
  if (node == root_node) return {.cgroup = &system_.root_cgroup()};
  constexpr Node below = (Node{1} << file_bits) - 1;
  const Node index = node & below;
  const auto files = system_.cgroup_files();
  if (index > files.size()) return {};
  Cgroup* const cgroup = system_.find_cgroup(node >> file_bits);
  return {.cgroup = cgroup, .file = index == 0 ? nullptr : &files[index - 1]};
}

int CgroupFiles::find_file(Node node, Place& place) const {
  place = place_of(node);
  if (!place.cgroup) return -ENODEV;
  if (!place.file) return -EISDIR;
  return system_.has_file(*place.cgroup, *place.file) ? 0 : -ENODEV;
}

int CgroupFiles::find_changer(pid_t who, Task*& changer) const {
  changer = find_task_(who);
  if (!changer) return -EPERM;
  return system_.may_change_cgroups(*changer) ? 0 : -EACCES;
}

int CgroupFiles::find(Node folder, std::string_view name, Node& found) {
  const std::scoped_lock lock(mutex_);
  const auto [cgroup, file] = place_of(folder);
  if (!cgroup) return -ENOENT;
  if (file) return -ENOTDIR;
  if (const Cgroup* child = cgroup->child(name)) {
    found = node_of(*child);
    return 0;
  }
  const auto files = system_.cgroup_files();
  const auto at = std::ranges::find(files, name, &CgroupFile::name);
  if (at == files.end() || !system_.has_file(*cgroup, *at)) return -ENOENT;
  found = node_of(*cgroup, static_cast<std::size_t>(at - files.begin()));
  return 0;
}

// A removed one has still what can be seen of it by who has it open.
int CgroupFiles::status(Node node, Status& status) {
  const std::scoped_lock lock(mutex_);
  const auto [cgroup, file] = place_of(node);
  if (file) {
    status.mode = S_IFREG | (file->writable ? 0644U : 0444U);
    status.links = 1;
  } else {
    status.mode = S_IFDIR | 0755U;
    status.links = 2 + (cgroup ? static_cast<std::uint32_t>(cgroup->children.size()) : 0);
  }
  status.size = 0;
  return 0;
}

int CgroupFiles::entries(Node folder, std::vector<Entry>& entries) {
  const std::scoped_lock lock(mutex_);
  const auto [cgroup, file] = place_of(folder);
  if (!cgroup) return -ENOENT;
  if (file) return -ENOTDIR;
  const auto files = system_.cgroup_files();
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (!system_.has_file(*cgroup, files[i])) continue;
    entries.push_back(
        {.name = std::string(files[i].name), .node = node_of(*cgroup, i), .type = DT_REG});
  }
  for (const auto& child : cgroup->children)
    entries.push_back({.name = child->name, .node = node_of(*child), .type = DT_DIR});
  return 0;
}

int CgroupFiles::open(Node node, Access access, pid_t who) {
  const std::scoped_lock lock(mutex_);
  Place place;
  if (const int wrong = find_file(node, place); wrong != 0) return wrong;
  if (access == Access::read) return 0;
  Task* writer = nullptr;
  return find_changer(who, writer);
}

int CgroupFiles::read(Node node, std::uint64_t offset, std::size_t length, pid_t who,
                      std::string& text) {
  const std::scoped_lock lock(mutex_);
  Place place;
  if (const int wrong = find_file(node, place); wrong != 0) return wrong;
  const Task* const reader = find_task_(who);
  if (!reader) return -EPERM;
  auto whole = system_.read_cgroup(*reader, *place.cgroup, place.file->name);
  if (!whole) return -ENODEV;
  if (!whole->empty() || !is_list(place.file->name)) *whole += '\n';
  if (offset < whole->size()) text.append(*whole, offset, length);
  return 0;
}

// Where the file stands makes no difference, each write is a whole one.
int CgroupFiles::write(Node node, std::uint64_t /*offset*/, std::string_view text, pid_t who) {
  const std::scoped_lock lock(mutex_);
  Place place;
  if (const int wrong = find_file(node, place); wrong != 0) return wrong;
  Task* const writer = find_task_(who);
  if (!writer) return -EPERM;
  const model::Awake awake(system_, *writer);
  return system_.write_cgroup(*writer, *place.cgroup, place.file->name, text);
}

int CgroupFiles::truncate(Node node, pid_t /*who*/) {
  const std::scoped_lock lock(mutex_);
  Place place;
  return find_file(node, place);
}

int CgroupFiles::make_folder(Node folder, std::string_view name, pid_t who, Node& made) {
  const std::scoped_lock lock(mutex_);
  const auto [cgroup, file] = place_of(folder);
  if (!cgroup) return -ENOENT;
  if (file) return -ENOTDIR;
  Task* maker = nullptr;
  if (const int wrong = find_changer(who, maker); wrong != 0) return wrong;
  if (const int wrong = system_.make_cgroup(path_of(*cgroup, name)); wrong != 0) return wrong;
  made = node_of(*cgroup->child(name));
  return 0;
}

int CgroupFiles::remove_folder(Node folder, std::string_view name, pid_t who) {
  const std::scoped_lock lock(mutex_);
  const auto [cgroup, file] = place_of(folder);
  if (!cgroup) return -ENOENT;
  if (file) return -ENOTDIR;
  Task* remover = nullptr;
  if (const int wrong = find_changer(who, remover); wrong != 0) return wrong;
  return system_.remove_cgroup(path_of(*cgroup, name));
}

}  // namespace pinfold::sim
