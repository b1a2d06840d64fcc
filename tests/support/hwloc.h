// What hwloc says of a machine.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <pinfold/cpu_set.h>
#include <pinfold/machine.h>

#include "support/print.h"

namespace pinfold::test {

struct HwlocObject {
  CpuSet cpus;         ///< those online
  long os_index = -1;  ///< -1 where it has none
  friend bool operator==(const HwlocObject&, const HwlocObject&) = default;
};

/// Objects by hwloc's names ("Package", "NUMANode", "L3Cache", "L1iCache", "Core", "PU"), in the
/// order of hwloc's logical indexes. "L1Cache" and "L2Cache" are those of data, too.
using HwlocTopology = std::map<std::string, std::vector<HwlocObject>>;

/// Whether lstopo-no-graphics is here.
bool has_hwloc();

/// Of `lstopo-no-graphics ARGUMENTS…`: `{"-i", "pack:2 pu:2"}`, `{"--input", "/snapshot",
/// "--input-format", "fsroot"}`. All objects are kept, and those that a cgroup forbids stay. Throws
/// std::runtime_error with what lstopo said when it fails. A launcher stands before it.
HwlocTopology read_hwloc(const std::vector<std::string>& lstopo_arguments,
                         const std::vector<std::string>& launcher = {});

/// Of its XML.
HwlocTopology parse_hwloc_xml(const std::string& xml);

/// That each level of the machine has the same objects in the same order.
void expect_same_levels(const Machine& machine, HwlocTopology theirs);

}  // namespace pinfold::test
