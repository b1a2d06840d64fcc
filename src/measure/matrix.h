// Latency from core to core, for every pair.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <pinfold/machine.h>

#include "measure/ping_pong.h"
#include "measure/statistics.h"

namespace pinfold::measure {

struct MatrixCell {
  std::optional<Spread> one_way_ns = {};  ///< of the samples
  std::string reason = {};                ///< why there is no number
};

/// A cell for each two of some CPUs; which comes first makes no difference.
class Matrix {
 public:
  explicit Matrix(std::vector<CpuId> cpus);

  /// In the order of rows and columns.
  [[nodiscard]] const std::vector<CpuId>& cpus() const { return cpus_; }
  [[nodiscard]] std::size_t size() const { return cpus_.size(); }
  [[nodiscard]] std::size_t pairs() const { return cells_.size(); }
  /// `a` and `b` are places in cpus(), and differ.
  [[nodiscard]] MatrixCell& at(std::size_t a, std::size_t b) { return cells_[index(a, b)]; }
  [[nodiscard]] const MatrixCell& at(std::size_t a, std::size_t b) const {
    return cells_[index(a, b)];
  }
  /// How many pairs have a number.
  [[nodiscard]] std::size_t measured() const;

 private:
  [[nodiscard]] static std::size_t index(std::size_t a, std::size_t b) {
    return a < b ? b * (b - 1) / 2 + a : a * (a - 1) / 2 + b;
  }

  std::vector<CpuId> cpus_;
  std::vector<MatrixCell> cells_;
};

struct MatrixOptions {
  unsigned rounds = 1000;       ///< round trips in a sample
  unsigned samples = 0;         ///< of each pair; 0: samples_for()
  std::uint_fast32_t seed = 1;  ///< of the order
};

/// As many as make a few seconds of a small machine, and a few minutes of 128 CPUs.
unsigned samples_for(std::size_t pairs);
inline constexpr unsigned fewest_samples = 3;

/// Called before each sample: how many are taken, of how many in all. A sample that was disturbed
/// is taken again at the end, so that the second number may grow.
using SampleCount = std::function<void(std::size_t done, std::size_t of)>;

/// The CPUs of a set in the machine's order: neighbours share more.
std::vector<CpuId> in_order(const Machine& machine, const CpuSet& cpus);

/// In each pass one sample of each pair, the pairs in random order, so that what is slow for a
/// while is slow for all. No number has a pair that was astray or without an answer in any sample,
/// that was disturbed in too many, or whose samples lie too far apart.
Matrix measure_matrix(PingPong& instrument, std::vector<CpuId> cpus, const MatrixOptions& options,
                      const SampleCount& count);

}  // namespace pinfold::measure
