// Where Pinfold keeps what it remembers.
#pragma once

#include <string>
#include <vector>

#include <pinfold/result.h>

#include "base/fd.h"

namespace pinfold {

/// A folder of the caller's own, which nobody else may read.
class StateDir {
 public:
  /// What ends with the boot: /run/pinfold for root, else $XDG_RUNTIME_DIR/pinfold (without that
  /// variable, /run/user/UID/pinfold). Makes it where it is missing. Kind `unsupported` where there
  /// is no place for it, or where what is there is a link, somebody else's, or open to others;
  /// `system` where a call fails.
  static Result<StateDir> open();
  /// What lasts: /var/lib/pinfold for root, else $XDG_STATE_HOME/pinfold (without that variable,
  /// ~/.local/state/pinfold). The same errors.
  static Result<StateDir> open_lasting();
  /// The same with another folder in the place of /run.
  static Result<StateDir> open_in(const std::string& parent);

  /// A folder in it, made where it is missing. The same errors.
  [[nodiscard]] Result<StateDir> folder(const char* name) const;

  /// Opens a file in it for reading and writing, made where it is missing. The same errors.
  [[nodiscard]] Result<Fd> file(const char* name) const;
  /// The same for one that is there already: ENOENT where it is not.
  [[nodiscard]] Result<Fd> existing_file(const char* name) const;

  /// What is in it, in no order.
  [[nodiscard]] Result<std::vector<std::string>> names() const;
  /// Gives a file another name. Kind `system` with EEXIST where that one is taken.
  [[nodiscard]] Result<void> rename(const char* from, const char* to) const;
  [[nodiscard]] Result<void> remove(const char* name) const;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  static Result<StateDir> open_at(int at, const char* name, std::string path);
  [[nodiscard]] Result<Fd> open_file(const char* name, int flags) const;

  StateDir(Fd folder, std::string path) : folder_(std::move(folder)), path_(std::move(path)) {}

  Fd folder_;
  std::string path_;
};

}  // namespace pinfold
