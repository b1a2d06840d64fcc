// Latencies as colours: the longer, the darker, by the logarithm.
#pragma once

#include <string>
#include <vector>

#include "measure/matrix.h"

namespace pinfold::tool {

class HeatColours {
 public:
  /// From the least to the most of its numbers, and at least a factor of two.
  explicit HeatColours(const measure::Matrix& matrix);

  /// 0 … 1; whole steps, so that cells of one colour can be drawn together.
  [[nodiscard]] double part(double ns) const;
  /// "#rrggbb" of a part.
  [[nodiscard]] static std::string colour(double part);
  /// Of text on it.
  [[nodiscard]] static std::string_view text_colour(double part);
  /// Round numbers between the ends, not too many.
  [[nodiscard]] std::vector<double> ticks() const;

 private:
  double least_ = 1;
  double most_ = 2;
};

}  // namespace pinfold::tool
