// N slots over a place: which CPUs each of N workers has.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <pinfold/cpu_set.h>
#include <pinfold/machine.h>
#include <pinfold/result.h>

namespace pinfold {

/// What the slots are made of, and in which order they stand.
enum class Policy {
  compact,  ///< the place cut into neighbouring pieces
  spread,   ///< the same pieces, numbered so that those that follow each other stand far apart
  core,     ///< a core for each worker
  l3,       ///< each slot within one L3 cache
  node,     ///< within one NUMA node
  package,  ///< within one package
  pu,       ///< a single CPU for each worker
};

/// "compact", "spread", "core", "l3", "node", "package", "pu".
const char* name(Policy policy);

/// Whether several workers may have the same CPUs, where there is no room for each.
enum class Share {
  no,
  yes
};

/// A plan for more workers than this is a typing error.
inline constexpr unsigned most_workers = 1U << 20;

struct PlanOptions {
  unsigned workers = 1;
  Policy policy = Policy::compact;
  /// Where; its CPUs that are not online get no worker. None: what machine.allowed() gives.
  std::optional<CpuSet> place = {};
  Share share = Share::no;
};

/// A slot for each worker, numbered from 0: CPUs of the place, at least one. The same machine and
/// options give the same slots.
///
/// The sizes of slots differ by one CPU at most. Without Share::yes no two have a CPU in common;
/// with it, where only the first M workers have room, slot i is slot i modulo M. `compact` and
/// `spread` use the whole place; the others leave over what is not needed or would make slots
/// unequal, and CPUs that stand in no object of their kind.
///
/// `core`, `l3`, `node` and `package`: where there is an object for each worker, each has one to
/// himself, of the objects with the most CPUs in the place the first ones. Where there are fewer
/// (not for `core`), objects are cut, so that the smallest slot is as large as possible.
///
/// Errors: `syntax`, with the reason alone, for no workers or more than most_workers; `empty_set`;
/// `no_such_object`, with the reason alone, where the machine does not tell of what the policy
/// needs, or has none in the place; `no_room` for more workers than can have CPUs of their own.
Result<std::vector<CpuSet>> plan(const Machine& machine, const PlanOptions& options);

/// The NUMA nodes that the CPUs belong to, by the kernel's numbers, written like a CPU list: "0-1".
std::string nodes_of(const Machine& machine, const CpuSet& cpus);

}  // namespace pinfold
