// --policy, and words of which only some are known.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <pinfold/plan.h>

namespace pinfold::tool {

/// Kind `syntax`, with the reason alone: "unknown WHAT "WORD": did you mean …?", or what there is.
std::unexpected<Error> unknown_word(const char* what, const std::string& word,
                                    std::span<const std::string_view> known);

Result<Policy> read_policy(const std::string& word);

}  // namespace pinfold::tool
