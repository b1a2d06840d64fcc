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

/// "0-3,8". Where more than three ranges lie as regularly as every second CPU does, "0-30:2", as in
/// a place.
std::string short_list(const CpuSet& cpus);

class CpuText {
 public:
  explicit CpuText(const Machine& machine);

  /// Those that concern a CPU of this machine.
  [[nodiscard]] const std::vector<Mark>& marks() const { return marks_; }

  /// The short list with marks, "0-3,4-7*".
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
