// The kernel's own list of tasks, read by a BPF program (iter/task): one pass tells of each thread
// what /proc tells in a file each, and what it has asked for, which no file tells.
#pragma once

#include <mutex>
#include <optional>
#include <vector>

#include "base/fd.h"
#include "kernel/task_reader.h"

namespace pinfold {

/// Needs Linux 5.17, CAP_BPF and CAP_PERFMON, and no filter of system calls. Loads nothing until it
/// is asked; who is refused then is refused for good. Kernels have left out threads that were there
/// all the while: who must not miss any compares with /proc.
class TaskIterator final : public TaskReader {
 public:
  Result<void> read(const Scope& scope, const VisitTask& visit) override;

 private:
  struct Program {
    std::vector<Fd> maps;  // they live as long as the program, which uses them
    Fd tasks;
    unsigned mask_words = 0;  // of 64 bits, in the kernel's masks
    unsigned cpu_ids = 0;     // what masks have behind these bits means nothing
  };
  static Result<Program> load();

  std::mutex mutex_;  // the program writes where the one before has written
  std::optional<Result<Program>> program_;
};

}  // namespace pinfold
