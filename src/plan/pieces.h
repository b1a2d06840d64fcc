// CPUs in logical order, and how they are cut into pieces.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <pinfold/machine.h>

namespace pinfold {

/// CPUs in logical order.
using Piece = std::vector<CpuId>;

/// The CPUs of each object that has some of them, in the order of the objects.
std::vector<Piece> by_object(std::span<const Object> objects, const Piece& cpus);

/// How many of `workers` each group gets. Where there is a group for each, the largest get one
/// each, of equal ones the first; else the smallest share will be as large as it can be. There are
/// as many CPUs as workers, at least.
std::vector<std::size_t> deal(const std::vector<Piece>& groups, std::size_t workers);

/// Cuts each group into as many pieces as it has workers. Pieces of one group differ by at most
/// one CPU, and the odd CPUs are spread over it: so an edge between equal halves stays an edge.
std::vector<Piece> cut(const std::vector<Piece>& groups, std::span<const std::size_t> workers);

/// Shortens pieces, so that none has more than one CPU more than the smallest.
void balance(std::vector<Piece>& pieces);

}  // namespace pinfold
