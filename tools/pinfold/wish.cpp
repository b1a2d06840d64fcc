#include "wish.h"

#include <memory>
#include <set>
#include <utility>

#include "base/terminal_text.h"
#include "base/try.h"
#include "console.h"
#include "host/host.h"
#include "machine/read.h"

namespace pinfold::tool {

Result<PlaceHere> take_place(std::vector<std::string>& arguments) {
  TRY(Place place, Place::parse(arguments.front()));
  arguments.erase(arguments.begin());
  TRY(Machine machine, open_machine("host", place.parts()));
  return PlaceHere{std::move(place), std::move(machine)};
}

Result<void> check_place_and_targets(const std::vector<std::string>& arguments) {
  if (arguments.size() >= 2) return {};
  const char* missing = arguments.empty() ? "a place is missing" : "a target is missing";
  return fail({.kind = ErrorKind::syntax, .reason = missing});
}

Wish make_wish(const Place& place, const Machine& machine, Clip clip) {
  const auto told = std::make_shared<std::set<std::string>>();
  return {.cpus = [&place, &machine, told](const Limits& limits) -> Result<CpuSet> {
            TRY(PlaceCpus named, place.resolve(machine, limits, &host_kernel()));
            for (const std::string& note : named.notes) {
              if (told->insert(note).second) print_note(safe_text(note));
            }
            return std::move(named.cpus);
          },
          .clip = clip};
}

Result<std::vector<Selector>> parse_selectors(const std::vector<std::string>& texts) {
  std::vector<Selector> selectors;
  for (const std::string& text : texts) {
    TRY(Selector selector, parse_selector(text));
    if (std::holds_alternative<Self>(selector.what)) {
      return fail({.kind = ErrorKind::syntax,
                   .reason = "self would be pinfold, which ends at once: pinfold run starts a "
                             "command on given CPUs"});
    }
    selectors.push_back(std::move(selector));
  }
  return selectors;
}

Result<CpuSet> resolve_whole(const std::string& place, Tid tid) {
  TRY(const Place parsed, Place::parse(place));
  if (parsed.is_literal()) return parsed.resolve_literal();
  TRY(const Machine machine, open_machine("host", parsed.parts()));
  TRY(const Limits limits, read_limits(host_kernel(), tid));
  TRY(PlaceCpus named, parsed.resolve(machine, limits, &host_kernel(), Names::whole));
  return std::move(named.cpus);
}

}  // namespace pinfold::tool
