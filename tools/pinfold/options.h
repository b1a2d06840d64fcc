// Options that several commands have.
#pragma once

#include <CLI/CLI.hpp>

#include "console.h"

namespace pinfold::tool {

/// --color for a command set up by CLI11.
inline void add_color(CLI::App& command) {
  command
      .add_option_function<std::string>(
          "--color",
          [](const std::string& when) {
            Color color = Color::automatic;
            if (!parse_color(when, color)) {
              throw CLI::ValidationError("--color", "takes auto, always or never");
            }
            use_color(color);
          },
          "auto, always, never")
      ->type_name("WHEN");
}

}  // namespace pinfold::tool
