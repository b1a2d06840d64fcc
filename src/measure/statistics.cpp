#include "measure/statistics.h"

#include <algorithm>
#include <cmath>

namespace pinfold::measure {
namespace {

double quantile(const std::vector<double>& sorted, double part) {
  const double at = part * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], at - static_cast<double>(below));
}

}  // namespace

Spread spread_of(std::vector<double> numbers) {
  if (numbers.empty()) return {};
  std::ranges::sort(numbers);
  return {.median = quantile(numbers, 0.5),
          .low = quantile(numbers, 0.25),
          .high = quantile(numbers, 0.75),
          .least = numbers.front(),
          .most = numbers.back(),
          .count = numbers.size()};
}

}  // namespace pinfold::measure
