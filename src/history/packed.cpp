#include "history/packed.h"

#include <optional>

#include <pinfold/cpu_list.h>

#include "base/number.h"

namespace pinfold::history {
namespace {

void put(std::string& packed, std::string_view item) {
  packed += item;
  packed += '\0';
}

// Takes an item off; nothing at the end.
std::optional<std::string_view> take(std::string_view& packed) {
  const std::size_t end = packed.find('\0');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view item = packed.substr(0, end);
  packed.remove_prefix(end + 1);
  return item;
}

}  // namespace

std::string pack(const std::vector<trace::Ancestor>& parents) {
  std::string packed;
  for (const trace::Ancestor& parent : parents) {
    put(packed, std::to_string(parent.pid.value()));
    put(packed, parent.comm);
  }
  return packed;
}

std::string pack(const std::vector<trace::Frame>& callers) {
  std::string packed;
  for (const trace::Frame& frame : callers) {
    put(packed, std::to_string(frame.offset));
    put(packed, frame.module);
  }
  return packed;
}

std::vector<trace::Ancestor> unpack_parents(std::string_view packed) {
  std::vector<trace::Ancestor> parents;
  while (const auto number = take(packed)) {
    const auto comm = take(packed);
    const auto pid = parse_number<pid_t>(*number);
    if (!comm || !pid) break;
    parents.push_back({.pid = Pid(*pid), .comm = std::string(*comm)});
  }
  return parents;
}

std::vector<trace::Frame> unpack_callers(std::string_view packed) {
  std::vector<trace::Frame> callers;
  while (const auto number = take(packed)) {
    const auto module = take(packed);
    const auto offset = parse_number<std::uint64_t>(*number);
    if (!module || !offset) break;
    callers.push_back({.module = std::string(*module), .offset = *offset});
  }
  return callers;
}

CpuSet unpack_cpus(std::string_view list) {
  if (list.empty()) return {};
  auto cpus = parse_cpu_list(list);
  return cpus ? std::move(*cpus) : CpuSet();
}

}  // namespace pinfold::history
