// Packages, dies, clusters, cores, caches and NUMA nodes, from sysfs.
#pragma once

#include "machine/facts.h"

namespace pinfold {

/// Fills facts.objects and facts.distances with those of facts.parts. Each domain is read once,
/// through its first CPU, so that the cost grows with their number.
void read_levels(const Root& root, MachineFacts& facts);

}  // namespace pinfold
