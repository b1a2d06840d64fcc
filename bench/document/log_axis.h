// A logarithmic axis.
#pragma once

#include <vector>

namespace pinfold::bench {

class LogAxis {
 public:
  /// From the least to the most of the values, both above 0, and a little room at both ends; at
  /// least a factor of `narrowest` in all.
  LogAxis(double least, double most, double narrowest);

  /// 0 … 1.
  [[nodiscard]] double part(double value) const;

  /// Round numbers on it: 1, 2 and 5 of each power of ten, or only the powers, or some of these: as
  /// many as there can be and not more than `most`.
  [[nodiscard]] std::vector<double> ticks(std::size_t most = 7) const;

 private:
  double least_;
  double most_;
};

}  // namespace pinfold::bench
