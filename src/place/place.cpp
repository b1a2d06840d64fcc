#include "place/place.h"

#include <algorithm>

#include <pinfold/cpu_list.h>

#include "base/try.h"
#include "cpuset/cpu_list_item.h"
#include "place/lookup.h"

namespace pinfold {
namespace {

// "/docker/9f3c allows 0-3", where it does not allow all that is online.
std::optional<std::string> narrowed_by(const Limits& limits) {
  if (!limits.cpuset || limits.cpuset->cpus.contains(limits.cpus.online)) return std::nullopt;
  return "cgroup " + limits.cpuset->cgroup + " allows " + to_cpu_list(limits.cpuset->cpus);
}

}  // namespace

Result<Place::Term> Place::parse_term(std::string_view text, std::size_t column) {
  Term term{.column = column};
  if (text.starts_with('~') || text.starts_with('!')) {
    term.take_away = true;
    ++term.column;
    text.remove_prefix(1);
  }
  for (std::size_t start = 0;;) {
    auto step = parse_step(text.substr(start));
    if (!step) {
      Error error = std::move(step).error();
      error.column += term.column + start;
      return fail(std::move(error));
    }
    step->column = term.column + start;
    start += step->length;
    term.path.push_back(std::move(*step));
    if (start == text.size()) return term;
    ++start;  // the dot
  }
}

Result<Place> Place::parse(std::string_view text) {
  Place place;
  place.text_ = text;
  for (std::size_t start = 0;;) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    auto term = parse_term(text.substr(start, end - start), start);
    if (!term) {
      Error error = std::move(term).error();
      error.text = text;
      return fail(std::move(error));
    }
    const bool starts_from_all = place.terms_.empty() && term->take_away;
    place.needs_limits_ |= starts_from_all || !term->is_numbers() ||
                           text.substr(start, end - start).find('N') != std::string_view::npos;
    place.terms_.push_back(std::move(*term));
    if (end == text.size()) return place;
    start = end + 1;
  }
}

MachineParts Place::parts() const {
  MachineParts parts;
  for (const Term& term : terms_) {
    for (const Step& step : term.path)
      parts |= step.parts();
  }
  return parts;
}

std::string Place::name_of(const Term& term) const {
  const std::size_t end = term.path.back().column + term.path.back().length;
  return text_.substr(term.column, end - term.column);
}

Result<CpuSet> Place::resolve_literal() const {
  CpuSet cpus;
  for (const Term& term : terms_) {
    CpuSet named;
    CHECK_OK(add_cpu_list_item(std::get<Step::Numbers>(term.path.front().what).item, std::nullopt,
                               named));
    if (term.take_away) {
      cpus -= named;
    } else {
      cpus |= named;
    }
  }
  if (cpus.empty()) return fail({.kind = ErrorKind::empty_set, .text = text_});
  return cpus;
}

Result<PlaceCpus> Place::resolve(const Machine& machine, const Limits& limits, Kernel* kernel,
                                 Names names) const {
  Lookup lookup(machine, limits, kernel);
  const CpuSet usable = names == Names::whole ? limits.cpus.online : limits.usable();
  const auto narrowing = narrowed_by(limits);
  PlaceCpus place;
  bool lost = false;    // a name stands for less than the whole
  std::string nothing;  // a name that stands for nothing at all
  const auto add_named = [&](const CpuSet& whole, const std::string& name) {
    place.cpus |= whole & usable;
    if (whole.empty()) nothing = name;
    if (usable.contains(whole)) return;
    lost = true;
    if (narrowing) place.notes.push_back(name + " is " + to_cpu_list(whole) + "; " + *narrowing);
  };
  if (terms_.front().take_away) add_named(limits.cpus.online, "all");
  for (const Term& term : terms_) {
    auto named = term.is_numbers() ? lookup.numbers(term.path.front()) : lookup.path(term.path);
    if (!named) {
      Error error = std::move(named).error();
      error.text = text_;
      return fail(std::move(error));
    }
    if (term.take_away) {
      place.cpus -= *named;
    } else if (term.is_numbers()) {
      place.cpus |= *named;
    } else {
      add_named(*named, name_of(term));
    }
  }
  if (!place.cpus.empty()) return place;
  Error error{.kind = ErrorKind::empty_set, .text = text_};
  if (!nothing.empty()) error.reason = nothing + " names none on this machine";
  if (lost && narrowing) {
    error.limit = to_cpu_list(limits.cpuset->cpus);
    error.owner = limits.cpuset->cgroup;
    error.file = limits.cpuset->file;
  }
  return fail(std::move(error));
}

}  // namespace pinfold
