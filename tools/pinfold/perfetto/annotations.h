// The arguments of an event, which the viewer lists beside it.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>

#include <pinfold/cpu_set.h>
#include <pinfold/ids.h>

#include "perfetto/message.h"

namespace pinfold::tool {

/// Adds arguments to the fields of a TrackEvent. What is not known is left out.
class Annotations {
 public:
  explicit Annotations(ProtoMessage& event) : event_(event) {}

  Annotations& add(std::string_view name, std::string_view text);
  Annotations& add(std::string_view name, const char* text) {
    return add(name, std::string_view(text));
  }
  /// As a CPU list.
  Annotations& add(std::string_view name, const CpuSet& cpus);
  Annotations& add(std::string_view name, Pid pid) { return add(name, pid.value()); }
  Annotations& add(std::string_view name, Tid tid) { return add(name, tid.value()); }
  Annotations& add(std::string_view name, CpuId cpu) { return add(name, cpu.value()); }
  Annotations& add(std::string_view name, std::same_as<bool> auto value) {
    return add_bool(name, value);
  }
  template <std::integral Number>
    requires(!std::same_as<Number, bool>)
  Annotations& add(std::string_view name, Number number) {
    if constexpr (std::unsigned_integral<Number>) return add_unsigned(name, number);
    return add_signed(name, static_cast<std::int64_t>(number));
  }
  template <class Value>
  Annotations& add(std::string_view name, const std::optional<Value>& value) {
    return value ? add(name, *value) : *this;
  }
  Annotations& add_address(std::string_view name, std::uint64_t address);

 private:
  Annotations& put(const ProtoMessage& annotation);
  Annotations& add_bool(std::string_view name, bool value);
  Annotations& add_signed(std::string_view name, std::int64_t value);
  Annotations& add_unsigned(std::string_view name, std::uint64_t value);

  ProtoMessage& event_;
};

}  // namespace pinfold::tool
