// A protobuf message, written from left to right: the few kinds of fields that a trace needs.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace pinfold::tool {

/// Fields stand in the order in which they are added. An inner message is written first, then
/// added.
class ProtoMessage {
 public:
  ProtoMessage() { bytes_.reserve(usual_size); }

  /// Integers of every kind but sint and fixed; a negative one takes ten bytes, as protobuf has it.
  template <std::integral Number>
  ProtoMessage& add(unsigned field, Number number) {
    put_key(field, varint_kind);
    put_varint(static_cast<std::uint64_t>(number));
    return *this;
  }
  ProtoMessage& add(unsigned field, const ProtoMessage& inner) {
    return add_bytes(field, inner.bytes_);
  }
  /// A string of protobuf must be UTF-8, and names from elsewhere need not: they are made safe.
  ProtoMessage& add(unsigned field, std::string_view text);
  ProtoMessage& add(unsigned field, const char* text) { return add(field, std::string_view(text)); }

  [[nodiscard]] std::string take() && { return std::move(bytes_); }

 private:
  // How a field is to be read, in the low bits of its key.
  static constexpr unsigned varint_kind = 0;
  static constexpr unsigned bytes_kind = 2;
  static constexpr std::size_t usual_size = 96;

  ProtoMessage& add_bytes(unsigned field, std::string_view bytes);
  void put_key(unsigned field, unsigned kind) { put_varint(field << 3 | kind); }
  void put_varint(std::uint64_t number);

  std::string bytes_;
};

}  // namespace pinfold::tool
