// Tests of a foreign program on machines that are simulated.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <pinfold/machine.h>

#include "support/child.h"
#include "support/sim.h"
#include "support/snapshot.h"

namespace pinfold::test {

struct SimulatedMachine {
  const char* name;
  /// As `--machine` takes it; of an archive in ../shared/machines its name.
  const char* text;
};

namespace machines {
inline constexpr SimulatedMachine two = {"Two", "pack:1 core:1 pu:2"};
inline constexpr SimulatedMachine sixty_four = {"SixtyFour", "pack:2 numa:2 l3:2 core:4 pu:2"};
inline constexpr SimulatedMachine thousand = {"Thousand", "pack:4 numa:4 l3:4 core:8 pu:2"};
inline constexpr SimulatedMachine four_thousand = {"FourThousand",
                                                   "pack:8 numa:4 l3:8 core:8 pu:2"};
/// Numbers with gaps, of which some are offline, and more that could come.
inline constexpr SimulatedMachine sparse = {
    "Sparse",
    "pack:2 numa:1 core:4 pu:2(indexes=8,9,2,3,12,13,6,7,20,21,24,25,32,33,36,37)"
    ";offline=9,32-33;possible=64"};
inline constexpr SimulatedMachine isolated = {"Isolated", "pack:1 core:8 pu:1;isolated=6-7"};
inline constexpr SimulatedMachine confined = {"Confined", "pack:2 core:8 pu:2;cpuset=0-15"};
/// Cores of two kinds.
inline constexpr SimulatedMachine hybrid = {"Hybrid", "20em64t-hybrid-1p6c2t+2ca4co1t.tar.bz2"};

/// The one under us.
inline constexpr SimulatedMachine host = {"Host", "host"};

inline constexpr SimulatedMachine all[] = {two,      sixty_four, thousand, four_thousand, sparse,
                                           isolated, confined,   hybrid,   host};
}  // namespace machines

inline void PrintTo(const SimulatedMachine& machine, std::ostream* out) { *out << machine.text; }

inline std::string machine_name(const testing::TestParamInfo<SimulatedMachine>& info) {
  return info.param.name;
}

class Simulated : public testing::TestWithParam<SimulatedMachine> {
 protected:
  void SetUp() override;

  /// What `pinfold sim` is told.
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const Machine& machine() const { return *machine_; }
  /// What a process has that never asked for anything: where it can run, and what /proc shows.
  [[nodiscard]] CpuSet own_mask() const { return machine().allowed() - machine().isolated(); }
  [[nodiscard]] CpuSet own_allowed() const;
  /// Of a set that has one.
  static CpuId highest(const CpuSet& cpus) { return *cpus.last(); }

  /// A command on that machine.
  [[nodiscard]] Output inside(std::vector<std::string> command,
                              std::vector<std::string> environment = {}) const;
  /// What it says on stdout; it is a failure when it does not end well.
  [[nodiscard]] std::string answer(std::vector<std::string> command,
                                   std::vector<std::string> environment = {}) const;

 private:
  std::optional<Snapshot> snapshot_;
  std::string text_;
  std::optional<Machine> machine_;
};

/// Sets of CPUs whose order means nothing, as lists.
using Sets = std::multiset<std::string>;
Sets sets_of(std::span<const Object> objects);

/// "0 1 2" or "0\n1\n" as a set.
CpuSet cpus_in(const std::string& numbers);

}  // namespace pinfold::test

/// Skips the test where a program is missing.
#define NEEDS(program) \
  if (!::pinfold::test::has_program(program)) GTEST_SKIP() << "no " << (program) << " here"
