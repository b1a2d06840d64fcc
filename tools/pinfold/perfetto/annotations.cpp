#include "perfetto/annotations.h"

#include <pinfold/cpu_list.h>

#include "perfetto/fields.h"

namespace pinfold::tool {
namespace {

template <class Value>
void put(ProtoMessage& event, std::string_view name, unsigned kind, const Value& value) {
  event.add(field::event::debug_annotations,
            ProtoMessage().add(field::annotation::name, name).add(kind, value));
}

}  // namespace

Annotations& Annotations::add(std::string_view name, std::string_view text) {
  put(event_, name, field::annotation::string_value, text);
  return *this;
}

Annotations& Annotations::add(std::string_view name, const CpuSet& cpus) {
  return add(name, cpus.empty() ? std::string("none") : to_cpu_list(cpus));
}

Annotations& Annotations::add_address(std::string_view name, std::uint64_t address) {
  put(event_, name, field::annotation::pointer_value, address);
  return *this;
}

Annotations& Annotations::add_bool(std::string_view name, bool value) {
  put(event_, name, field::annotation::bool_value, value);
  return *this;
}

Annotations& Annotations::add_signed(std::string_view name, std::int64_t value) {
  put(event_, name, field::annotation::int_value, value);
  return *this;
}

Annotations& Annotations::add_unsigned(std::string_view name, std::uint64_t value) {
  put(event_, name, field::annotation::uint_value, value);
  return *this;
}

}  // namespace pinfold::tool
