// Policies by name.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include <pinfold/plan.h>

namespace pinfold {

inline constexpr std::array policies = {Policy::compact, Policy::spread,  Policy::core, Policy::l3,
                                        Policy::node,    Policy::package, Policy::pu};

std::optional<Policy> policy_named(std::string_view text);

/// Of which objects the policy makes its slots; none where it is not objects that count.
std::optional<Level> level_of(Policy policy);

}  // namespace pinfold
