// Which container a task is in, as far as the path of its cgroup tells.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pinfold::trace {

/// The innermost container that `cgroup` names: the id (64 hexadecimal digits) of one of Docker,
/// containerd, CRI-O or Podman, the name of one of LXC, Incus or systemd-nspawn. Nothing for a
/// cgroup of the host, and for processes that only watch over a container (conmon, the monitors
/// of LXC and nspawn).
std::optional<std::string> container_of(std::string_view cgroup);

}  // namespace pinfold::trace
