// How far a long job is: for the person at the terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace pinfold::tool {

/// A line on stderr that is written again and again, and is gone at the end. Only where stderr is a
/// terminal, and not before the job has taken half a second.
class Progress {
 public:
  /// `label` says what is being done, `unit` what is counted; a total of 0 is not known.
  Progress(std::string label, std::uint64_t total, std::string unit = "events");
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  /// One more is done.
  void step() {
    constexpr std::uint64_t often = 1024;
    if (++done_ % often == 0 && is_terminal_) show();
  }

  /// So many are done, of a total that may have changed. For what takes longer than an event.
  void at(std::uint64_t done, std::uint64_t total) {
    done_ = done;
    total_ = total;
    if (is_terminal_) show();
  }

  /// Whether somebody sees it.
  [[nodiscard]] static bool is_shown();

 private:
  using Clock = std::chrono::steady_clock;
  void show();

  std::string label_;
  std::string unit_;
  std::uint64_t total_;
  std::uint64_t done_ = 0;
  bool is_terminal_;
  bool is_shown_ = false;
  Clock::time_point began_;
  Clock::time_point next_;
};

}  // namespace pinfold::tool
