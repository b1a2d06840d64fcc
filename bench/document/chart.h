// Curves as a picture: panels beside each other, both axes logarithmic.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pinfold::bench {

struct Point {
  double x = 0;
  double y = 0;
};

struct Curve {
  std::string label;          ///< "hwloc"
  std::vector<Point> points;  ///< above 0, in the order of x
  bool is_peer = false;       ///< of a peer, which has a colour of its own
};

struct Panel {
  std::string title;
  std::string x_name;  ///< "CPUs"
  std::string unit;    ///< of y: "ns", "MB"
  std::vector<Curve> curves;
};

struct Chart {
  std::string title;
  std::string description;  ///< for those who cannot see it
  std::vector<Panel> panels;
};

/// An SVG document on a card of its own, the same for the same chart. Each curve has its name and
/// its last value at its end.
std::string draw(const Chart& chart);

}  // namespace pinfold::bench
