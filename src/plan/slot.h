// Which slot of a plan a process takes: `2/8`, `auto`, `auto/8`, `free/8`.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <pinfold/result.h>

namespace pinfold {

struct SlotWish {
  struct Number {
    unsigned value = 0;
  };
  struct Auto {};  ///< the launcher's rank
  struct Free {};  ///< the first that no one holds

  std::variant<Number, Auto, Free> which{Auto()};
  std::optional<unsigned> slots = {};  ///< how many there are; nothing with `auto` alone
};

/// `K/N` (K from 0), `auto`, `auto/N`, `free/N`. Errors are of kind `syntax` with the column.
Result<SlotWish> parse_slot(std::string_view text);

/// A process's number among those of its launcher on this machine.
struct LocalRank {
  unsigned rank = 0;
  std::optional<unsigned> size;
  std::string variable;  ///< the environment's variable that says the rank
};

/// The value of a variable of the environment, or null.
using Environment = std::function<const char*(const char* name)>;

/// Asks, in this order, what Open MPI, Hydra (MPICH, Intel MPI), PALS, Slurm and torchrun set: the
/// first whose rank is there counts, because inside `salloc` Slurm's is there too and is 0 for all.
/// Nothing where none is there; kind `syntax` for one that is not a number.
Result<std::optional<LocalRank>> local_rank(const Environment& environment);

/// How many tasks Slurm starts on node number `node`, from SLURM_STEP_TASKS_PER_NODE: "4(x2),3".
std::optional<unsigned> slurm_tasks(std::string_view text, unsigned node);

}  // namespace pinfold
