// Names of users.
#pragma once

#include <sys/types.h>

#include <string>

namespace pinfold {

/// The user's name in /etc/passwd, else "uid 1234". Other sources of names (LDAP, SSSD) are
/// not asked: a static program cannot load their modules.
std::string user_name(uid_t uid);

}  // namespace pinfold
