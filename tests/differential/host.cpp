#include "differential/host.h"

#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <ranges>
#include <stdexcept>

#include <pinfold/cpu_list.h>

#include "base/file.h"
#include "differential/raw_call.h"
#include "machine/cgroup.h"
#include "model/profile.h"

namespace pinfold::test {
namespace {

std::string line_of(const char* path) {
  auto line = read_line(path);
  if (!line) throw std::runtime_error(std::string(path) + " cannot be read");
  return *std::move(line);
}

std::pair<unsigned, unsigned> version_of(std::string_view release) {
  std::pair<unsigned, unsigned> version;
  const char* const end = release.data() + release.size();
  const auto [dot, status] = std::from_chars(release.data(), end, version.first);
  if (dot != end) std::from_chars(dot + 1, end, version.second);
  return version;
}

std::string profile_for(std::string_view release) {
  std::string_view best;
  for (const model::Profile& profile : model::profiles()) {
    if (version_of(profile.name) <= version_of(release)) best = profile.name;
  }
  return std::string(best);
}

// Cpusets and fallbacks ask for NUMA nodes, and for nothing inside them.
std::string describe(const CpuSet& possible, const CpuSet& present, const CpuSet& online) {
  const std::size_t count = present.count();
  std::size_t nodes = 0;
  bool alike = true;
  for (;; ++nodes) {
    const auto path = "/sys/devices/system/node/node" + std::to_string(nodes) + "/cpulist";
    const auto list = read_line(path.c_str());
    if (!list) break;
    const auto cpus = parse_cpu_list(*list);
    alike &= cpus && (nodes + 1) * cpus->count() <= count &&
             *cpus == CpuSet::range(CpuId(static_cast<unsigned>(nodes * cpus->count())),
                                    CpuId(static_cast<unsigned>((nodes + 1) * cpus->count() - 1)));
  }
  if (nodes == 0 || !alike || count % nodes != 0) nodes = 1;
  std::string text = nodes == 1 ? "" : "pack:" + std::to_string(nodes) + " [numa] ";
  text += "core:" + std::to_string(count / nodes) + " pu:1";
  if (possible != present) text += ";possible=" + to_cpu_list(possible);
  if (online != present) text += ";offline=" + to_cpu_list(present - online);
  return text;
}

std::uint64_t capabilities(std::string_view status, std::string_view field) {
  const auto at = status.find(field);
  if (at == std::string_view::npos) throw std::runtime_error("capabilities cannot be read");
  const auto digits = status.substr(at + field.size() + 2, 16);
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return value;
}

void find_cpusets(Host& host) {
  const auto cgroup = read_file("/proc/self/cgroup");
  const auto mounts = read_file("/proc/self/mountinfo");
  const auto folder = cgroup && mounts ? find_cpuset(*cgroup, *mounts) : std::nullopt;
  if (!folder) {
    host.no_cpusets = "no cpusets are mounted";
    return;
  }
  const bool v1 = folder->version == CpusetFolder::Version::v1;
  const std::string path = folder->mount + folder->relative;
  if (!v1 && !host.emulator) {
    host.no_cpusets = "cpusets of v2 are shared with the rest of the system";
  } else if (folder->cgroup != "/") {
    host.no_cpusets = "the driver's own cpuset is not the root, but " + folder->cgroup;
  } else if (::access(path.c_str(), W_OK) != 0) {
    host.no_cpusets = path + " cannot be written";
  } else {
    host.hierarchy = v1 ? model::Hierarchy::v1 : model::Hierarchy::v2;
    host.cpusets = path;
    host.nodes = line_of((path + (v1 ? "/cpuset.mems" : "/cpuset.mems.effective")).c_str());
  }
}

}  // namespace

Host Host::look() {
  Host host;
  utsname name{};
  ::uname(&name);
  host.release = name.release;
  host.profile = profile_for(host.release);
  const std::string cpus = "/sys/devices/system/cpu/";
  const auto list = [&](const char* file) {
    return *parse_cpu_list(line_of((cpus + file).c_str()));
  };
  host.possible = list("possible");
  host.online = list("online");
  host.description = describe(host.possible, list("present"), host.online);
  host.configured_cpus =
      static_cast<unsigned>(std::stoul(line_of((cpus + "kernel_max").c_str()))) + 1;
  static unsigned long mask[131072 / CpuSet::word_bits];
  host.mask_bytes = static_cast<std::size_t>(raw_call(SYS_sched_getaffinity, 0, sizeof mask, mask));

  host.emulator = line_of("/proc/cmdline").contains("pinfold_boot=");
  find_cpusets(host);

  const auto status = read_file("/proc/self/status");
  if (!status) throw std::runtime_error("/proc/self/status cannot be read");
  host.permitted = capabilities(*status, "CapPrm");
  host.bounding = capabilities(*status, "CapBnd");
  host.deadline_admission = line_of("/proc/sys/kernel/sched_rt_runtime_us") != "-1";
  return host;
}

std::vector<model::Operation> Host::settings() const {
  const auto setting = [](std::string name, std::string value) {
    return model::Operation{
        .action = model::operation::Setting{.name = std::move(name), .value = std::move(value)}};
  };
  const auto* const kind = hierarchy == model::Hierarchy::none ? "none"
                           : hierarchy == model::Hierarchy::v1 ? "v1"
                                                               : "v2";
  return {setting("machine", description), setting("kernel", profile),
          setting("nr_cpus", std::to_string(configured_cpus)), setting("cpusets", kind)};
}

}  // namespace pinfold::test
