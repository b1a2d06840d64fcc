// The words that stand for values in scenarios.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include <pinfold/cpu_set.h>

namespace pinfold::model {

/// An empty set of CPUs, and an empty answer.
inline constexpr std::string_view nothing_word = "none";
/// The list, or `none`.
std::string list_or_none(const CpuSet& cpus);
/// By Hierarchy.
inline constexpr std::array<std::string_view, 3> hierarchy_names = {"none", "v1", "v2"};
/// By Step.
inline constexpr std::array<std::string_view, 3> step_names = {"mask_copied", "cpuset_read",
                                                               "mask_set"};

/// Of the errors that the model gives.
std::span<const std::string_view> errno_names();
bool is_errno_name(std::string_view name);

}  // namespace pinfold::model
