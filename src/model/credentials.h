// Who a task is, as credentials(7), capabilities(7) and user_namespaces(7) have it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>

#include "kernel/kernel.h"

namespace pinfold::model {

/// Users are known by their numbers in the first namespace ("kuid"); in another one they may have
/// no number.
struct UserNamespace {
  std::shared_ptr<const UserNamespace> parent;  ///< null for the first
  unsigned level = 0;
  uid_t owner = 0;            ///< the effective uid of who made it
  std::optional<uid_t> root;  ///< who is 0 inside; nothing: nobody

  /// Whether that user has a number inside (uid_map).
  [[nodiscard]] bool has(uid_t uid) const;
};

inline constexpr std::uint64_t all_capabilities = (std::uint64_t{1} << 41U) - 1;

struct Credentials : pinfold::Credentials {
  uid_t saved = 0;
  std::uint64_t bounding = all_capabilities;
  std::shared_ptr<const UserNamespace> user_namespace;

  [[nodiscard]] bool is_root(uid_t uid) const { return uid == user_namespace->root; }
};

/// Whether it has the capability in force in that namespace: cap_capable() in
/// security/commoncap.c.
bool capable(const Credentials& who, const UserNamespace& where, unsigned capability);

/// prctl(2), PR_SET_KEEPCAPS: whether what is permitted stays when no user of the three is root any
/// more.
enum class KeepCapabilities {
  no,
  yes,
};

/// setresuid(2) of the kernel, all three users given: 0, -EPERM, -EINVAL for one who has no number
/// in the caller's namespace. Which capabilities are lost or come into force: capabilities(7),
/// "Effect of user ID changes on capabilities".
int change_uids(Credentials& who, uid_t real, uid_t effective, uid_t saved, KeepCapabilities keep);

/// capset(2): 0 or -EPERM.
int change_capabilities(Credentials& who, std::uint64_t permitted, std::uint64_t in_force);

/// What execve(2) makes of them, for a program without capabilities and set-user-ID bits.
void change_for_exec(Credentials& who);

/// unshare(2) with CLONE_NEWUSER: all capabilities, in a new namespace. 0, or -EPERM for who has no
/// number in the one it leaves.
int enter_new_user_namespace(Credentials& who);

}  // namespace pinfold::model
