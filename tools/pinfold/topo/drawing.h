// A machine as text that is read at one glance, and stands well in a ticket.
#pragma once

#include <span>
#include <string>

#include <pinfold/machine.h>

#include "topo/pinned.h"
#include "topo/text.h"

namespace pinfold::tool {

/// Lines, each with its line feed: how much there is of what; the machine as a tree, objects named
/// as in a place; kinds of CPUs, limits, and distances between nodes, where there is something to
/// say.
std::string draw(const Machine& machine, const Look& look);

/// The same, and below it who is pinned where.
std::string draw(const Machine& machine, std::span<const Pinned> tasks, const Look& look);

}  // namespace pinfold::tool
