// A machine that somebody describes.
#pragma once

#include <string_view>

#include <pinfold/result.h>

#include "machine/facts.h"

namespace pinfold {

/// `pack:2 numa:2 l3:2 core:8 pu:2;isolated=6-7`: hwloc's synthetic grammar, and limits.
///
/// Levels stand from the largest to the smallest, between spaces or tabs; each says how many of it
/// are in one of the level before, and the last is `pu`. Types: package (socket), numanode (node),
/// die, l3, l2, l1d (l1), core, in upper or lower case, each by its first letters, two at least
/// (`pack`, `numa`), caches also as `l3cache`. `cluster` is ours. `group`, l1i, l2i, l3i, l4 and l5
/// have no names here: they multiply, and keep together
/// what stands in them. Each type but group stands once. Counts alone (`2 4 2`) mean what hwloc
/// makes of them.
///
/// `[numa]` is a NUMA node at each object of the level before; without any, one node has all CPUs.
/// A CPU belongs to one node, as in Linux: the innermost, of several there the first; the others
/// have no CPUs.
///
/// Attributes: `size=` of caches and `memory=` of nodes (`l3:2(size=32MB)`; kB, MB, GB and TB are
/// powers of 1000, KiB, MiB, GiB and TiB of 1024), `(memory=8GB)` before all levels for the node
/// that is added; `indexes=` numbers CPUs, nodes, packages and dies (description_indexes.h) and
/// does nothing for others. hwloc passes over indexes that are wrong; here they are errors, and so
/// is every attribute that is not known. Sizes that are not said are not known; hwloc makes them
/// up.
///
/// Limits stand behind, each after a semicolon and at most once. They are CPU lists where `all`
/// and `N` mean the CPUs of the levels.
/// - offline: of those present; one must remain
/// - present: at least the CPUs of the levels; what is beyond them is offline
/// - possible: at least those present; a single number is how many, as possible_cpus= of the
///   kernel, so `possible=64` is 0-63
/// - isolated, nohz_full: of those possible
/// - cpuset: of those possible; one that is online must be among them
///
/// A machine has at most 1,048,576 CPUs and 1,024 NUMA nodes (as many as kernels know), numbered
/// below that, and objects whose sets of CPUs take at most 512 MB, which is enough for 65,536
/// cores.
///
/// Distances are 10 within a node and 20 between nodes. Errors are of kind `syntax`, `text` is all
/// of `text`.
Result<MachineFacts> read_description(std::string_view text);

/// Whether `text` is meant as a description, a wrong one perhaps, and not as a file's name: it
/// begins with a bracket, a number and a space or an end, or a word and a colon.
bool is_description(std::string_view text);

}  // namespace pinfold
