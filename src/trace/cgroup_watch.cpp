#include "trace/cgroup_watch.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/fanotify.h>
#include <sys/statfs.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

#include "base/file.h"
#include "base/try.h"
#include "trace/actor.h"

namespace pinfold::trace {
namespace {

constexpr const char* what = "writes to cpusets";

std::unexpected<Error> unsupported(std::string reason, int number = 0) {
  return fail({.kind = ErrorKind::unsupported,
               .number = number,
               .text = what,
               .reason = std::move(reason)});
}

std::unexpected<Error> refused(const char* call) {
  if (errno == EPERM) return unsupported("needs CAP_SYS_ADMIN", EPERM);
  if (errno == ENOSYS) return unsupported("this kernel has no fanotify", ENOSYS);
  return fail({.kind = ErrorKind::system, .number = errno, .text = call});
}

struct Opened {
  Fd folder;
  CpusetHierarchy::Mount mount;
};

// The mount that shows most; one that another covers is not what its path leads to.
Result<Opened> open_mount(CpusetHierarchy hierarchy) {
  std::ranges::stable_sort(hierarchy.mounts, {},
                           [](const auto& mount) { return mount.root.size(); });
  const auto magic =
      hierarchy.version == CpusetFolder::Version::v2 ? CGROUP2_SUPER_MAGIC : CGROUP_SUPER_MAGIC;
  for (CpusetHierarchy::Mount& mount : hierarchy.mounts) {
    Fd folder(::open(mount.point.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct statfs status{};
    if (!folder.is_open() || ::fstatfs(folder.get(), &status) != 0) continue;
    if (status.f_type != magic) continue;
    return Opened{.folder = std::move(folder), .mount = std::move(mount)};
  }
  return unsupported("the hierarchy that holds cpusets is not mounted here");
}

std::string link_target(const Fd& file) {
  const std::string link = "/proc/self/fd/" + std::to_string(file.get());
  std::array<char, PATH_MAX> target;
  const ssize_t length = ::readlink(link.c_str(), target.data(), target.size());
  return {target.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0))};
}

// The same file, opened through a mount of ours.
Fd reopen(const Fd& file, const Fd& folder) {
  union {
    file_handle handle;
    std::array<char, sizeof(file_handle) + MAX_HANDLE_SZ> space;
  } buffer{};
  buffer.handle.handle_bytes = MAX_HANDLE_SZ;
  int mount_id = 0;
  if (::name_to_handle_at(file.get(), "", &buffer.handle, &mount_id, AT_EMPTY_PATH) != 0) return {};
  return Fd(::open_by_handle_at(folder.get(), &buffer.handle, O_PATH | O_CLOEXEC));
}

bool leads_to(const std::string& path, const Fd& file) {
  const auto there = file_id(path.c_str());
  const auto wanted = file_id(file);
  return there && wanted && *there == *wanted;
}

std::string_view name_in(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// Where a cgroup says nothing of that, it is none.
bool is_partition(std::string_view cpus_file) {
  const std::string file = std::string(cpus_file) + ".partition";
  const auto kind = read_line(file.c_str());
  return kind && *kind != "member";
}

}  // namespace

std::optional<CgroupWrite::File> cgroup_file(std::string_view name) {
  using enum CgroupWrite::File;
  struct Known {
    std::string_view name;
    CgroupWrite::File file;
  };
  static constexpr std::array known{
      Known{"cpuset.cpus", cpus},
      Known{"cpuset.cpus.exclusive", cpus},
      Known{"cpuset.cpus.partition", cpus},
      Known{"cpus", cpus},
      Known{"cgroup.procs", members},
      Known{"cgroup.threads", members},
      Known{"tasks", members},
      Known{"cgroup.subtree_control", controllers},
  };
  const auto* const found = std::ranges::find(known, name, &Known::name);
  if (found == known.end()) return std::nullopt;
  return found->file;
}

Result<CgroupWatch> CgroupWatch::open(Kernel& kernel) {
  TRY(const std::string own, read_file("/proc/self/cgroup"));
  TRY(const std::string mountinfo, read_file("/proc/self/mountinfo"));
  auto hierarchy = find_cpuset_hierarchy(own, mountinfo);
  if (!hierarchy) return unsupported("this kernel has no cpusets");
  const auto version = hierarchy->version;
  TRY(Opened opened, open_mount(std::move(*hierarchy)));

  // The queue is bounded: what it has no room for is told, and costs no memory meanwhile.
  constexpr unsigned notify = FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_NONBLOCK | FAN_REPORT_TID;
  Fd queue(::fanotify_init(notify, O_RDONLY | O_CLOEXEC));
  if (!queue.is_open()) return refused("fanotify_init");
  // All mounts of it: those of containers, too.
  if (::fanotify_mark(queue.get(), FAN_MARK_ADD | FAN_MARK_FILESYSTEM, FAN_MODIFY,
                      opened.folder.get(), nullptr) != 0) {
    return refused("fanotify_mark");
  }
  return CgroupWatch(kernel, std::move(queue), std::move(opened.folder), version,
                     std::move(opened.mount));
}

CgroupWrites CgroupWatch::read() {
  CgroupWrites told;
  constexpr int most_at_once = 4096;
  for (int i = 0; i < most_at_once; ++i) {
    // One at a time: of several, the kernel tells no error but the first one's.
    fanotify_event_metadata event{};
    const ssize_t length = ::read(queue_.get(), &event, sizeof event);
    if (length < 0) {
      if (errno == EAGAIN) return told;
      // The event was taken, but its file cannot be opened: it cannot be read by anybody (none of
      // ours is so), or its cgroup is no more, and nobody is in it.
      if (errno == EINTR || errno == EACCES || errno == ENODEV || errno == ENOENT) continue;
      told.missed = true;
      if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) continue;
      return told;
    }
    const Fd file(event.fd);
    if ((event.mask & FAN_Q_OVERFLOW) != 0 || event.vers != FANOTIFY_METADATA_VERSION) {
      told.missed = true;
      continue;
    }
    auto write = write_to(file);
    if (!write) continue;
    write->tid = Tid(event.pid);
    write->writer = read_actor(*kernel_, write->tid);  // first: it may end at any moment
    write->time = std::chrono::system_clock::now();
    locate(*write, file);
    told.writes.push_back(std::move(*write));
  }
  return told;
}

std::optional<CgroupWrite> CgroupWatch::write_to(const Fd& file) const {
  std::string path = link_target(file);
  const auto kind = cgroup_file(name_in(path));
  if (!kind) return std::nullopt;
  CgroupWrite write;
  write.file = *kind;
  write.path = std::move(path);
  return write;
}

// The path is that of the mount through which it was written. In a container this is another one,
// and its path leads to a file of the container's cgroup, or to nothing, from here.
void CgroupWatch::locate(CgroupWrite& write, const Fd& file) const {
  if (leads_to(write.path, file)) write.cgroup = cgroup_of(write.path);
  if (!write.cgroup) {
    const Fd ours = reopen(file, folder_);
    std::string path = ours.is_open() ? link_target(ours) : std::string();
    write.cgroup = cgroup_of(path);
    if (write.cgroup) write.path = std::move(path);
  }
  const std::string_view name = name_in(write.path);
  write.partition =
      name == "cpuset.cpus.partition" || name == "cpuset.cpus.exclusive" ||
      (name == "cpuset.cpus" && version_ == CpusetFolder::Version::v2 && is_partition(write.path));
}

std::optional<std::string> CgroupWatch::cgroup_of(std::string_view path) const {
  if (mount_.root.starts_with("/..")) return std::nullopt;  // above what our namespace shows
  if (!path.starts_with(mount_.point)) return std::nullopt;
  path.remove_prefix(mount_.point.size());
  if (!path.starts_with('/')) return std::nullopt;
  const std::string cgroup =
      (mount_.root == "/" ? "" : mount_.root) + std::string(path.substr(0, path.rfind('/')));
  return cgroup.empty() ? "/" : cgroup;
}

Leg CgroupWatch::leg() const {
  return {.name = "cpuset writes",
          .chosen = "fanotify on " + mount_.point,
          .reason = "",
          .blind = "who wrote, where that process has ended at once"};
}

}  // namespace pinfold::trace
