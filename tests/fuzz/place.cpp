#include "place/place.h"

#include <pinfold/cpu_list.h>

#include "require.h"

namespace pinfold::fuzz {
namespace {

Limits make_limits() {
  Limits limits;
  limits.cpus.possible = CpuSet::range(CpuId(0), CpuId(15));
  limits.cpus.present = CpuSet::range(CpuId(0), CpuId(13));
  limits.cpus.online = CpuSet::range(CpuId(0), CpuId(12));
  limits.cpus.isolated = CpuSet::range(CpuId(4), CpuId(5));
  limits.cpuset =
      CpusetLimit{.cgroup = "/x", .file = "/f", .cpus = CpuSet::range(CpuId(2), CpuId(9))};
  return limits;
}

// The place by the words of its contract: terms from left to right, each a CPU list of its own.
std::optional<CpuSet> by_the_contract(std::string_view text, const Limits& limits) {
  CpuSet cpus;
  for (bool first = true;; first = false) {
    const std::size_t end = std::min(text.find(','), text.size());
    std::string_view term = text.substr(0, end);
    const bool take_away = term.starts_with('~') || term.starts_with('!');
    if (take_away) term.remove_prefix(1);
    if (first && take_away) cpus = limits.usable();
    const auto named = term == "all" ? limits.usable() : parse_cpu_list(term, limits.cpus.possible);
    if (!named) return std::nullopt;
    cpus = take_away ? cpus - *named : cpus | *named;
    if (end == text.size()) return cpus;
    text.remove_prefix(end + 1);
  }
}

}  // namespace
}  // namespace pinfold::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinfold;
  using namespace pinfold::fuzz;
  static const Limits limits = make_limits();
  const std::string_view text = as_text(data, size);
  // A stride over a million CPUs takes milliseconds; a handful of them only slows the search.
  if (std::ranges::count(text, ':') > 2) return 0;

  const auto expected = by_the_contract(text, limits);
  const auto place = Place::parse(text);
  if (!place) {
    require_good_error(place.error(), text);
    // "N-20" runs backwards on every machine that it is fit for.
    require(!expected || text.find("N-") != text.npos, "a place of good terms is good");
    return 0;
  }
  const auto resolved = place->resolve(limits);
  if (resolved) {
    require(expected && resolved->cpus == *expected, "terms apply from left to right");
    require(!resolved->cpus.empty(), "a place names at least one CPU");
  } else if (resolved.error().kind == ErrorKind::empty_set) {
    require(expected && expected->empty(), "`empty_set` is said of empty sets");
  } else {
    require_good_error(resolved.error(), text);
    require(!expected, "a place of good terms is good");
  }
  if (place->is_literal()) {
    const auto literal = place->resolve_literal();
    require(literal.has_value() == resolved.has_value(), "plain numbers need no machine");
    if (literal) require(*literal == resolved->cpus, "plain numbers mean the same everywhere");
  }
  return 0;
}
