// A run as JSON: what `--json` writes and `--from` reads.
#pragma once

#include <string>
#include <string_view>

#include <pinfold/result.h>

#include "document/results.h"

namespace pinfold::bench {

/// `{"conditions":{…},"rows":[{"name","stands","ratio","reach","better","ours","theirs","unit",
/// "quartiles"}],"skipped":[{"name","reason"}]}`.
std::string to_json(const Run& run);

/// Errors are of kind `unsupported`.
Result<Run> parse_run(std::string_view text);

}  // namespace pinfold::bench
