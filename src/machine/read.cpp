#include "machine/read.h"

#include <sys/stat.h>

#include <cerrno>
#include <string>

#include "base/try.h"
#include "machine/cpus.h"
#include "machine/description.h"
#include "machine/facts.h"
#include "machine/kinds.h"
#include "machine/levels.h"

namespace pinfold {
namespace {

// Old snapshots have /proc/self/cpuset, which says the path alone.
std::optional<CpusetLimit> own_cpuset(const Root& root, Mounts& mounts) {
  if (const auto cgroup = root.read("proc/self/cgroup")) {
    return read_cpuset(root, mounts, *cgroup);
  }
  const auto path = root.read("proc/self/cpuset");
  if (!path) return std::nullopt;
  if (auto limit = read_cpuset(root, mounts, "1:cpuset:" + *path)) return limit;
  return read_cpuset(root, mounts, "0::" + *path);
}

// std::filesystem would bring the locales of iostreams into the command: a third of its size.
bool is_folder(const std::string& name) {
  struct stat status{};
  return ::stat(name.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

}  // namespace

Result<Machine> read_machine(std::shared_ptr<const Root> root, MachineParts parts) {
  MachineFacts facts{.parts = parts};
  Mounts mounts(*root);
  TRY(facts.limits.cpus, read_system_cpus(*root, mounts));
  facts.limits.cpuset = own_cpuset(*root, mounts);
  if (!parts.empty()) read_levels(*root, facts);
  if (parts.has_kinds()) facts.kinds = read_kinds(*root, facts);
  facts.root = std::move(root);
  return Machine(std::move(facts));
}

Result<Machine> Machine::host() { return open_machine("host", MachineParts::all()); }

Result<Machine> Machine::open(std::string_view text) {
  return open_machine(text, MachineParts::all());
}

Result<Machine> open_machine(std::string_view text, MachineParts parts) {
  if (text == "host") {
    TRY(Root root, Root::host());
    return read_machine(std::make_shared<const Root>(std::move(root)), parts);
  }
  const bool folder = is_folder(std::string(text));
  if (is_description(text) && !folder) {
    TRY(MachineFacts facts, read_description(text));
    return Machine(std::move(facts));
  }
  if (!folder) {
    return fail({.kind = ErrorKind::unsupported,
                 .number = ENOENT,
                 .text = "machine \"" + std::string(text) + '"',
                 .reason = "no such folder; a machine is host, a folder with a copy of /sys and "
                           "/proc, or a description like \"pack:2 core:8 pu:2\""});
  }
  TRY(Root root, Root::copy(std::string(text)));
  return read_machine(std::make_shared<const Root>(std::move(root)), parts);
}

}  // namespace pinfold
