// What was asked of the kernel, and what came of it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <pinfold/cpu_set.h>
#include <pinfold/error.h>
#include <pinfold/ids.h>

namespace pinfold {

/// The masks of a thread, as the kernel holds them.
struct Affinity {
  std::optional<CpuSet>
      request;       ///< the mask last asked for; nothing where the kernel does not tell
  CpuSet allowed;    ///< what the kernel keeps: Cpus_allowed of proc_pid_status(5)
  CpuSet effective;  ///< allowed ∩ active: where it can run now, sched_getaffinity(2)
};

/// What came of setting one thread's mask, read back from the kernel.
struct Placement {
  CpuSet asked;
  CpuSet allowed;
  CpuSet effective;
};

enum class Clip {
  no,   ///< CPUs that cannot be used are an error
  yes,  ///< they are dropped
};

enum class Outcome {
  set,      ///< its mask is now another
  same,     ///< its mask was this already
  skipped,  ///< it ended before it could be set
  failed,   ///< it was not set, or not to all that was asked
};

/// How it is known that no thread of a process has escaped.
enum class Proof {
  clear,  ///< every thread was seen outside clone(2) after its mask was right
  held,   ///< the same, but some had to be stopped for a moment to see it
  no,     ///< not known
};

struct ThreadPlacement {
  Tid tid;
  CpuSet asked;      ///< empty where it was right as it was
  CpuSet before;     ///< effective, before the first change
  CpuSet allowed;    ///< after it
  CpuSet effective;  ///< after it
  Outcome outcome = Outcome::set;
  std::shared_ptr<const Error> error;  ///< why it failed, or null
};

/// What came of setting all threads of a process.
struct ProcessPlacement {
  Pid pid;
  std::string name;  ///< of the leader; safe to print
  Proof proved = Proof::no;
  std::size_t unproved = 0;  ///< threads that may have made another with the old mask
  std::vector<ThreadPlacement> threads;

  /// Whether every thread has the mask and that is proved.
  [[nodiscard]] bool done() const;
};

}  // namespace pinfold
