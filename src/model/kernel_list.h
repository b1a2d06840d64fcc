// Lists as the kernel reads them from its files: bitmap_parselist() in lib/bitmap-str.c. More is
// taken than pinfold's own lists allow (spaces, empty items), and some is not (0x).
#pragma once

#include <string_view>

#include <pinfold/cpu_set.h>

namespace pinfold::model {

/// `numbers` is what was read: 0, -EINVAL for what does not parse, -ERANGE for a number that is not
/// below `limit`, -EOVERFLOW for one that no kernel could have.
int parse_kernel_list(std::string_view text, unsigned limit, CpuSet& numbers);

/// Without the white space around it, as strstrip() leaves it.
std::string_view strip(std::string_view text);

}  // namespace pinfold::model
