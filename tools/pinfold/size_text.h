// Sizes, as people write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pinfold::tool {

/// Bytes: "4096", "512K", "64M", "2G". Nothing for what is none.
std::optional<std::uint64_t> parse_size(std::string_view text);

}  // namespace pinfold::tool
