// One step of a place's path: `0-3`, `smt`, `core:0-3`, `near:eth0`.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include <pinfold/cpu_set.h>
#include <pinfold/ids.h>
#include <pinfold/machine.h>
#include <pinfold/result.h>

#include "machine/parts.h"

namespace pinfold {

/// Which objects of a row, counted from 0 in logical order.
struct Index {
  CpuSet numbers;  ///< what is in it must exist
  bool odd = false;
  bool even = false;
  bool last = false;
  bool all = false;
};

struct Step {
  enum class Word {
    all,
    smt,
    performance,
    efficiency,
    allowed,
    online,
    isolated,
    nohz,
    housekeeping,
  };
  /// An item of a CPU list, as it stands: what `N` means in it, only a machine knows.
  struct Numbers {
    std::string item;
  };
  struct Objects {
    Level level;
    Index index;
  };
  struct Pus {
    Index index;
  };
  struct Kinds {
    Index index;
  };
  struct Near {
    std::string device;
  };
  struct Task {
    Pid pid;
  };

  std::variant<Numbers, Word, Objects, Pus, Kinds, Near, Task> what;
  std::size_t column = 0;  ///< where it stands in the place
  std::size_t length = 0;

  [[nodiscard]] bool is_numbers() const { return std::holds_alternative<Numbers>(what); }
  [[nodiscard]] MachineParts parts() const;
};

/// Reads the step with which `path` begins; its length says how much of it that is. Errors are of
/// kind `syntax`; their column counts from the start of `path`, and `text` is left empty.
Result<Step> parse_step(std::string_view path);

}  // namespace pinfold
