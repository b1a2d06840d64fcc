// `pinfold trace --json`, as tests use it.
#pragma once

#include <gmock/gmock.h>
#include <sys/types.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "support/child.h"

namespace pinfold::test {

using Json = nlohmann::json;

/// What a tracer said. There may be hundreds of thousands of lines, so they are kept as text.
class Trace {
 public:
  explicit Trace(std::string text) : text_(std::move(text)) {}

  /// Every whole line in order that has this text in it. What is no JSON fails the test.
  void each(const std::function<void(const Json&)>& see, std::string_view text = {}) const;
  /// Events of one name, or all.
  [[nodiscard]] std::vector<Json> events(std::string_view name = {}) const;
  /// `set` events by what the thread did, and of what was done to it.
  [[nodiscard]] std::vector<Json> sets_by(pid_t actor) const;
  [[nodiscard]] std::vector<Json> sets_of(pid_t target) const;
  /// The last line; null where it is no "end".
  [[nodiscard]] Json end() const;
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// Sums of a trace: what `end` says, and what was in the stream.
struct Account {
  std::uint64_t seen = 0;
  std::uint64_t sent = 0;
  std::uint64_t lost = 0;
  std::uint64_t suppressed = 0;
  std::uint64_t told = 0;             ///< by set and get events, their counts
  std::uint64_t told_lost = 0;        ///< by lost events
  std::uint64_t told_suppressed = 0;  ///< by suppressed events
};
Account account(const Trace& trace);

/// seen = sent + lost + suppressed, and the stream has told just that.
void expect_exact(const Trace& trace);

/// Runs until it is stopped. Its stdout is a file, so that it never waits for the test.
class Tracer {
 public:
  /// `prefix`: what starts it, setpriv(1) for example. Whoever does not begin within the patience
  /// of a Child, or ends before it has begun, is std::runtime_error.
  explicit Tracer(const std::vector<std::string>& options = {},
                  const std::vector<std::string>& prefix = {}, ChildOptions child = {});
  Tracer(const Tracer&) = delete;
  Tracer& operator=(const Tracer&) = delete;
  ~Tracer();

  [[nodiscard]] const Json& start() const { return start_; }
  [[nodiscard]] pid_t pid() const { return child_->pid(); }
  void signal(int number) const { child_->signal(number); }

  /// The first event for which `wanted`, said before or after this call.
  Json await(const std::function<bool(const Json&)>& wanted);

  /// Ends it by this signal (0: it ends by itself) and waits for that.
  Trace stop(int signal = SIGINT);
  /// After that: its exit code, as in Output, and its stderr.
  [[nodiscard]] int exit() const { return output_.exit; }
  [[nodiscard]] const std::string& err() const { return output_.err; }

 private:
  [[nodiscard]] std::string text() const;

  std::string file_;
  std::optional<Child> child_;
  Json start_;
  Output output_;
};

/// The event has everything that `expected` has; what else it has does not matter.
MATCHER_P(Tells, expected, "has " + expected.dump()) {
  const std::function<bool(const Json&, const Json&)> has = [&](const Json& whole,
                                                                const Json& part) {
    if (!part.is_object()) return whole == part;
    return whole.is_object() && std::ranges::all_of(part.items(), [&](const auto& item) {
             return whole.contains(item.key()) && has(whole[item.key()], item.value());
           });
  };
  *result_listener << arg.dump();
  return has(arg, expected);
}

}  // namespace pinfold::test
