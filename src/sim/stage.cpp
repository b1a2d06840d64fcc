#include "sim/stage.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <map>
#include <string_view>

#include "base/try.h"
#include "sim/files/folder_writer.h"
#include "sim/fuse/mount.h"
#include "sim/room.h"

namespace pinfold::sim {
namespace {

constexpr unsigned long safe = MS_NOSUID | MS_NODEV | MS_NOEXEC;
// Where the image is mounted, and what of it is seen in the end.
constexpr const char* cpu_folder = "/sys/devices/system/cpu";
constexpr const char* cgroup_folder = "/sys/fs/cgroup";

struct Place {
  const char* parent;
  const char* name;
};
constexpr std::array places = {
    Place{"/sys/devices/system", "node"}, Place{"/sys/bus/cpu", "devices"},
    Place{"/sys/bus/node", "devices"},    Place{"/sys/devices", "cpu_core"},
    Place{"/sys/devices", "cpu_atom"},    Place{"/sys/devices", "cpu_lowpower"},
};

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

std::string path_of(const Place& place) { return std::string(place.parent) + '/' + place.name; }

Result<void> mounted(int result, const std::string& where) {
  if (result == 0) return {};
  return fail({.kind = ErrorKind::system, .number = errno, .text = "mount " + where});
}

Result<void> bind_mount(const std::string& from, const std::string& to) {
  return mounted(::mount(from.c_str(), to.c_str(), nullptr, MS_BIND, nullptr), to);
}

Result<void> show_by_erofs(const std::string& image) {
  return mounted(::mount(image.c_str(), cpu_folder, "erofs", MS_RDONLY | safe, nullptr),
                 cpu_folder);
}

Result<void> show_by_fuse(const Channel& supervisor) {
  TRY(const Fd device, open_fuse_device());
  CHECK_OK(mount_fuse(device, cpu_folder, {.subtype = "pinfold", .read_only = true}));
  supervisor.send(Note::image_device, device);
  return {};
}

Result<void> show_copy(const std::string& image) {
  const Fd file(::open(image.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return fail({.number = errno, .text = image});
  TRY(const ErofsImage opened, ErofsImage::open(file));
  CHECK_OK(mounted(::mount("tmpfs", cpu_folder, "tmpfs", safe, "mode=0755"), cpu_folder));
  const Fd folder(::open(cpu_folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  CHECK_OK(write_folder(opened, folder.get()));
  return mounted(
      ::mount(nullptr, cpu_folder, nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY | safe, nullptr),
      cpu_folder);
}

Result<void> show(const Stage& stage, const Channel& supervisor) {
  const auto wanted = [&](ShownBy way) {
    return stage.shown_by == way || stage.shown_by == ShownBy::best;
  };
  if (wanted(ShownBy::erofs)) {
    auto shown = show_by_erofs(stage.image);
    if (shown || stage.shown_by == ShownBy::erofs) return shown;
  }
  if (wanted(ShownBy::fuse)) {
    auto shown = show_by_fuse(supervisor);
    if (shown || stage.shown_by == ShownBy::fuse) return shown;
  }
  return show_copy(stage.image);
}

// What the image has and this machine has not: nodes, kinds of CPUs. It is mounted already, so the
// folder itself is asked; what is below sys/devices is bound there, too.
Result<void> make_missing_folders() {
  std::map<std::string, std::vector<std::string>> missing;
  const std::string image = cpu_folder;
  for (const Place& place : places) {
    const std::string path = path_of(place);
    if (exists(image + path) && !exists(path) && exists(place.parent)) {
      missing[place.parent].emplace_back(place.name);
    }
  }
  for (const auto& [parent, names] : missing)
    CHECK_OK(make_room(parent, names));
  return {};
}

Result<void> show_machine(const Stage& stage, const Channel& supervisor) {
  if (!exists(cpu_folder)) {
    return fail({.kind = ErrorKind::unsupported,
                 .text = cpu_folder,
                 .reason = "there is no such folder: sysfs is not mounted on /sys"});
  }
  CHECK_OK(show(stage, supervisor));
  CHECK_OK(make_missing_folders());
  const std::string image = cpu_folder;
  for (const Place& place : places) {
    const std::string path = path_of(place);
    if (exists(image + path) && exists(path)) CHECK_OK(bind_mount(image + path, path));
  }
  return bind_mount(image + cpu_folder, cpu_folder);
}

// Where there is no FUSE no cgroup is shown: what is there is of another machine.
Result<void> show_cgroups(const Stage& stage, const Channel& supervisor) {
  if (!exists(cgroup_folder)) return {};
  const bool v1 = stage.cpusets == model::Hierarchy::v1;
  const bool wanted = stage.cpusets != model::Hierarchy::none;
  const Result<Fd> device = wanted ? open_fuse_device() : Result<Fd>(fail({}));
  std::string where = cgroup_folder;
  if (wanted && !device) {
    if (stage.needs_cpusets) return fail(Error(device.error()));
    supervisor.send(Note::no_cgroups, device.error());
  }
  if (v1 || !device) {
    CHECK_OK(mounted(::mount("tmpfs", cgroup_folder, "tmpfs", safe, "mode=0755"), cgroup_folder));
  }
  if (!device) return {};
  if (v1) {
    where += "/cpuset";
    constexpr mode_t mode = 0755;
    (void)::mkdir(where.c_str(), mode);
  }
  CHECK_OK(mount_fuse(*device, where.c_str(), {.subtype = v1 ? "cgroup" : "cgroup2"}));
  supervisor.send(Note::cgroup_device, *device);
  return {};
}

}  // namespace

Result<void> set_up(const Stage& stage, const Channel& supervisor) {
  CHECK_OK(show_machine(stage, supervisor));
  return show_cgroups(stage, supervisor);
}

}  // namespace pinfold::sim
