// What undo says where it puts back masks without knowing what had been asked for.
#pragma once

#include <string>

namespace pinfold::test {

/// `err` without that note, if it ends with it.
inline std::string without_guess(const std::string& err) {
  const std::size_t note = err.rfind("pinfold: note: what ");
  const bool ends = note != std::string::npos &&
                    err.ends_with("had asked for was not known: put back is what was allowed\n");
  return ends ? err.substr(0, note) : err;
}

}  // namespace pinfold::test
