#include "place/place.h"

#include <algorithm>
#include <cctype>

#include <pinfold/cpu_list.h>

#include "base/try.h"
#include "cpuset/cpu_list_item.h"

namespace pinfold {
namespace {

bool is_name(std::string_view item) {
  return !item.empty() && std::isalpha(static_cast<unsigned char>(item.front())) != 0 &&
         item.front() != 'N';
}

}  // namespace

Result<Place> Place::parse(std::string_view text) {
  Place place;
  place.text_ = text;
  const auto bad = [&](std::string reason, std::size_t column) {
    return fail({.kind = ErrorKind::syntax,
                 .text = std::string(text),
                 .reason = std::move(reason),
                 .column = column});
  };
  for (std::size_t start = 0;;) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    std::string_view item = text.substr(start, end - start);
    Term term{.column = start};
    if (item.starts_with('~') || item.starts_with('!')) {
      term.take_away = true;
      ++term.column;
      item.remove_prefix(1);
    }
    term.all = item == "all";
    term.item = item;
    if (!term.all && is_name(item)) {
      return bad("unknown name: a place is CPU numbers (0-3,8 or 0x0f), N for the last one, or all",
                 term.column);
    }
    // Read it once, so that a mistake is found before anything is looked up.
    CpuSet ignored;
    if (auto read = add_cpu_list_item(term.all ? "0" : item, highest_cpu_in_text, ignored); !read) {
      return bad(read.error().reason, term.column + read.error().column);
    }
    const bool starts_from_all = place.terms_.empty() && term.take_away;
    place.needs_limits_ |= term.all || starts_from_all || item.find('N') != std::string_view::npos;
    place.terms_.push_back(std::move(term));
    if (end == text.size()) return place;
    start = end + 1;
  }
}

// `limits` may be missing where the place is_literal().
Result<CpuSet> Place::evaluate(const Limits* limits) const {
  const CpuSet all = limits ? limits->usable() : CpuSet();
  const auto highest = limits ? limits->cpus.possible.last() : std::nullopt;
  CpuSet cpus;
  if (terms_.front().take_away) cpus = all;
  for (const Term& term : terms_) {
    CpuSet named;
    if (term.all) {
      named = all;
    } else if (auto read = add_cpu_list_item(term.item, highest, named); !read) {
      Error error = std::move(read).error();
      error.text = text_;
      error.column += term.column;
      return fail(std::move(error));
    }
    if (term.take_away) {
      cpus -= named;
    } else {
      cpus |= named;
    }
  }
  return cpus;
}

Result<CpuSet> Place::resolve_literal() const {
  TRY(CpuSet cpus, evaluate(nullptr));
  if (cpus.empty()) return fail({.kind = ErrorKind::empty_set, .text = text_});
  return cpus;
}

Result<PlaceCpus> Place::resolve(const Limits& limits) const {
  TRY(CpuSet cpus, evaluate(&limits));
  const bool names_all =
      terms_.front().take_away || std::ranges::any_of(terms_, [](const Term& t) { return t.all; });
  const bool less = names_all && limits.cpuset && !limits.cpuset->cpus.contains(limits.cpus.online);
  if (cpus.empty()) {
    Error error{.kind = ErrorKind::empty_set, .text = text_};
    if (less) {
      error.limit = to_cpu_list(limits.cpuset->cpus);
      error.owner = limits.cpuset->cgroup;
      error.file = limits.cpuset->file;
    }
    return fail(std::move(error));
  }
  PlaceCpus place{.cpus = std::move(cpus)};
  if (less) {
    place.notes.push_back("all is " + to_cpu_list(limits.cpus.online) + "; cgroup " +
                          limits.cpuset->cgroup + " allows " + to_cpu_list(limits.cpuset->cpus));
  }
  return place;
}

}  // namespace pinfold
