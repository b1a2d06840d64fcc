// What the kernel had no room for, counted exactly and placed in the stream.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "events/event.h"
#include "trace/record.h"
#include "trace_record.h"

namespace pinfold::trace {

/// Of one ring. A program counts on each CPU what it could not write, and each record says how many
/// that were before it.
class Losses {
 public:
  /// What was lost on this record's CPU between the one before it there and it.
  std::optional<LostEvent> before(const Record& record, const std::function<Time(Moment)>& time);

  /// What the counts, by possible CPU, have beyond that: nothing behind it has been read.
  /// To be called when all records are read that were there when the counts were.
  std::vector<LostEvent> rest(std::span<const trace_counts> counts, std::span<const CpuId> cpus,
                              Time now, const std::function<Time(Moment)>& time);

  [[nodiscard]] std::uint64_t total() const { return total_; }
  [[nodiscard]] std::uint64_t others() const { return others_; }
  /// Whether anything was lost since it was last asked.
  bool take_any();

 private:
  struct Cpu {
    std::uint64_t lost = 0;
    std::uint64_t others = 0;
    Moment last{};  // record's
  };
  Cpu& at(unsigned cpu);
  std::optional<LostEvent> lose(Cpu& cpu, const LostEvent& event);

  std::vector<Cpu> cpus_;
  std::uint64_t total_ = 0;
  std::uint64_t others_ = 0;
  bool any_ = false;
};

}  // namespace pinfold::trace
