#include "bench/heat_colours.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "topo/colours.h"

namespace pinfold::tool {
namespace {

constexpr double steps = 100;

struct Stop {
  double red;
  double green;
  double blue;
};

// Lightness falls evenly, so that it can be read without colours, too.
constexpr std::array stops = {Stop{0xfd, 0xf3, 0xc8}, Stop{0xbd, 0xe0, 0xb0},
                              Stop{0x5f, 0xb8, 0xb9}, Stop{0x2f, 0x7c, 0xb4},
                              Stop{0x4b, 0x48, 0xa0}, Stop{0x3d, 0x0b, 0x52}};

}  // namespace

HeatColours::HeatColours(const measure::Matrix& matrix) {
  double least = 0;
  double most = 0;
  for (std::size_t b = 1; b < matrix.size(); ++b) {
    for (std::size_t a = 0; a < b; ++a) {
      const auto& ns = matrix.at(a, b).one_way_ns;
      if (!ns || ns->median <= 0) continue;
      least = least == 0 ? ns->median : std::min(least, ns->median);
      most = std::max(most, ns->median);
    }
  }
  if (most == 0) return;
  constexpr double narrowest = 2;
  const double widen = std::sqrt(std::max(1.0, narrowest / (most / least)));
  least_ = least / widen;
  most_ = most * widen;
}

double HeatColours::part(double ns) const {
  if (ns <= 0) return 0;
  const double part = std::log(ns / least_) / std::log(most_ / least_);
  return std::round(std::clamp(part, 0.0, 1.0) * steps) / steps;
}

std::string HeatColours::colour(double part) {
  const double at = part * (stops.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(at), stops.size() - 2);
  const double rest = at - static_cast<double>(below);
  const Stop& from = stops.at(below);
  const Stop& to = stops.at(below + 1);
  const auto mix = [rest](double a, double b) {
    return static_cast<unsigned>(std::lround(std::lerp(a, b, rest)));
  };
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "#%02x%02x%02x", mix(from.red, to.red) & 0xffU,
                mix(from.green, to.green) & 0xffU, mix(from.blue, to.blue) & 0xffU);
  return text.data();
}

std::string_view HeatColours::text_colour(double part) {
  constexpr double dark = 0.56;
  return part < dark ? ink : paper;
}

std::vector<double> HeatColours::ticks() const {
  constexpr std::array<double, 3> coarse = {1, 2, 5};
  constexpr std::array<double, 9> fine = {1, 1.5, 2, 2.5, 3, 4, 5, 6, 8};
  const bool is_narrow = most_ / least_ < 6;
  const std::span<const double> digits =
      is_narrow ? std::span<const double>(fine) : std::span<const double>(coarse);
  std::vector<double> ticks;
  const int first = static_cast<int>(std::floor(std::log10(least_)));
  const int last = static_cast<int>(std::floor(std::log10(most_)));
  for (int power = first; power <= last; ++power) {
    for (const double digit : digits) {
      const double tick = digit * std::pow(10, power);
      if (tick >= least_ && tick <= most_) ticks.push_back(tick);
    }
  }
  return ticks;
}

}  // namespace pinfold::tool
