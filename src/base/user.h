// Names of users.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pinfold {

/// The user's name in /etc/passwd, else "uid 1234". Other sources of names (LDAP, SSSD) are
/// not asked: a static program cannot load their modules.
std::string user_name(uid_t uid);

/// The groups in /etc/group that name the user as a member.
std::vector<gid_t> groups_of(std::string_view name);

/// The user of that name in /etc/passwd, nothing else.
std::optional<uid_t> user_id(std::string_view name);

}  // namespace pinfold
