// Why a task may not run somewhere, or why its mask is what it is.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "explain/diagnosis.h"
#include "kernel/kernel.h"

namespace pinfold {

/// Who set a mask, where that is known from elsewhere than the kernel, which does not tell.
struct Origin {
  std::string by;     ///< "pinfold set, 12:03"
  std::string where;  ///< where that is written
  std::string lifts;  ///< "pinfold undo"; empty: what lifts any request
};

struct Question {
  /// Where the task shall run. Nothing: why is its mask what it is?
  std::optional<CpuSet> asked;
  /// Asked about a mask that is narrower than anything else explains.
  std::function<std::optional<Origin>(const Task&, const CpuSet& mask)> origin = {};
};

/// About one thread. Errors are those of the kernel: `no_such_task`.
Result<Diagnosis> diagnose_thread(Kernel& kernel, Tid tid, const Question& question);

/// About all threads of a process. Those for whom the same holds stand together, in the order of
/// the first of each; one that ends meanwhile is left out.
Result<std::vector<Diagnosis>> diagnose_process(Kernel& kernel, Pid pid, const Question& question);

struct Command {
  std::vector<std::string> arguments;              ///< the first is its name
  std::map<std::string, std::string> environment;  ///< that it would have
};

/// About a command that the caller would start: its own limits, whether the command can be
/// executed, and what is known to leave the mask that it inherits.
Result<Diagnosis> diagnose_command(Kernel& kernel, const Command& command, const CpuSet& asked);

}  // namespace pinfold
