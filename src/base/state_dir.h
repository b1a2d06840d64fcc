// Where Pinfold keeps what ends with the boot.
#pragma once

#include <string>

#include <pinfold/result.h>

#include "base/fd.h"

namespace pinfold {

/// A folder of the caller's own, which nobody else may read: /run/pinfold for root, else
/// $XDG_RUNTIME_DIR/pinfold (without that variable, /run/user/UID/pinfold).
class StateDir {
 public:
  /// Makes it where it is missing. Kind `unsupported` where there is no place for it, or where
  /// what is there is a link, somebody else's, or open to others; `system` where a call fails.
  static Result<StateDir> open();
  /// The same with another folder in the place of /run.
  static Result<StateDir> open_in(const std::string& parent);

  /// Opens a file in it for reading and writing, made where it is missing. The same errors.
  [[nodiscard]] Result<Fd> file(const char* name) const;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  StateDir(Fd folder, std::string path) : folder_(std::move(folder)), path_(std::move(path)) {}

  Fd folder_;
  std::string path_;
};

}  // namespace pinfold
