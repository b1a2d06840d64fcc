// The text forms of a CpuSet.
#pragma once

#include <string>
#include <string_view>

#include <pinfold/cpu_set.h>
#include <pinfold/result.h>

namespace pinfold {

/// The highest CPU number that text may name: a typing error must not cost a gigabyte.
inline constexpr CpuId highest_cpu_in_text{(1U << 20) - 1};

/// A CPU list as the kernel and taskset(1) write it: `0-3,8`, `0-31:2` (every 2nd),
/// `0-31:2/4` (2 of every 4), and `0x0f` for a mask. Empty text, empty items, reversed
/// ranges, numbers too large and anything left over are errors of kind `syntax` with the
/// column.
Result<CpuSet> parse_cpu_list(std::string_view text);

/// The same, where `all` means `possible` and `N` its highest CPU.
Result<CpuSet> parse_cpu_list(std::string_view text, const CpuSet& possible);

/// The shortest list of ranges, `0-3,8`; an empty set is empty text.
std::string to_cpu_list(const CpuSet& set);

/// The mask as a hexadecimal number without `0x`, as taskset(1) prints it; an empty set is `0`.
std::string to_hex_mask(const CpuSet& set);

}  // namespace pinfold
