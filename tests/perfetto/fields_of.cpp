#include "perfetto/fields_of.h"

namespace pinfold::test {
namespace {

std::optional<std::uint64_t> take_varint(std::string_view& rest) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !rest.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(rest.front());
    rest.remove_prefix(1);
    value |= std::uint64_t{byte & 0x7fU} << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::vector<RawField>> fields_of(std::string_view message) {
  std::vector<RawField> fields;
  while (!message.empty()) {
    const auto key = take_varint(message);
    if (!key || *key >> 3 == 0) return std::nullopt;
    RawField field{.number = static_cast<unsigned>(*key >> 3)};
    const unsigned kind = *key & 7U;
    const auto value = take_varint(message);
    if (!value) return std::nullopt;
    if (kind == 0) {
      field.value = *value;
    } else if (kind == 2 && *value <= message.size()) {
      field.bytes = message.substr(0, *value);
      message.remove_prefix(*value);
    } else {
      return std::nullopt;
    }
    fields.push_back(field);
  }
  return fields;
}

}  // namespace pinfold::test
