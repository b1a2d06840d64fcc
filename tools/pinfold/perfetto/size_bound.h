// How much room the packets of an event may take, at most: known before they are written.
#pragma once

#include <cstdint>

#include "events/event.h"
#include "events/life.h"

namespace pinfold::tool {

std::uint64_t size_bound(const trace::Event& event);
std::uint64_t size_bound(const trace::Life& life);

}  // namespace pinfold::tool
