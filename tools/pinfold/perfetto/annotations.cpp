#include "perfetto/annotations.h"

#include <string>
#include <utility>

#include <pinfold/cpu_list.h>

#include "perfetto/fields.h"

namespace pinfold::tool {
namespace {

ProtoMessage named(std::string_view name) {
  return std::move(ProtoMessage().add(field::annotation::name, name));
}

}  // namespace

Annotations& Annotations::put(const ProtoMessage& annotation) {
  event_.add(field::event::debug_annotations, annotation);
  return *this;
}

Annotations& Annotations::add(std::string_view name, std::string_view text) {
  return put(named(name).add(field::annotation::string_value, text));
}

Annotations& Annotations::add(std::string_view name, const CpuSet& cpus) {
  return add(name, cpus.empty() ? std::string("none") : to_cpu_list(cpus));
}

Annotations& Annotations::add_address(std::string_view name, std::uint64_t address) {
  return put(named(name).add(field::annotation::pointer_value, address));
}

Annotations& Annotations::add_bool(std::string_view name, bool value) {
  return put(named(name).add(field::annotation::bool_value, value));
}

Annotations& Annotations::add_signed(std::string_view name, std::int64_t value) {
  return put(named(name).add(field::annotation::int_value, value));
}

Annotations& Annotations::add_unsigned(std::string_view name, std::uint64_t value) {
  return put(named(name).add(field::annotation::uint_value, value));
}

}  // namespace pinfold::tool
