// CPU sets as taskset(1) of util-linux 2.38 reads and prints them. It is laxer than our own text
// forms, and scripts rely on that.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <pinfold/cpu_set.h>

namespace pinfold::tool {

/// A hexadecimal mask, `0x` or not, with one comma allowed behind any digit. No digits are an
/// empty set. Nothing where taskset refuses the text.
std::optional<CpuSet> parse_taskset_mask(std::string_view text);

/// A CPU list, `0-3,8` and `0-31:2`. Numbers count modulo 2^32; CPUs above highest_cpu_in_text,
/// which no kernel has, are left out. Nothing where taskset refuses the text.
std::optional<CpuSet> parse_taskset_list(std::string_view text);

/// A CPU list in which two neighbours are `0,1`, and only three or more are a range.
std::string to_taskset_list(const CpuSet& set);

}  // namespace pinfold::tool
