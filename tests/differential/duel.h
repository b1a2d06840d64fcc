// One scenario on both sides.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "differential/sides.h"

namespace pinfold::test {

struct Difference {
  std::size_t at = 0;  ///< index of the operation after which it was seen
  std::string what;    ///< "errno", "t3 allowed", "/a cpuset.cpus.effective"
  std::string real;
  std::string model;
};

/// What it takes to begin one.
struct Arena {
  const Host& host;
  Mailbox& mailbox;
  int program;           ///< a descriptor of this program
  bool hotplug = false;  ///< CPUs may come and go
};

class Duel {
 public:
  explicit Duel(const Arena& arena);

  /// Both sides do it, and are compared. False: it makes no sense here, and nobody did it.
  bool play(const model::Operation& operation);
  /// All of it is compared, also what is looked at now and then only.
  void finish();
  /// Plays what takes away all that is there.
  void clean_up();

  [[nodiscard]] const std::optional<Difference>& difference() const { return difference_; }
  [[nodiscard]] const Cast& cast() const { return cast_; }
  [[nodiscard]] const std::vector<model::Operation>& played() const { return played_; }

 private:
  [[nodiscard]] bool permits(const model::Operation& operation) const;
  void compare(const std::string& what, const std::string& real, const std::string& model);
  void compare_tasks(bool thoroughly);
  void compare_task(const std::string& name, bool thoroughly);
  void compare_cgroups();
  void wait_for_agreement();

  const Arena& arena_;
  Cast cast_;
  ModelSide model_;
  RealSide real_;
  std::vector<model::Operation> played_;
  std::optional<Difference> difference_;
};

}  // namespace pinfold::test
