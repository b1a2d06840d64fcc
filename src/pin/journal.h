// What was done to masks, so that it can be undone: a file for each change, in the caller's own
// state folder (StateDir), gone with the boot.
//
// What will be done to a process is written before anything is done to it, a line at a time, so
// that a change that was killed half-way can be undone. Files get their name when they are locked
// and begun, and lose it when all is put back: nobody sees a change that is not one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/state_dir.h"
#include "pin/change.h"

namespace pinfold {

struct RecordedChange {
  unsigned number = 0;
  ChangeHead head;
  std::vector<ProcessChange> processes;
  bool undone = false;     ///< but for threads that somebody else had changed since
  bool busy = false;       ///< somebody makes or undoes it at this moment
  Fd file = {};            ///< holds the lock
  std::size_t length = 0;  ///< of its whole lines, in bytes
};

class Journal {
 public:
  /// The newest changes are kept, so many.
  static constexpr std::size_t most_changes = 256;

  /// Errors as StateDir::open().
  static Result<Journal> open() { return in(StateDir::open()); }
  static Result<Journal> in(Result<StateDir> state);

  /// The numbers of the changes, the newest first. Numbers count up; that of a change that is
  /// gone may come again.
  [[nodiscard]] Result<std::vector<unsigned>> numbers() const;

  enum class Lock {
    wait,  ///< for who makes or undoes it, and keep others out as long as `file` is open
    none,  ///< it may be under way: `busy` says so
  };
  /// Nothing where it is gone meanwhile. Kind `busy` where the other one does not come to an end
  /// within five seconds; any other error is one of this file alone, and names it.
  [[nodiscard]] Result<std::optional<RecordedChange>> read(unsigned number, Lock lock,
                                                           Clock& clock = Clock::system()) const;

  /// Says that nothing is left of it but what somebody else changed.
  [[nodiscard]] Result<void> mark_undone(const RecordedChange& change) const;
  [[nodiscard]] Result<void> remove(const RecordedChange& change) const;

  /// A change of its own, to which lines can be appended; others wait until the file is closed.
  [[nodiscard]] Result<RecordedChange> begin(const ChangeHead& head) const;
  [[nodiscard]] static Result<void> append(const RecordedChange& change,
                                           const ProcessChange& process);

 private:
  explicit Journal(StateDir folder) : folder_(std::move(folder)) {}

  [[nodiscard]] Result<Fd> unborn_file(const std::string& name) const;
  void tidy(const std::vector<std::string>& names) const;

  StateDir folder_;
};

}  // namespace pinfold
