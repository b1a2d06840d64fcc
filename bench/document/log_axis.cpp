#include "document/log_axis.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace pinfold::bench {
namespace {

constexpr double room = 0.08;  // of the axis, at each end

}  // namespace

LogAxis::LogAxis(double least, double most, double narrowest) {
  const double span = std::log(std::max(most / least, narrowest));
  const double middle = (std::log(least) + std::log(most)) / 2;
  const double half = span * (0.5 + room);
  least_ = std::exp(middle - half);
  most_ = std::exp(middle + half);
}

double LogAxis::part(double value) const {
  return std::log(value / least_) / std::log(most_ / least_);
}

std::vector<double> LogAxis::ticks(std::size_t most) const {
  static constexpr double digits[] = {1, 2, 5};
  const int first = static_cast<int>(std::floor(std::log10(least_)));
  const int last = static_cast<int>(std::ceil(std::log10(most_)));
  const auto chosen = [&](std::span<const double> of_each_power, int step) {
    std::vector<double> ticks;
    for (int power = first; power <= last; ++power) {
      if (power % step != 0) continue;
      for (const double digit : of_each_power) {
        const double tick = digit * std::pow(10, power);
        if (tick >= least_ && tick <= most_) ticks.push_back(tick);
      }
    }
    return ticks;
  };
  std::vector<double> ticks = chosen(digits, 1);
  for (int step = 1; ticks.size() > most; ++step)
    ticks = chosen(std::span(digits).first(1), step);
  return ticks;
}

}  // namespace pinfold::bench
