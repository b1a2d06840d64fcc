// A line of the text output, column by column.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <pinfold/cpu_set.h>

#include "events/event.h"

namespace pinfold::trace {

enum class Look {
  plain,
  strong,  ///< what one looks for
  faint,
  alarm
};

class TextLine {
 public:
  explicit TextLine(bool color) : color_(color) {}

  TextLine& put(std::string_view text, Look look = Look::plain);
  /// The text that follows begins there, or two spaces behind what is there already: the line is
  /// in step again at the next column that is free.
  TextLine& column(std::size_t at);
  /// A new line, which begins at that column.
  TextLine& below(std::size_t at);

  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  bool color_;
  std::string text_;
  std::size_t width_ = 0;  // what is seen of the line
};

/// Local time to the millisecond: "14:03:07.123".
std::string clock_text(Time time);

/// A CPU list that is short enough to read: "0,2,4,6,8,… (2048 CPUs)"; "none".
std::string short_list(const CpuSet& cpus);

/// "nginx (1234)", "worker (1240 of 1234)" where it is not the process's first thread.
std::string task_text(std::string_view comm, Pid pid, Tid tid);

}  // namespace pinfold::trace
