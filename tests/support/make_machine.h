// Machines for tests, said in one line.
#pragma once

#include <string>
#include <vector>

#include <pinfold/machine.h>

#include "machine/facts.h"
#include "support/print.h"

namespace pinfold::test {

/// `make_machine().packages(2).nodes(2).l3s(2).cores(8).smt(2).build()`
///
/// Counts are per parent, from the largest to the smallest: packages, nodes, dies, l3s, clusters,
/// l2s, l1ds, cores, smt. What is not said does not exist, but there is one node and each PU has a
/// core. CPUs are numbered as they stand, 0, 1, 2, …; limits are CPU lists.
class MachineBuilder {
 public:
  MachineBuilder& packages(unsigned n) { return add("package", n); }
  MachineBuilder& nodes(unsigned n) { return add("numa", n); }
  MachineBuilder& dies(unsigned n) { return add("die", n); }
  MachineBuilder& l3s(unsigned n) { return add("l3", n); }
  MachineBuilder& clusters(unsigned n) { return add("cluster", n); }
  MachineBuilder& l2s(unsigned n) { return add("l2", n); }
  MachineBuilder& l1ds(unsigned n) { return add("l1d", n); }
  MachineBuilder& cores(unsigned n) { return add("core", n); }
  MachineBuilder& smt(unsigned n) {
    smt_ = n;
    return *this;
  }
  /// More cores in each package, of the kind E; the others become P. They are numbered behind all
  /// others, have one PU, stand in the package's last L3 (die, node), and four share an L2.
  MachineBuilder& efficiency_cores(unsigned n) {
    efficiency_cores_ = n;
    return *this;
  }

  /// By hwloc's `indexes=`: `core` numbers all first siblings before the second ones, as on Intel's
  /// servers; `pack:core` also goes from package to package.
  MachineBuilder& numbered(std::string indexes) {
    indexes_ = std::move(indexes);
    return *this;
  }

  MachineBuilder& offline(const char* list) { return set(offline_, list); }
  MachineBuilder& isolated(const char* list) { return set(isolated_, list); }
  MachineBuilder& nohz_full(const char* list) { return set(nohz_full_, list); }
  MachineBuilder& cpuset(const char* list) { return set(cpuset_, list); }
  /// 0 … n-1 are possible.
  MachineBuilder& possible(unsigned n) {
    possible_ = n;
    return *this;
  }

  [[nodiscard]] Machine build() const;
  /// Before Machine put it in order, for what has no word here.
  [[nodiscard]] MachineFacts facts() const;

 private:
  MachineBuilder& add(const char* type, unsigned n) {
    levels_ += type + (':' + std::to_string(n)) + ' ';
    return *this;
  }
  MachineBuilder& set(CpuSet& which, const char* list);
  void add_efficiency_cores(MachineFacts& facts) const;
  void set_limits(Limits& limits) const;

  std::string levels_;
  std::string indexes_;
  unsigned smt_ = 1;
  unsigned efficiency_cores_ = 0;
  unsigned possible_ = 0;
  CpuSet offline_, isolated_, nohz_full_, cpuset_;
};

inline MachineBuilder make_machine() { return {}; }

/// The CPUs of each object, as CPU lists in logical order.
std::vector<std::string> lists(const Machine& machine, Level level);

}  // namespace pinfold::test
