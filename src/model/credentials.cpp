#include "model/credentials.h"

#include <cerrno>

namespace pinfold::model {
namespace {

constexpr unsigned cap_setuid = 7;  // linux/capability.h

}  // namespace

bool UserNamespace::has(uid_t uid) const { return !parent || uid == root; }

bool capable(const Credentials& who, const UserNamespace& where, unsigned capability) {
  const UserNamespace& own = *who.user_namespace;
  for (const UserNamespace* at = &where;; at = at->parent.get()) {
    if (at == &own) return ((who.in_force >> capability) & 1U) != 0;
    if (at->level <= own.level) return false;
    if (at->parent.get() == &own && at->owner == who.effective) return true;
  }
}

int change_uids(Credentials& who, uid_t real, uid_t effective, uid_t saved, KeepCapabilities keep) {
  const UserNamespace& space = *who.user_namespace;
  if (!space.has(real) || !space.has(effective) || !space.has(saved)) return -EINVAL;
  const auto has = [&](uid_t uid) {
    return uid == who.real || uid == who.effective || uid == who.saved;
  };
  if (!capable(who, *who.user_namespace, cap_setuid) &&
      !(has(real) && has(effective) && has(saved))) {
    return -EPERM;
  }
  const auto any_is_root = [&](const Credentials& one) {
    return one.is_root(one.real) || one.is_root(one.effective) || one.is_root(one.saved);
  };
  const Credentials before = who;
  who.real = real;
  who.effective = effective;
  who.saved = saved;
  if (any_is_root(before) && !any_is_root(who) && keep == KeepCapabilities::no) {
    who.permitted = 0;
    who.in_force = 0;
  }
  if (before.is_root(before.effective) && !who.is_root(effective)) who.in_force = 0;
  if (!before.is_root(before.effective) && who.is_root(effective)) who.in_force = who.permitted;
  return 0;
}

int change_capabilities(Credentials& who, std::uint64_t permitted, std::uint64_t in_force) {
  if ((permitted & ~who.permitted) != 0 || (in_force & ~permitted) != 0) return -EPERM;
  who.permitted = permitted;
  who.in_force = in_force;
  return 0;
}

void change_for_exec(Credentials& who) {
  const bool effective = who.is_root(who.effective);
  who.permitted = effective || who.is_root(who.real) ? who.bounding : 0;
  who.in_force = effective ? who.permitted : 0;
  who.saved = who.effective;
}

int enter_new_user_namespace(Credentials& who) {
  if (!who.user_namespace->has(who.effective)) return -EPERM;
  auto made = std::make_shared<UserNamespace>();
  made->parent = who.user_namespace;
  made->level = who.user_namespace->level + 1;
  made->owner = who.effective;
  who.user_namespace = std::move(made);
  who.permitted = all_capabilities;
  who.in_force = all_capabilities;
  who.bounding = all_capabilities;
  return 0;
}

}  // namespace pinfold::model
