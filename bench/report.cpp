#include "report.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace pinfold::bench {
namespace {

constexpr int name_width = 60;

struct Unit {
  const char* name;
  double nanoseconds;
};

Unit unit_for(double nanoseconds) {
  static constexpr std::array units = {Unit{"s", 1e9}, Unit{"ms", 1e6}, Unit{"us", 1e3}};
  for (const Unit& unit : units) {
    if (nanoseconds >= unit.nanoseconds) return unit;
  }
  return {"ns", 1};
}

}  // namespace

bool Report::wants(const std::string& name) const {
  return name.find(options_.filter) != std::string::npos;
}

Method Report::adjusted(Method method) const {
  if (options_.quick) method.rounds = std::max(method.rounds / 10, 5U);
  if (options_.rounds) method.rounds = *options_.rounds;
  return method;
}

void Report::compare(const Row& row) {
  if (!wants(row.name)) return;
  auto measured = measure(row.ours, row.theirs, adjusted(row.method));
  if (!measured) {
    skip(row.name, std::string(measured.error()) + " failed");
    return;
  }
  const Unit unit = unit_for(std::max(measured->ours, measured->theirs));
  measured->ours /= unit.nanoseconds;
  measured->theirs /= unit.nanoseconds;
  add({row.name, Stands::ratio, *measured, row.reach, unit.name});
}

void Report::added(const AddedRow& row) {
  if (!wants(row.name)) return;
  auto measured = measure(row.ours, row.theirs, adjusted(row.method));
  if (!measured) {
    skip(row.name, std::string(measured.error()) + " failed");
    return;
  }
  // A round's ratio says how much longer ours took in that round.
  for (double* ratio : {&measured->ratio, &measured->quarter, &measured->three_quarters})
    *ratio = (*ratio - 1) * measured->theirs;
  const auto reach = static_cast<double>(row.reach.count());
  const Unit unit = unit_for(reach);
  for (double* time : {&measured->ours, &measured->theirs, &measured->ratio, &measured->quarter,
                       &measured->three_quarters})
    *time /= unit.nanoseconds;
  add({row.name, Stands::added, *measured, reach / unit.nanoseconds, unit.name});
}

void Report::time(const TimeRow& row) {
  if (!wants(row.name)) return;
  auto measured = measure(row.ours, adjusted(row.method));
  if (!measured) {
    skip(row.name, "it failed");
    return;
  }
  const auto reach =
      row.reach ? std::optional(static_cast<double>(row.reach->count())) : std::optional<double>();
  const Unit unit = unit_for(reach.value_or(measured->ours));
  for (double* time :
       {&measured->ours, &measured->ratio, &measured->quarter, &measured->three_quarters})
    *time /= unit.nanoseconds;
  add({row.name, Stands::alone, *measured, reach ? std::optional(*reach / unit.nanoseconds) : reach,
       unit.name});
}

void Report::count(const std::string& name, double ours, std::optional<double> reach,
                   const std::string& unit) {
  if (!wants(name)) return;
  add({name,
       Stands::alone,
       {.ours = ours, .theirs = 0, .ratio = ours, .quarter = ours, .three_quarters = ours},
       reach,
       unit});
}

void Report::skip(const std::string& name, const std::string& reason) {
  if (!wants(name)) return;
  std::printf("%-*s skipped: %s\n", name_width, name.c_str(), reason.c_str());
  std::fflush(stdout);
  skipped_.push_back({.name = name, .reason = reason});
}

void Report::add(Line line) {
  if (lines_.empty()) {
    std::printf("%-*s %9s %9s %-4s %7s  %-15s %7s\n", name_width, "ours / theirs", "ours", "theirs",
                "", "ratio", "half of rounds", "reach");
  }
  const Measured& m = line.measured;
  std::printf("%-*s %9.4g %9.4g %-4s %7.3f  [%5.3f, %5.3f] ", name_width, line.name.c_str(), m.ours,
              m.theirs, line.unit.c_str(), m.ratio, m.quarter, m.three_quarters);
  if (line.reach) {
    std::printf(" %7.3f  %s\n", *line.reach, line.is_reached() ? "ok" : "short");
  } else {
    std::printf(" %7s\n", "-");
  }
  std::fflush(stdout);
  lines_.push_back(std::move(line));
}

void Report::print_summary() const {
  const auto with_reach =
      std::ranges::count_if(lines_, [](const Line& line) { return line.reach.has_value(); });
  const auto ok = std::ranges::count_if(
      lines_, [](const Line& line) { return line.reach && line.is_reached(); });
  std::printf("%td of %td numbers reached, %zu rows for information, %zu skipped\n", ok, with_reach,
              lines_.size() - static_cast<std::size_t>(with_reach), skipped_.size());
}

}  // namespace pinfold::bench
