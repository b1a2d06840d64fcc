// Before anything is changed: can these CPUs be used at all?
#pragma once

#include <string>
#include <vector>

#include <pinfold/placement.h>

#include "kernel/limits.h"

namespace pinfold {

/// Why CPUs of `asked` cannot be used: an error for each reason that holds, of the kinds
/// `no_such_cpu`, `offline_cpu`, `cpuset`, in this order; each CPU stands in one of them.
std::vector<Error> unusable_cpus(const CpuSet& asked, const Limits& limits,
                                 const std::string& task);

/// The CPUs to ask for: all of `asked`, or with Clip::yes those that can be used. Errors:
/// `empty_set`, or the first of unusable_cpus().
Result<CpuSet> check_cpus(const CpuSet& asked, const Limits& limits, Clip clip,
                          const std::string& task);

}  // namespace pinfold
