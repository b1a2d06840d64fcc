#include "place/place.h"

#include <pinfold/cpu_list.h>

#include "require.h"

namespace pinfold::fuzz {
namespace {

Machine make_machine() {
  return Machine::open(
             "pack:2 l3:1 l2:2 core:2 pu:2;offline=12,13;possible=20;isolated=4-5;"
             "nohz_full=5;cpuset=2-11")
      .value();
}

// Terms that are CPU lists, by the words of their contract: from left to right, each on its own.
// Nothing for other places.
std::optional<CpuSet> by_the_contract(std::string_view text, const Limits& limits) {
  CpuSet cpus;
  for (bool first = true;; first = false) {
    const std::size_t end = std::min(text.find(','), text.size());
    std::string_view term = text.substr(0, end);
    const bool take_away = term.starts_with('~') || term.starts_with('!');
    if (take_away) term.remove_prefix(1);
    if (first && take_away) cpus = limits.usable();
    const auto named = parse_cpu_list(term, limits.cpus.possible);
    if (!named || term == "all") return std::nullopt;
    cpus = take_away ? cpus - *named : cpus | *named;
    if (end == text.size()) return cpus;
    text.remove_prefix(end + 1);
  }
}

// The same place with its terms turned round: a set is a set. Nothing where a term takes away.
std::optional<std::string> turned_round(std::string_view text) {
  if (text.find_first_of("~!") != text.npos) return std::nullopt;
  std::string turned;
  for (;;) {
    const std::size_t comma = text.rfind(',');
    turned += text.substr(comma == text.npos ? 0 : comma + 1);
    if (comma == text.npos) return turned;
    turned += ',';
    text = text.substr(0, comma);
  }
}

}  // namespace
}  // namespace pinfold::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinfold;
  using namespace pinfold::fuzz;
  static const Machine machine = make_machine();
  const Limits& limits = machine.limits();
  const std::string_view text = as_text(data, size);
  // A stride over a million CPUs takes milliseconds; a handful of them only slows the search.
  if (std::ranges::count(text, ':') > 4 || std::ranges::count(text, '-') > 4) return 0;

  const auto expected = by_the_contract(text, limits);
  const auto place = Place::parse(text);
  if (!place) {
    require_good_error(place.error(), text);
    // "N-20" runs backwards on every machine that it is fit for.
    require(!expected || text.find("N-") != text.npos, "a place of good terms is good");
    return 0;
  }
  const auto resolved = place->resolve(machine, limits, nullptr);
  if (resolved) {
    require(!expected || resolved->cpus == *expected, "terms apply from left to right");
    require(!resolved->cpus.empty(), "a place names at least one CPU");
    const bool numbers = std::ranges::any_of(text, [](char c) { return c >= '0' && c <= '9'; }) ||
                         text.find('N') != text.npos;
    require(numbers || limits.usable().contains(resolved->cpus), "names take what is permitted");
    if (const auto turned = turned_round(text)) {
      const auto again = Place::parse(*turned)->resolve(machine, limits, nullptr);
      require(again && again->cpus == resolved->cpus, "terms that add may stand in any order");
    }
  } else if (resolved.error().kind == ErrorKind::empty_set) {
    require(!expected || expected->empty(), "`empty_set` is said of empty sets");
  } else {
    // Only what is looked up can be missing; what cannot be read here is `N` in a range.
    const bool missing = resolved.error().kind == ErrorKind::no_such_object;
    require_good_error(resolved.error(), text,
                       missing ? ErrorKind::no_such_object : ErrorKind::syntax);
    require(missing || text.find('N') != text.npos, "what parses is no syntax error later");
    require(!expected, "a place of good terms is good");
  }
  if (place->is_literal()) {
    require(place->parts().empty(), "plain numbers need no machine");
    const auto literal = place->resolve_literal();
    require(literal.has_value() == resolved.has_value(), "plain numbers need no machine");
    if (literal) require(*literal == resolved->cpus, "plain numbers mean the same everywhere");
  }
  return 0;
}
