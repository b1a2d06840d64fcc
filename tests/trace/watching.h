// A tracer of the library in the test itself, and what it has told.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "bpf/task_iterator.h"
#include "linux/kernel.h"
#include "support/child.h"
#include "trace/tracer.h"

namespace pinfold::test {

/// Begins with its construction; nothing is read but by await() and stop(). What goes wrong is
/// std::runtime_error.
class Watching {
 public:
  /// `options.lives` is its own.
  explicit Watching(trace::TracerOptions options);

  /// Only as long as it has to be, until such a one was told, before or
  /// now.
  template <class Life>
  Life await(const std::function<bool(const Life&)>& wanted) {
    std::optional<Life> found;
    turn_until([&] {
      for (; seen_ < told_.size(); ++seen_) {
        const Life* const one = life<Life>(told_[seen_]);
        if (one && wanted(*one)) found = *one;
        if (found) return true;
      }
      return false;
    });
    seen_ = 0;
    return *found;
  }
  void await(const std::function<bool(const trace::Event&)>& wanted);

  trace::EndEvent stop();

  /// All lives of one kind, in order.
  template <class Life>
  [[nodiscard]] std::vector<Life> all() const {
    std::vector<Life> found;
    for (const Told& told : told_)
      if (const Life* const one = life<Life>(told)) found.push_back(*one);
    return found;
  }
  [[nodiscard]] std::vector<trace::SetEvent> sets_of(pid_t tid) const;
  /// What stands at which place of all that was told.
  using Told = std::variant<trace::Event, trace::Life>;
  [[nodiscard]] const std::vector<Told>& told() const { return told_; }

  /// nullptr where it is something else.
  template <class Life>
  static const Life* life(const Told& told) {
    const auto* const one = std::get_if<trace::Life>(&told);
    return one ? std::get_if<Life>(one) : nullptr;
  }

  [[nodiscard]] std::optional<trace::Leg> leg(const char* name) const;
  Kernel& kernel() { return kernel_; }

 private:
  void turn_until(const std::function<bool()>& done);

  TaskIterator iterator_;
  LinuxKernel kernel_;
  std::vector<Told> told_;
  std::size_t seen_ = 0;
  std::unique_ptr<trace::Tracer> tracer_;
};

/// The program `life` (cases/life.cpp).
class LifeCase {
 public:
  LifeCase();
  [[nodiscard]] pid_t pid() const { return child_.pid(); }
  /// What it says to that; waits for it.
  std::string order(const std::string& order);
  /// Without waiting.
  void give(const std::string& order);
  /// Waits until none of its threads is on a CPU, nor will be until it gets an order: how often
  /// they were taken off one, all together.
  std::size_t rest();

 private:
  Child child_;
  int orders_ = 0;
};

}  // namespace pinfold::test
