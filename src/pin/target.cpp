#include "pin/target.h"

#include <array>
#include <optional>
#include <vector>

#include "base/closest.h"
#include "base/number.h"
#include "base/try.h"

namespace pinfold {
namespace {

// A part of the text, and where it stands.
struct Part {
  std::string_view text;
  std::size_t column = 0;
};

std::unexpected<Error> mistake(std::size_t column, std::string reason) {
  return fail({.kind = ErrorKind::syntax, .reason = std::move(reason), .column = column});
}

Result<pid_t> read_number(Part part) {
  const auto number = parse_number<pid_t>(part.text);
  if (!number) {
    return mistake(part.column + number.error().column, std::string(number.error().reason));
  }
  if (*number < 1) return mistake(part.column, "no process has a number below 1");
  return *number;
}

using What = decltype(Selector::what);

Result<What> read_tid(Part part) {
  TRY(const pid_t number, read_number(part));
  return Tid(number);
}

Result<What> read_name(Part part) {
  if (part.text.empty()) return mistake(part.column, "a name is missing");
  return ByName{std::string(part.text)};
}

Result<What> read_executable(Part part) {
  if (part.text.empty()) return mistake(part.column, "a path is missing");
  return ByExecutable{std::string(part.text)};
}

Result<What> read_user(Part part) {
  if (part.text.empty()) return mistake(part.column, "a user is missing");
  const auto id = parse_number<uid_t>(part.text);
  if (id) return ByUser{*id};
  if (part.text.find_first_not_of("0123456789") == std::string_view::npos) {
    return mistake(part.column, std::string(id.error().reason));
  }
  return ByUser{std::string(part.text)};
}

Result<What> read_cgroup(Part part) {
  if (part.text.empty()) return mistake(part.column, "a path is missing");
  if (!part.text.starts_with('/')) {
    return mistake(part.column, "a cgroup's path begins with a slash: did you mean cgroup:/" +
                                    std::string(part.text) + "?");
  }
  const std::size_t last = part.text.find_last_not_of('/');
  return ByCgroup{std::string(part.text.substr(0, last == std::string_view::npos ? 0 : last + 1))};
}

struct Kind {
  std::string_view name;
  Result<What> (*read)(Part);
};

constexpr std::array kinds = {
    Kind{"tid", read_tid},   Kind{"comm", read_name},     Kind{"exe", read_executable},
    Kind{"user", read_user}, Kind{"cgroup", read_cgroup},
};

// What other programs call it.
std::optional<std::string> known_elsewhere(std::string_view name, std::string_view rest) {
  if (name == "pid" && !rest.empty()) return std::string(rest);
  if (name == "uid") return "user:" + std::string(rest);
  if (name == "name") return "comm:" + std::string(rest);
  return std::nullopt;
}

std::unexpected<Error> unknown_kind(std::string_view name, std::string_view rest) {
  const std::string reason = "unknown kind of target \"" + std::string(name) + '"';
  if (const auto other = known_elsewhere(name, rest)) {
    return mistake(0, reason + ": did you mean " + *other + '?');
  }
  std::vector<std::string_view> names;
  for (const Kind& kind : kinds)
    names.push_back(kind.name);
  const auto near = closest(name, names);
  if (near)
    return mistake(0,
                   reason + ": did you mean " + std::string(*near) + ':' + std::string(rest) + '?');
  return mistake(0, reason + ": there are tid:, comm:, exe:, user: and cgroup:");
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Neither self nor one that has a kind.
Result<What> read_process(std::string_view text) {
  if (text.empty()) return mistake(0, "a target is missing");
  if (is_digit(text.front()) || text.front() == '-') {
    TRY(const pid_t number, read_number({text}));
    return Pid(number);
  }
  const std::string quoted = '"' + std::string(text) + "\" is not a number";
  const std::string kind = text.front() == '/' ? "exe:" : "comm:";
  return mistake(0, quoted + ": did you mean " + kind + std::string(text) + '?');
}

Result<What> read_selector(std::string_view text) {
  if (text == "self") return Self();
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return read_process(text);
  const std::string_view name = text.substr(0, colon);
  const std::string_view rest = text.substr(colon + 1);
  for (const Kind& kind : kinds) {
    if (kind.name == name) return kind.read({.text = rest, .column = colon + 1});
  }
  if (!name.empty() && (is_digit(name.front()) || name.front() == '/')) return read_process(text);
  return unknown_kind(name, rest);
}

}  // namespace

bool Selector::is_selection() const {
  return !std::holds_alternative<Pid>(what) && !std::holds_alternative<Tid>(what) &&
         !std::holds_alternative<Self>(what);
}

Result<Selector> parse_selector(std::string_view text) {
  auto what = read_selector(text);
  if (what) return Selector{.text = std::string(text), .what = std::move(*what)};
  Error error = std::move(what).error();
  error.text = text;
  return fail(std::move(error));
}

}  // namespace pinfold
