#include "bench/matrix_report.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>

namespace pinfold::tool {
namespace {

// As a machine's owner says it.
std::string words_for(measure::Sharing sharing) {
  switch (sharing) {
    case measure::Sharing::cpu:
      return "on one CPU";
    case measure::Sharing::core:
      return "between SMT siblings";
    case measure::Sharing::l2:
      return "between cores with one L2";
    case measure::Sharing::l3:
      return "between cores with one L3";
    case measure::Sharing::node:
      return "within a node";
    case measure::Sharing::package:
      return "between nodes of a package";
    case measure::Sharing::machine:
      return "between packages";
  }
  return {};
}

std::string fixed(double number, int digits) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, number);
  return text.data();
}

std::string times_text(double times) { return fixed(times, times < 9.95 ? 1 : 0); }

}  // namespace

std::vector<Refused> refused_pairs(const measure::Matrix& matrix) {
  std::vector<Refused> all;
  for (std::size_t b = 1; b < matrix.size(); ++b) {
    for (std::size_t a = 0; a < b; ++a) {
      const measure::MatrixCell& cell = matrix.at(a, b);
      if (cell.one_way_ns) continue;
      auto known = std::ranges::find(all, cell.reason, &Refused::reason);
      if (known == all.end()) known = all.insert(all.end(), Refused{.reason = cell.reason});
      known->pairs.emplace_back(matrix.cpus()[a], matrix.cpus()[b]);
    }
  }
  std::ranges::stable_sort(all, std::greater(),
                           [](const Refused& one) { return one.pairs.size(); });
  return all;
}

std::string pairs_text(const Refused& refused) {
  constexpr std::size_t most = 4;
  const std::size_t count = refused.pairs.size();
  const std::size_t named = count > most ? most - 1 : count;
  std::string text;
  for (std::size_t i = 0; i < named; ++i) {
    if (i > 0) text += i + 1 == count ? " and " : ", ";
    text += std::to_string(refused.pairs[i].first.value()) + '-' +
            std::to_string(refused.pairs[i].second.value());
  }
  if (count > named) text += " and " + std::to_string(count - named) + " others";
  return text;
}

std::string ns_text(double ns) { return fixed(ns, ns < 9.995 ? 2 : ns < 99.95 ? 1 : 0); }

std::string short_ns_text(double ns) { return fixed(ns, ns < 9.95 ? 1 : 0); }

std::string conclusion(const std::vector<measure::SharingLatency>& kinds) {
  std::vector<const measure::SharingLatency*> known;
  for (const measure::SharingLatency& kind : kinds) {
    if (kind.one_way_ns.count > 0) known.push_back(&kind);
  }
  if (known.empty()) return {};
  const measure::SharingLatency& nearest = *known.front();
  std::string text = "A cache line takes " + ns_text(nearest.one_way_ns.median) + " ns " +
                     words_for(nearest.sharing);
  for (std::size_t i = 1; i < known.size(); ++i) {
    const double median = known[i]->one_way_ns.median;
    text += (i + 1 < known.size() ? ", " : " and ") + ns_text(median) + " ns " +
            words_for(known[i]->sharing) + " (x " + times_text(median / nearest.one_way_ns.median) +
            ')';
  }
  return text + '.';
}

}  // namespace pinfold::tool
