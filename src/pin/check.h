// Before anything is changed: can these CPUs be used at all?
#pragma once

#include <string>

#include <pinfold/placement.h>

#include "kernel/limits.h"

namespace pinfold {

/// The CPUs to ask for: all of `asked`, or with Clip::yes those that can be used. Errors:
/// `empty_set`, `no_such_cpu`, `offline_cpu`, `cpuset`, in this order.
Result<CpuSet> check_cpus(const CpuSet& asked, const Limits& limits, Clip clip,
                          const std::string& task);

}  // namespace pinfold
