// Looks up what the steps of a place name on a machine.
#pragma once

#include <map>
#include <vector>

#include "kernel/kernel.h"
#include "machine/limits.h"
#include "machine/membership.h"
#include "place/step.h"

namespace pinfold {

/// The sets that a path names: one for each object, so that the step behind it is taken inside
/// each of them.
using Groups = std::vector<CpuSet>;

class Lookup {
 public:
  Lookup(const Machine& machine, const Limits& limits, Kernel* kernel)
      : machine_(machine), limits_(limits), kernel_(kernel) {}

  /// Errors are of kind `no_such_object` and `syntax`, with a column in the place and without its
  /// text, or those of the kernel about a task.
  Result<CpuSet> path(const std::vector<Step>& steps);

  /// The CPUs of an item of a CPU list.
  [[nodiscard]] Result<CpuSet> numbers(const Step& step) const;

 private:
  Result<Groups> first(const Step& step);
  Result<Groups> inside(const Groups& groups, const Step& step);
  Result<CpuSet> set_of(const Step& step);
  Result<CpuSet> word(const Step& step, Step::Word word) const;
  Result<Groups> objects_in(const CpuSet& group, const Step& step, const Step::Objects& wanted);
  [[nodiscard]] Result<Groups> pus_in(const CpuSet& group, const Step& step, const Index& index);
  [[nodiscard]] Result<Groups> kinds_in(const CpuSet& group, const Step& step,
                                        const Index& index) const;
  Result<Groups> pick(Groups row, const Step& step, std::string_view name,
                      const Index& index) const;

  const Membership& membership(Level level);
  const std::vector<std::size_t>& positions();

  const Machine& machine_;
  const Limits& limits_;
  Kernel* kernel_;
  std::map<Level, Membership> memberships_;
  std::vector<std::size_t> positions_;  // by CPU: where it stands in logical order
};

}  // namespace pinfold
