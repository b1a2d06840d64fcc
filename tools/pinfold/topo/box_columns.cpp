#include "topo/box_columns.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "topo/box_tree.h"

namespace pinfold::tool {
namespace {

using Counts = std::array<std::size_t, level_count + 1>;

void find_counts(const Box& box, Counts& counts) {
  for (const auto run : runs_of(box.boxes))
    counts.at(level_around(box)) = std::max(counts.at(level_around(box)), run.size());
  for (const Box& inner : box.boxes)
    find_counts(inner, counts);
}

// Those that leave no hole in the last row; others too where these are all far from a square.
std::vector<int> choices(std::size_t count, std::size_t most) {
  const auto boxes = static_cast<int>(count);
  const double square = std::sqrt(static_cast<double>(count));
  const auto distance = [&](int columns) { return std::abs(std::log(columns / square)); };
  std::vector<int> all;
  bool any_near = false;
  for (int columns = 1; columns <= boxes; ++columns) {
    if (boxes % columns != 0) continue;
    all.push_back(columns);
    any_near = any_near || distance(columns) <= std::log(2.5);
  }
  for (int columns = 2; columns < boxes && !any_near; ++columns) {
    if (boxes % columns != 0 && distance(columns) <= std::log(2.5)) all.push_back(columns);
  }
  std::ranges::stable_sort(all, {}, distance);
  if (all.size() > most) all.resize(most);
  return all;
}

// What is wide rather than tall fits a page and a screen; and small is better than large.
double cost(const Measured& all, int least_width) {
  constexpr double wanted = 1.6;
  const double width = std::max(all.size.width, least_width);
  const double height = all.size.height;
  const double area = width * height;
  const double waste = all.waste + (width - all.size.width) * height;
  const double shape = std::log(width / height / wanted);
  return shape * shape + 0.5 * std::log(area) + 2 * waste / area;
}

class Chooser {
 public:
  Chooser(const Box& page_box, BoxMeasure& measure, int width)
      : page_(page_box), measure_(measure), width_(width) {
    Counts counts{};
    find_counts(page_box, counts);
    std::size_t most = 12;
    do {
      for (std::size_t i = 0; i < counts.size(); ++i)
        choices_.at(i) = choices(std::max<std::size_t>(counts.at(i), 1), most);
    } while (combinations() > most_combinations && --most > 1);
  }

  Columns choose() {
    try_all(0);
    return best_;
  }

 private:
  static constexpr std::size_t most_combinations = 1000;

  [[nodiscard]] std::size_t combinations() const {
    std::size_t product = 1;
    for (const auto& one : choices_)
      product *= one.size();
    return product;
  }

  void try_all(std::size_t level) {
    if (level == choices_.size()) {
      measure_.use(columns_);
      const double now = cost(measure_.measured(page_), width_);
      if (now >= least_) return;
      least_ = now;
      best_ = columns_;
      return;
    }
    for (const int columns : choices_.at(level)) {
      columns_.at(level) = columns;
      try_all(level + 1);
    }
  }

  const Box& page_;
  BoxMeasure& measure_;
  int width_;
  std::array<std::vector<int>, level_count + 1> choices_;
  Columns columns_{};
  Columns best_{};
  double least_ = std::numeric_limits<double>::infinity();
};

}  // namespace

Columns choose_columns(const Box& page, BoxMeasure& measure, int width) {
  return Chooser(page, measure, width).choose();
}

}  // namespace pinfold::tool
