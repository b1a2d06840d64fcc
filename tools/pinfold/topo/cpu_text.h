// Lists of CPUs for people: short, with a mark at those that a limit keeps away.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <pinfold/machine.h>

namespace pinfold::tool {

/// A limit, as the drawing marks it: behind each CPU, or range, in question.
struct Mark {
  char sign;
  const char* name;
  CpuSet cpus;  ///< online ones
};

class CpuText {
 public:
  explicit CpuText(const Machine& machine);

  /// Those that concern a CPU of this machine.
  [[nodiscard]] const std::vector<Mark>& marks() const { return marks_; }

  /// "0-3,4-7*". Every second CPU, where that is shorter, is "0-30:2", as in a place.
  [[nodiscard]] std::string list(const CpuSet& cpus) const;

  /// Whether its CPUs all have the same marks.
  [[nodiscard]] bool is_uniform(const CpuSet& cpus) const;

 private:
  struct Group {
    std::string signs;
    CpuSet cpus;
  };

  std::vector<Mark> marks_;
  std::vector<Group> groups_;  // of all online CPUs, by the marks that they have
};

/// Whether each set is the one before, all CPUs moved by the same distance.
bool is_progression(const std::vector<const CpuSet*>& sets);

}  // namespace pinfold::tool
