// Logical order: neighbours in the machine are neighbours in the list.
#pragma once

#include "machine/facts.h"

namespace pinfold {

/// The online CPUs, so that the CPUs of each object follow each other wherever objects lie within
/// one another; of two objects of one larger object, that with the lower CPU comes first. This is
/// hwloc's order, too.
std::vector<CpuId> logical_order(const MachineFacts& facts);

/// Puts objects into that order. Those without CPUs come last.
void sort_objects(std::vector<Object>& objects, const std::vector<CpuId>& order);

}  // namespace pinfold
