// One item of a CPU list, for those who put lists together from other terms too.
#pragma once

#include <string_view>

#include <pinfold/cpu_set.h>
#include <pinfold/result.h>

namespace pinfold {

/// Adds `item` (`3`, `0-31:2/4`, `0x0f`) to `set`. `highest` is what `N` stands for; with
/// none, `N` is an error. A syntax error's column counts from the start of `item`, and its
/// `text` is left empty for the caller to fill.
Result<void> add_cpu_list_item(std::string_view item, std::optional<CpuId> highest, CpuSet& set);

}  // namespace pinfold
