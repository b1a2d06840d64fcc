// Which CPUs are local to a device.
#include <array>
#include <set>

#include <pinfold/cpu_list.h>
#include <pinfold/machine.h>

#include "base/closest.h"
#include "base/number.h"
#include "machine/facts.h"
#include "machine/folder.h"

namespace pinfold {
namespace {

// Where devices have the names that people know.
constexpr std::array classes = {"sys/class/net",   "sys/class/block",      "sys/class/drm",
                                "sys/class/accel", "sys/class/infiniband", "sys/class/nvme"};
constexpr const char* pci_devices = "sys/bus/pci/devices";

std::unexpected<Error> not_found(std::string reason) {
  return fail({.kind = ErrorKind::no_such_object, .reason = std::move(reason)});
}

class Devices {
 public:
  Devices(const Root& root, std::span<const Object> nodes) : root_(root), nodes_(nodes) {}

  // The device's folder; empty where there is none of that name.
  [[nodiscard]] std::string folder_of(std::string_view name) const {
    if (name.empty() || name.find('/') != std::string_view::npos || name.starts_with('.'))
      return {};
    // lspci leaves out the domain 0000.
    for (const std::string& address : {std::string(name), "0000:" + std::string(name)}) {
      const std::string folder = std::string(pci_devices) + '/' + address;
      if (root_.has(folder)) return folder;
    }
    for (const char* device_class : classes) {
      const std::string folder = std::string(device_class) + '/' + std::string(name);
      if (root_.has(folder)) return folder;
    }
    return {};
  }

  // Says where it is the device itself or what it hangs on; if it is made of others, like a bond
  // or a RAID, these.
  std::optional<CpuSet> local_cpus(const std::string& folder) {
    constexpr int most_parents = 12;
    std::string at = folder;
    for (int i = 0; i < most_parents; ++i, at += "/..") {
      if (auto cpus = said_in(at)) return cpus;
    }
    std::optional<CpuSet> together;
    for (const std::string& part : parts_of(folder)) {
      if (!seen_.insert(part).second) continue;
      const auto cpus = local_cpus(part);
      if (!cpus) continue;
      if (!together) together.emplace();
      *together |= *cpus;
    }
    return together;
  }

  [[nodiscard]] std::string closest_name(std::string_view name) const {
    std::vector<std::string> names;
    for (const char* device_class : classes) {
      for (std::string& device : root_.list(device_class))
        names.push_back(std::move(device));
    }
    const std::vector<std::string_view> views(names.begin(), names.end());
    const auto near = closest(name, views);
    return near ? std::string(*near) : "";
  }

 private:
  [[nodiscard]] std::optional<CpuSet> said_in(const std::string& path) const {
    Folder folder(root_, path);
    auto cpus = folder.list("local_cpulist");
    if (!cpus) cpus = folder.mask("local_cpus");
    if (cpus && !cpus->empty()) return cpus;
    const auto node = folder.number("numa_node");
    if (!node || *node < 0) return std::nullopt;
    for (const Object& object : nodes_) {
      if (object.id == static_cast<unsigned>(*node)) return object.cpus;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::vector<std::string> parts_of(const std::string& folder) const {
    std::vector<std::string> parts;
    const std::string prefix = folder + '/';
    for (const std::string& name : root_.list(folder)) {
      if (name.starts_with("lower_")) parts.push_back(prefix + name);
    }
    const std::string slaves = prefix + "slaves/";
    for (const std::string& name : root_.list(slaves))
      parts.push_back(slaves + name);
    return parts;
  }

  const Root& root_;
  std::span<const Object> nodes_;
  std::set<std::string> seen_;
};

}  // namespace

Result<CpuSet> Machine::near(std::string_view device) const {
  const std::string name(device);
  if (!facts_->root) return not_found("a machine that is described has no devices");
  Devices devices(*facts_->root, objects(Level::node));
  const std::string folder = devices.folder_of(device);
  if (folder.empty()) {
    const std::string near = devices.closest_name(device);
    return not_found("no device is called " + name +
                     (near.empty() ? " (network interfaces, disks, GPUs, PCI addresses are known)"
                                   : ": did you mean " + near + '?'));
  }
  auto cpus = devices.local_cpus(folder);
  if (cpus) *cpus &= online();
  if (!cpus || cpus->empty()) {
    return not_found(name + " is near no CPU: nothing that it hangs on says where it is");
  }
  return std::move(*cpus);
}

}  // namespace pinfold
