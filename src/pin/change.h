// A change of masks, as the journal keeps it: a line for the whole, and one for each process.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <pinfold/cpu_set.h>

#include "kernel/kernel.h"

namespace pinfold {

/// Threads of a process that had one mask and were to have another.
struct MaskChange {
  CpuSet before;  ///< effective
  CpuSet back;    ///< what to ask for to be as before (mask_to_put_back())
  CpuSet asked;
  /// What they had asked for before was not told, and they did not have all that they could:
  /// `back` is only what was allowed.
  bool guessed = false;
  std::vector<Tid> threads;  ///< ascending
  /// When each of them started; empty where that makes no difference, because all threads of the
  /// process had the same and get the same.
  std::vector<std::uint64_t> start_times;
};

struct ProcessChange {
  Pid pid;
  Tid tid;  ///< the thread that alone was meant, or Tid(0)
  std::string name;
  std::uint64_t start_time = 0;  ///< of the process's leader, or of that thread
  std::vector<MaskChange> masks;
};

enum class ChangeKind {
  set,       ///< set, reset: whom the targets name
  dedicate,  ///< everybody on a system
};

struct ChangeHead {
  SystemId system;
  std::int64_t time = 0;         ///< seconds since 1970
  std::uint64_t start_time = 0;  ///< of the process that made it, in clock ticks after boot
  ChangeKind kind = ChangeKind::set;
  std::string command;  ///< "set 2-3 1234", safe to print
};

/// A line each, with the line feed.
std::string to_line(const ChangeHead& head);
std::string to_line(const ProcessChange& process);

/// What such a line says, without its line feed. Kind `syntax` for anything else.
Result<ChangeHead> parse_change_head(std::string_view line);
Result<ProcessChange> parse_process_change(std::string_view line);

}  // namespace pinfold
