// Writes what a command is about to do to masks into the journal.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>

#include "pin/assignment.h"
#include "pin/journal.h"

namespace pinfold {

/// What cannot be written is done all the same: `error` says why it cannot be undone.
class Recorder {
 public:
  using OpenJournal = std::function<Result<Journal>()>;

  /// Opens nothing until there is something to write.
  Recorder(
      Kernel& kernel, ChangeKind kind, std::string command,
      OpenJournal open = [] { return Journal::open(); });

  /// For ApplyOptions::record.
  void operator()(const Assignment& assignment, std::span<const ThreadPlacement> threads,
                  const Requests& before);

  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  Result<void> write(const ProcessChange& change);

  Kernel& kernel_;
  ChangeHead head_;
  OpenJournal open_;
  std::optional<RecordedChange> change_;  // once there was something to write
  std::optional<Error> error_;
};

}  // namespace pinfold
