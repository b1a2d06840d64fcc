// Whose mask: the text of a target, and what it means.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include <pinfold/ids.h>
#include <pinfold/result.h>

namespace pinfold {

/// A process, meaning all its threads, or one thread. Tid(0) is the caller's.
using Target = std::variant<Pid, Tid>;

/// The caller.
struct Self {
  friend bool operator==(const Self&, const Self&) = default;
};

/// The names of processes: `*` is any text, `?` one character. It is the whole name or nothing.
struct ByName {
  std::string pattern;
  friend bool operator==(const ByName&, const ByName&) = default;
};

/// Those that run this file.
struct ByExecutable {
  std::string path;
  friend bool operator==(const ByExecutable&, const ByExecutable&) = default;
};

/// Those that run as this user: the effective uid, or a name.
struct ByUser {
  std::variant<uid_t, std::string> user;
  friend bool operator==(const ByUser&, const ByUser&) = default;
};

/// Those in this cgroup or one below it, in any hierarchy.
struct ByCgroup {
  std::string path;  ///< without a slash at its end: "" is the root
  friend bool operator==(const ByCgroup&, const ByCgroup&) = default;
};

/// What a text says of whom it means. Who that is, at some moment, Selection finds out.
struct Selector {
  std::string text;
  std::variant<Pid, Tid, Self, ByName, ByExecutable, ByUser, ByCgroup> what;
  friend bool operator==(const Selector&, const Selector&) = default;

  /// Whether it names nobody, but says what they are like: whom it means can change.
  [[nodiscard]] bool is_selection() const;
};

/// `1234` a process, `tid:1240` a thread, `self`, `comm:nginx`, `exe:/usr/bin/x`, `user:bob`,
/// `cgroup:/x.slice`. Kind `syntax` for anything else.
Result<Selector> parse_selector(std::string_view text);

}  // namespace pinfold
