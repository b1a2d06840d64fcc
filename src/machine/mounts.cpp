#include "machine/mounts.h"

#include "machine/cgroup.h"

namespace pinfold {
namespace {

std::string mountinfo_of(const Root& root) {
  if (auto mountinfo = root.read("proc/self/mountinfo")) return std::move(*mountinfo);
  const auto mounts = root.read("proc/mounts");
  return mounts ? mounts_as_mountinfo(*mounts) : "";
}

}  // namespace

const std::string& Mounts::info() {
  if (!info_) info_ = mountinfo_of(root_);
  return *info_;
}

}  // namespace pinfold
