#include "perfetto/message.h"

#include <algorithm>

#include "base/terminal_text.h"

namespace pinfold::tool {

ProtoMessage& ProtoMessage::add(unsigned field, std::string_view text) {
  // Nearly all names are plain, and most of what is written is names.
  const bool is_plain = std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
  return is_plain ? add_bytes(field, text) : add_bytes(field, safe_text(text));
}

ProtoMessage& ProtoMessage::add_bytes(unsigned field, std::string_view bytes) {
  put_key(field, bytes_kind);
  put_varint(bytes.size());
  bytes_ += bytes;
  return *this;
}

void ProtoMessage::put_varint(std::uint64_t number) {
  for (; number >= 0x80; number >>= 7)
    bytes_ += static_cast<char>(number | 0x80);
  bytes_ += static_cast<char>(number);
}

}  // namespace pinfold::tool
