// Entries of a history on stdout.
#pragma once

#include <string>

#include "history/reader.h"

namespace pinfold::tool {

class LogPrinter {
 public:
  LogPrinter(bool json, bool color) : json_(json), color_(color) {}

  /// Changes, and what is missing. As JSON also how the recordings began and ended.
  void print(const history::Entry& entry);
  /// A thread as it was at that moment.
  void print(const history::ThreadState& state, trace::Time moment) const;

  [[nodiscard]] std::uint64_t changes() const { return changes_; }

 private:
  void print_text(const history::Entry& entry);
  void print_day(trace::Time time);

  bool json_;
  bool color_;
  unsigned cpu_ids_ = 0;
  std::uint64_t changes_ = 0;
  std::string day_;
};

}  // namespace pinfold::tool
