// Machines of any size that are measured.
#pragma once

#include <string>

namespace pinfold::bench {

/// How many of each stand in one of those before.
struct Shape {
  unsigned packages;
  unsigned nodes;
  unsigned l3s;
  unsigned cores;
  unsigned smt;

  [[nodiscard]] unsigned all_nodes() const { return packages * nodes; }
  [[nodiscard]] unsigned all_l3s() const { return all_nodes() * l3s; }
  [[nodiscard]] unsigned all_cores() const { return all_l3s() * cores; }
  [[nodiscard]] unsigned cpus() const { return all_cores() * smt; }
};

inline constexpr Shape shapes[] = {
    {.packages = 1, .nodes = 1, .l3s = 1, .cores = 1, .smt = 2},   // 2 CPUs
    {.packages = 2, .nodes = 1, .l3s = 4, .cores = 4, .smt = 2},   // 64
    {.packages = 2, .nodes = 2, .l3s = 4, .cores = 16, .smt = 2},  // 512
    {.packages = 8, .nodes = 2, .l3s = 4, .cores = 32, .smt = 2},  // 4,096
};
/// A core for each of 4,096 CPUs: twice the objects.
inline constexpr Shape without_smt = {.packages = 8, .nodes = 2, .l3s = 8, .cores = 32, .smt = 1};

/// `pack:8 numa:2 l3:4 core:32 pu:2`, for hwloc and us.
std::string description(const Shape& shape);

/// Writes the machine to `folder` as a /sys of Linux, as far as hwloc or we read one. CPUs are
/// numbered as on Intel's servers, all first siblings before the second ones. False when it cannot
/// be written.
bool write_sysfs(const Shape& shape, const std::string& folder);

}  // namespace pinfold::bench
