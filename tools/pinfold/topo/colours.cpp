#include "topo/colours.h"

#include <array>
#include <cstdio>

namespace pinfold::tool {
namespace {

constexpr BoxColours package_colours{
    .frame = {.fill = "#f3f5f9", .stroke = "#b3becb", .radius = 8}, .bar = "", .text = ink};
constexpr BoxColours node_colours{.frame = {.fill = "#fafdfb", .stroke = "#9cc5ae", .radius = 6},
                                  .bar = "#d3eadb",
                                  .text = "#12432b"};
constexpr BoxColours die_colours{
    .frame = {.fill = "#fbfcfe", .stroke = "#8a97a6", .dashes = "4 3", .radius = 6},
    .bar = "",
    .text = ink};
constexpr BoxColours l3_colours{.frame = {.fill = "#fffcf5", .stroke = "#e0c286", .radius = 6},
                                .bar = "#f8e3b9",
                                .text = "#563800"};
constexpr BoxColours l2_colours{.frame = {.fill = "#fffefb", .stroke = "#e8d6ae", .radius = 5},
                                .bar = "#fcf2da",
                                .text = "#563800"};
constexpr BoxColours core_colours{
    .frame = {.fill = "#ffffff", .stroke = "#c2cbd6", .radius = 4}, .bar = "", .text = faint_ink};

struct Colour {
  double red;
  double green;
  double blue;
};

constexpr Colour plain{0xd3, 0xe3, 0xf7};
constexpr Colour fast{0x9f, 0xc4, 0xf0};
constexpr Colour slow{0xe7, 0xe1, 0xf5};

std::string text_of(const Colour& colour) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "#%02x%02x%02x", static_cast<unsigned>(colour.red),
                static_cast<unsigned>(colour.green), static_cast<unsigned>(colour.blue));
  return text.data();
}

}  // namespace

const BoxColours& box_colours(Level level) {
  switch (level) {
    case Level::package:
      return package_colours;
    case Level::node:
      return node_colours;
    case Level::die:
    case Level::cluster:
      return die_colours;
    case Level::l3:
      return l3_colours;
    case Level::l2:
    case Level::l1d:
      return l2_colours;
    case Level::core:
      return core_colours;
  }
  return core_colours;
}

std::string kind_colour(std::size_t kind, std::size_t kinds) {
  if (kinds < 2) return text_of(plain);
  const double part = static_cast<double>(kind) / static_cast<double>(kinds - 1);
  const auto mix = [&](double from, double to) { return from + (to - from) * part; };
  return text_of({mix(slow.red, fast.red), mix(slow.green, fast.green), mix(slow.blue, fast.blue)});
}

std::string_view hatch(char sign) {
  switch (sign) {
    case '*':
      return "url(#pinfold-isolated)";
    case '+':
      return "url(#pinfold-nohz-full)";
    case '!':
      return "url(#pinfold-not-allowed)";
    default:
      return "url(#pinfold-offline)";
  }
}

std::string_view hatch_definitions() {
  return R"(<pattern id="pinfold-isolated" width="6" height="6" patternUnits="userSpaceOnUse">
<path d="M-1 1l2 -2M0 6l6 -6M5 7l2 -2" stroke="#c2410c" stroke-width="1.4" fill="none"/>
</pattern>
<pattern id="pinfold-nohz-full" width="4" height="4" patternUnits="userSpaceOnUse">
<circle cx="2" cy="2" r="0.9" fill="#3b2a7a"/>
</pattern>
<pattern id="pinfold-not-allowed" width="6" height="6" patternUnits="userSpaceOnUse">
<path d="M-1 5l2 2M0 0l6 6M5 -1l2 2" stroke="#7b8794" stroke-width="1.2" fill="none"/>
</pattern>
<pattern id="pinfold-offline" width="6" height="5" patternUnits="userSpaceOnUse">
<path d="M0 2.5h6" stroke="#9aa5b1" stroke-width="1" fill="none"/>
</pattern>
)";
}

}  // namespace pinfold::tool
