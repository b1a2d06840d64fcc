#include "bench/numbers.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace pinfold::tool {

std::string digits(double number) {
  const double size = std::abs(number);
  int places = 0;
  if (size < 99.95) places = 1;
  if (size < 9.995) places = 2;
  if (size < 0.9995) places = 3;
  if (size == 0) places = 0;
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", places, number);
  return text;
}

std::string spread_text(const measure::Spread& spread, double unit) {
  const char* const between = spread.low < 0 ? " to " : "-";
  return digits(spread.median / unit) + " (" + digits(spread.low / unit) + between +
         digits(spread.high / unit) + ')';
}

Json spread_json(const measure::Spread& spread) {
  return {{"median", spread.median}, {"low", spread.low},   {"high", spread.high},
          {"least", spread.least},   {"most", spread.most}, {"count", spread.count}};
}

Json doubts_json(std::span<const measure::Doubt> doubts) {
  Json list = Json::array();
  for (const measure::Doubt& doubt : doubts) {
    list.push_back(
        {{"kind", measure::name_of(doubt.kind)}, {"spoils", doubt.spoils}, {"text", doubt.text}});
  }
  return list;
}

std::string columns(const std::vector<std::vector<std::string>>& lines,
                    std::span<const std::size_t> right) {
  std::vector<std::size_t> widths;
  for (const auto& line : lines) {
    widths.resize(std::max(widths.size(), line.size()));
    for (std::size_t i = 0; i < line.size(); ++i)
      widths[i] = std::max(widths[i], line[i].size());
  }
  std::string text;
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      const std::string space(widths[i] - line[i].size(), ' ');
      const bool is_right = std::ranges::find(right, i) != right.end();
      text += is_right ? space + line[i] : line[i] + space;
      if (i + 1 < line.size()) text += "  ";
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  }
  return text;
}

}  // namespace pinfold::tool
