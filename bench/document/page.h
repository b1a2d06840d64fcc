// The results as a page, with curves.
#pragma once

#include <string>

#include <pinfold/result.h>

#include "document/results.h"

namespace pinfold::bench {

/// docs/performance.md, the same for the same results.
std::string page(const Results& results);

/// Writes `performance.md` and its pictures into a folder that is there. Errors are those of
/// replace_file().
Result<void> write_page(const Results& results, const std::string& folder);

}  // namespace pinfold::bench
