// How often this program has allocated memory.
#pragma once

#include <cstddef>

namespace pinfold::bench {

std::size_t allocations();

}  // namespace pinfold::bench
