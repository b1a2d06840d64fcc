// Numbers of many rounds as a few.
#pragma once

#include <cstddef>
#include <vector>

namespace pinfold::measure {

/// In the unit of the numbers. All zero of none.
struct Spread {
  double median = 0;
  double low = 0;   ///< a quarter of the numbers is less
  double high = 0;  ///< a quarter is more
  double least = 0;
  double most = 0;
  std::size_t count = 0;

  /// How far the middle half lies apart, as a part of the median.
  [[nodiscard]] double width() const { return median == 0 ? 0 : (high - low) / median; }
};

/// Between two numbers it is interpolated linearly, as in most books (type 7 of Hyndman and Fan).
Spread spread_of(std::vector<double> numbers);

}  // namespace pinfold::measure
