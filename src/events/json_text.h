// JSON, written from left to right. A tree of values first, as a library makes it, would take
// several times as long, and a busy stream is as slow as its lines.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <pinfold/cpu_set.h>
#include <pinfold/ids.h>

#include "events/event.h"

namespace pinfold::trace {

/// RFC 3339, UTC, to the nanosecond: "2026-11-21T18:00:00.123456789Z".
std::string utc_text(Time time);

/// "0x7ffd51d2a3c0": a string, because an address may not fit the numbers of a reader of JSON.
std::string address_text(std::uint64_t address);

class JsonText {
 public:
  /// Objects and lists. In a list nothing has a key.
  JsonText& open(std::string_view key = {}) { return begin(key, '{'); }
  JsonText& open_list(std::string_view key = {}) { return begin(key, '['); }
  JsonText& close() { return end('}'); }
  JsonText& close_list() { return end(']'); }

  JsonText& null(std::string_view key) { return raw(key, "null"); }
  /// Made safe to print.
  JsonText& add(std::string_view key, std::string_view text);
  JsonText& add(std::string_view key, const char* text) { return add(key, std::string_view(text)); }
  /// As a CPU list.
  JsonText& add(std::string_view key, const CpuSet& cpus);
  JsonText& add(std::string_view key, Time time);
  JsonText& add(std::string_view key, CpuId cpu) { return add(key, cpu.value()); }
  JsonText& add(std::string_view key, Pid pid) { return add(key, pid.value()); }
  JsonText& add(std::string_view key, Tid tid) { return add(key, tid.value()); }
  JsonText& add(std::string_view key, std::same_as<bool> auto value) {
    return raw(key, value ? "true" : "false");
  }
  template <std::integral Number>
    requires(!std::same_as<Number, bool>)
  JsonText& add(std::string_view key, Number number) {
    char digits[24];
    const auto [last, error] = std::to_chars(digits, digits + sizeof digits, number);
    return raw(key, std::string_view(digits, last));
  }
  template <class Value>
  JsonText& add(std::string_view key, const std::optional<Value>& value) {
    return value ? add(key, *value) : null(key);
  }

  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  void put_key(std::string_view key);
  void put_string(std::string_view text);
  JsonText& raw(std::string_view key, std::string_view value) {
    put_key(key);
    text_ += value;
    return *this;
  }
  JsonText& begin(std::string_view key, char bracket) {
    put_key(key);
    text_ += bracket;
    return *this;
  }
  JsonText& end(char bracket) {
    text_ += bracket;
    return *this;
  }

  std::string text_;
};

}  // namespace pinfold::trace
