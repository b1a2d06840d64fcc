// How the rows of a drawing stand below each other.
#pragma once

#include <span>
#include <vector>

#include <pinfold/machine.h>

#include "topo/cpu_text.h"
#include "topo/rows.h"
#include "topo/text.h"

namespace pinfold::tool {

/// Three columns: the tree with names and sizes; what is named within; the CPUs.
std::vector<Text> lay_out(const Machine& machine, const std::vector<Row>& rows, const CpuText& cpus,
                          const Look& look);

}  // namespace pinfold::tool
