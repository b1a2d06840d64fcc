#include "kernel/linux_identity.h"

#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace pinfold::test {
namespace {

struct Capabilities {
  __user_cap_data_struct words[2] = {};

  [[nodiscard]] std::uint64_t permitted() const {
    return std::uint64_t{words[1].permitted} << 32 | words[0].permitted;
  }
  void set(std::uint64_t permitted, std::uint64_t effective) {
    for (auto& word : words) {
      word = {.effective = static_cast<std::uint32_t>(effective),
              .permitted = static_cast<std::uint32_t>(permitted),
              .inheritable = 0};
      permitted >>= 32;
      effective >>= 32;
    }
  }
};

constexpr __user_cap_header_struct own_capabilities{_LINUX_CAPABILITY_VERSION_3, 0};

}  // namespace

int become(const Identity& identity) {
  if (identity.uids) {
    const auto& [real, effective, saved] = *identity.uids;
    if (identity.permitted && ::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) return errno;
    if (::setresuid(real, effective, saved) != 0) return errno;
  }
  if (identity.permitted) {
    __user_cap_header_struct header = own_capabilities;
    Capabilities capabilities;
    if (::syscall(SYS_capget, &header, capabilities.words) != 0) return errno;
    const std::uint64_t had = capabilities.permitted();
    const std::uint64_t permitted = had & *identity.permitted;
    // A capability that is asked for by name must be there.
    if (*identity.permitted >> 63 == 0 && permitted != *identity.permitted) return EPERM;
    capabilities.set(permitted, permitted & identity.effective.value_or(permitted));
    if (::syscall(SYS_capset, &header, capabilities.words) != 0) return errno;
  }
  if (identity.new_user_namespace && ::unshare(CLONE_NEWUSER) != 0) return errno;
  return 0;
}

std::string to_string(const Identity& identity) {
  std::string text = "the test's own user";
  if (identity.uids) {
    text = "uid " + std::to_string(identity.uids->real) + '/' +
           std::to_string(identity.uids->effective) + '/' + std::to_string(identity.uids->saved);
  }
  if (identity.permitted) text += " with chosen capabilities";
  if (identity.new_user_namespace) text += " in a new user namespace";
  return text;
}

}  // namespace pinfold::test
