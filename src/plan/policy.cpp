#include "plan/policy.h"

#include <algorithm>

namespace pinfold {

const char* name(Policy policy) {
  switch (policy) {
    case Policy::compact:
      return "compact";
    case Policy::spread:
      return "spread";
    case Policy::core:
      return name(Level::core);
    case Policy::l3:
      return name(Level::l3);
    case Policy::node:
      return name(Level::node);
    case Policy::package:
      return name(Level::package);
    case Policy::pu:
      return "pu";
  }
  return "unknown";
}

std::optional<Policy> policy_named(std::string_view text) {
  const auto* found =
      std::ranges::find_if(policies, [&](Policy policy) { return text == name(policy); });
  if (found == policies.end()) return std::nullopt;
  return *found;
}

std::optional<Level> level_of(Policy policy) {
  switch (policy) {
    case Policy::core:
      return Level::core;
    case Policy::l3:
      return Level::l3;
    case Policy::node:
      return Level::node;
    case Policy::package:
      return Level::package;
    case Policy::compact:
    case Policy::spread:
    case Policy::pu:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace pinfold
