// The colours and hatches of a picture. Neighbours differ in lightness too, for those who see no
// colours and for printers.
#pragma once

#include <string>
#include <string_view>

#include <pinfold/machine.h>

#include "topo/svg.h"

namespace pinfold::tool {

inline constexpr std::string_view paper = "#ffffff";
inline constexpr std::string_view ink = "#1f2933";
inline constexpr std::string_view faint_ink = "#52606d";
inline constexpr std::string_view number_ink = "#12304f";
inline constexpr std::string_view forbidden_fill = "#e4e7eb";
inline constexpr std::string_view free_fill = "#ffffff";  ///< of a bar without tasks
inline constexpr std::string_view line = "#cbd2d9";

struct BoxColours {
  Paint frame;
  std::string_view bar;  ///< below an object's name; empty where the frame's colour is enough
  std::string_view text;
};
const BoxColours& box_colours(Level level);

/// The faster, the darker; one tone where all are alike.
std::string kind_colour(std::size_t kind, std::size_t kinds);

/// "url(#…)" of the pattern that stands for a mark (topo/cpu_text.h); '-' is offline.
std::string_view hatch(char sign);

/// Of the patterns.
std::string_view hatch_definitions();

}  // namespace pinfold::tool
