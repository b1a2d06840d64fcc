// Where and when the benchmarks run.
#pragma once

#include <chrono>

#include "document/results.h"
#include "measure/surroundings.h"
#include "report.h"

namespace pinfold::bench {

/// From before the first row to behind the last one.
class Watch {
 public:
  explicit Watch(const Options& options);

  /// What is known at the end.
  [[nodiscard]] Conditions conditions() const;

 private:
  [[nodiscard]] double stolen() const;

  Conditions begun_;
  measure::Counters before_;
  std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
};

}  // namespace pinfold::bench
