// A protobuf message taken apart, without a word of ours: a second opinion.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pinfold::test {

struct RawField {
  unsigned number = 0;
  std::uint64_t value = 0;  ///< of a varint
  std::string_view bytes;   ///< of all else
};

/// Nothing where it is no message.
std::optional<std::vector<RawField>> fields_of(std::string_view message);

}  // namespace pinfold::test
