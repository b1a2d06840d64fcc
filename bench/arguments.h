// What pinfold-bench is asked for.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <vector>

#include "report.h"

namespace pinfold::bench {

struct Arguments {
  Options options;
  std::string json;               ///< the file to write the run to; empty: none
  std::string document;           ///< the folder to write the page to; empty: none
  std::vector<std::string> from;  ///< earlier runs, in place of one
  bool help = false;
};

/// What the command line says, without the program's name; or what is wrong with it.
std::expected<Arguments, std::string> parse_arguments(std::span<char*> words);

}  // namespace pinfold::bench
