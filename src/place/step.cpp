#include "place/step.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include <pinfold/cpu_list.h>

#include "base/closest.h"
#include "base/number.h"
#include "base/try.h"
#include "cpuset/cpu_list_item.h"

namespace pinfold {
namespace {

struct WordName {
  std::string_view name;
  Step::Word word;
};
constexpr std::array words = {
    WordName{"all", Step::Word::all},
    WordName{"smt", Step::Word::smt},
    WordName{"P", Step::Word::performance},
    WordName{"E", Step::Word::efficiency},
    WordName{"allowed", Step::Word::allowed},
    WordName{"online", Step::Word::online},
    WordName{"isolated", Step::Word::isolated},
    WordName{"nohz", Step::Word::nohz},
    WordName{"housekeeping", Step::Word::housekeeping},
};

constexpr std::array levels = {Level::package, Level::die, Level::cluster, Level::node,
                               Level::l3,      Level::l2,  Level::l1d,     Level::core};
constexpr std::string_view pu = "pu";
constexpr std::string_view kind = "kind";
constexpr std::string_view near = "near";
constexpr std::string_view pid = "pid";

constexpr const char* what_there_is =
    "a place is made of CPU numbers (0-3,8 or 0x0f); of all, smt, P, E, allowed, online, isolated, "
    "nohz, housekeeping; of package, die, cluster, node, l3, l2, core, pu, kind with an index "
    "(core:0-3); of near:DEVICE and pid:NUMBER";

// What others call it.
struct Alias {
  std::string_view theirs;
  std::string_view ours;
};
constexpr std::array aliases = {
    Alias{"socket", "package"}, Alias{"numa", "node"}, Alias{"numanode", "node"},
    Alias{"llc", "l3"},         Alias{"thread", "pu"}, Alias{"cpu", "pu"},
    Alias{"ht", "smt"},         Alias{"l1", "l1d"},    Alias{"isolcpus", "isolated"},
    Alias{"nohz_full", "nohz"},
};

std::unexpected<Error> bad(std::string reason, std::size_t column = 0) {
  return fail({.kind = ErrorKind::syntax, .reason = std::move(reason), .column = column});
}

std::optional<Level> level_called(std::string_view called) {
  for (const Level level : levels) {
    if (called == name(level)) return level;
  }
  return std::nullopt;
}

std::optional<Step::Word> word_called(std::string_view called) {
  for (const auto& [name, word] : words) {
    if (called == name) return word;
  }
  return std::nullopt;
}

std::vector<std::string_view> objects() {
  std::vector<std::string_view> names(levels.size());
  std::ranges::transform(levels, names.begin(), [](Level l) { return name(l); });
  names.insert(names.end(), {pu, kind});
  return names;
}

bool is_object(std::string_view name) {
  return level_called(name).has_value() || name == pu || name == kind;
}

std::unexpected<Error> unknown(std::string_view name) {
  const std::string quoted = "unknown name \"" + std::string(name) + '"';
  for (const auto& [theirs, ours] : aliases) {
    if (name == theirs) return bad(quoted + ": here it is called " + std::string(ours));
  }
  std::vector<std::string_view> names = objects();
  names.insert(names.end(), {near, pid});
  for (const WordName& word : words)
    names.push_back(word.name);
  if (const auto closest_name = closest(name, names)) {
    return bad(quoted + ": did you mean " + std::string(*closest_name) + '?');
  }
  return bad(quoted + ": " + what_there_is);
}

Result<Index> parse_index(std::string_view text) {
  Index index;
  for (std::size_t start = 0;;) {
    const std::size_t end = std::min(text.find('+', start), text.size());
    const std::string_view item = text.substr(start, end - start);
    if (item == "odd") {
      index.odd = true;
    } else if (item == "even") {
      index.even = true;
    } else if (item == "last") {
      index.last = true;
    } else if (item == "all") {
      index.all = true;
    } else if (item.empty()) {
      return bad("an index is missing: a number, a range, odd, even, last or all", start);
    } else if (item.front() < '0' || item.front() > '9' || item.starts_with("0x")) {
      return bad("an index is a number, a range, odd, even, last or all", start);
    } else if (auto read = add_cpu_list_item(item, std::nullopt, index.numbers); !read) {
      return bad(read.error().reason, start + read.error().column);
    }
    if (end == text.size()) return index;
    start = end + 1;
  }
}

// A device's name may have dots in it: it ends where a dot and an object follow.
std::size_t device_end(std::string_view path, std::size_t from) {
  for (std::size_t dot = path.find('.', from); dot != std::string_view::npos;
       dot = path.find('.', dot + 1)) {
    const std::string_view rest = path.substr(dot + 1);
    const std::size_t colon = rest.find(':');
    if (colon != std::string_view::npos && is_object(rest.substr(0, colon))) return dot;
  }
  return path.size();
}

// `column` is that of the value, behind the colon.
Result<Step> parse_object(std::string_view name, std::string_view value, std::size_t column) {
  auto index = parse_index(value);
  if (!index) return bad(index.error().reason, column + index.error().column);
  Step step;
  if (name == pu) {
    step.what = Step::Pus{std::move(*index)};
  } else if (name == kind) {
    step.what = Step::Kinds{std::move(*index)};
  } else {
    step.what = Step::Objects{*level_called(name), std::move(*index)};
  }
  return step;
}

Result<Step> parse_numbers(std::string_view item) {
  // Read it once, so that a mistake is found before anything is looked up.
  CpuSet ignored;
  if (auto read = add_cpu_list_item(item, highest_cpu_in_text, ignored); !read) {
    return bad(read.error().reason, read.error().column);
  }
  return Step{.what = Step::Numbers{std::string(item)}};
}

Result<Step> parse_value(std::string_view name, std::string_view path) {
  const std::size_t column = name.size() + 1;
  if (name == near) {
    const std::size_t end = device_end(path, column);
    if (end == column) return bad("a device is missing: near:eth0, near:nvme0n1", column);
    return Step{.what = Step::Near{std::string(path.substr(column, end - column))}, .length = end};
  }
  const std::size_t end = std::min(path.find('.', column), path.size());
  const std::string_view value = path.substr(column, end - column);
  if (name == pid) {
    const auto number = parse_number<pid_t>(value);
    if (!number) return bad(number.error().reason, column + number.error().column);
    if (*number <= 0) return bad("a process's number is at least 1", column);
    return Step{.what = Step::Task{Pid(*number)}, .length = end};
  }
  if (!is_object(name)) return unknown(name);
  TRY(Step step, parse_object(name, value, column));
  step.length = end;
  return step;
}

bool is_number(std::string_view text) {
  return text.empty() || (text.front() >= '0' && text.front() <= '9') || text.front() == 'N';
}

}  // namespace

Result<Step> parse_step(std::string_view path) {
  const std::size_t dot = std::min(path.find('.'), path.size());
  const std::string_view text = path.substr(0, dot);
  const std::size_t colon = path.find(':');
  if (!is_number(text) && colon < dot) return parse_value(path.substr(0, colon), path);

  Step step;
  if (is_number(text)) {
    TRY(step, parse_numbers(text));
  } else if (const auto word = word_called(text)) {
    step.what = *word;
  } else if (is_object(text)) {
    const std::string name(text);
    return bad(name + " needs an index: " + name + ":0, " + name + ":0-1+4, " + name + ":last",
               text.size());
  } else if (text == near || text == pid) {
    return bad(std::string(text) + " needs a " + (text == near ? "device" : "number"), text.size());
  } else {
    return unknown(text);
  }
  step.length = dot;
  return step;
}

MachineParts Step::parts() const {
  MachineParts parts;
  if (const auto* objects = std::get_if<Objects>(&what)) parts.add(objects->level);
  if (std::holds_alternative<Pus>(what)) parts.add_cpus();
  if (std::holds_alternative<Near>(what)) parts.add_unordered(Level::node);
  if (std::holds_alternative<Kinds>(what)) parts.add_kinds();
  if (const auto* word = std::get_if<Word>(&what)) {
    if (*word == Word::smt) parts.add_unordered(Level::core);
    if (*word == Word::performance || *word == Word::efficiency) parts.add_kinds();
  }
  return parts;
}

}  // namespace pinfold
