// A record of the programs in the kernel (bpf/trace_record.h), read.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <pinfold/cpu_set.h>

#include "events/event.h"
#include "trace/memory.h"
#include "trace_record.h"

namespace pinfold::trace {

/// How the programs were told to write.
struct RecordShape {
  unsigned cpu_ids = 0;  ///< 1 + the highest possible CPU: bits behind mean nothing
  bool callers = false;
  [[nodiscard]] std::size_t mask_words() const {
    return (cpu_ids + CpuSet::word_bits - 1) / CpuSet::word_bits;
  }
  [[nodiscard]] std::size_t user_words() const {
    return std::max<std::size_t>(mask_words(), trace_least_user_words);
  }
};

/// Good as long as the bytes are, which a ring gives for the time of a call.
class Record {
 public:
  Record(std::span<const unsigned char> bytes, const RecordShape& shape)
      : bytes_(bytes), shape_(&shape) {}

  const trace_record& operator*() const {
    return *reinterpret_cast<const trace_record*>(bytes_.data());
  }
  const trace_record* operator->() const { return &**this; }

  [[nodiscard]] std::span<const unsigned char> bytes() const { return bytes_; }
  [[nodiscard]] bool has(trace_flag flag) const {
    return ((*this)->flags & static_cast<unsigned>(flag)) != 0;
  }
  [[nodiscard]] bool is_call() const {
    return (*this)->kind == trace_set || (*this)->kind == trace_get;
  }
  [[nodiscard]] Moment moment() const { return Moment(Moment::duration((*this)->time)); }

  /// What the target is allowed; of a commit, what replaces that.
  [[nodiscard]] std::optional<CpuSet> allowed() const;
  /// The kernel's copy of what was asked for. Empty: nobody asked.
  [[nodiscard]] std::optional<CpuSet> kernel_request() const;
  /// The caller's memory, as far as the kernel's masks go and to 1,024 CPUs at least: those that no
  /// CPU has the number of, too.
  [[nodiscard]] std::optional<CpuSet> user_mask() const;
  /// Of a commit: what is replaced.
  [[nodiscard]] CpuSet old() const { return mask(2, shape_->mask_words()); }

  [[nodiscard]] Actor actor() const;
  [[nodiscard]] std::optional<TargetTask> target() const;
  /// Of a move: the path of the cgroup.
  [[nodiscard]] std::string_view path() const;
  /// Addresses in the caller, innermost first; what the word at its stack pointer is has to be
  /// found out.
  [[nodiscard]] std::span<const std::uint64_t> frames() const;

 private:
  [[nodiscard]] CpuSet mask(std::size_t which, std::size_t words) const;
  [[nodiscard]] std::span<const unsigned char> tail() const;

  std::span<const unsigned char> bytes_;
  const RecordShape* shape_;
};

/// Nanoseconds after boot as Task::start_time has them.
std::uint64_t start_ticks(std::uint64_t nanoseconds);

}  // namespace pinfold::trace
