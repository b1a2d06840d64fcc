// Cgroups of our own, in the hierarchy that is mounted here.
#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "differential/host.h"

namespace pinfold::test {

/// A scenario's "/a/b" is the folder "pinfold-differential-PID-a/b" below the root cpuset, so that
/// nobody else's is touched. Results are 0 or an errno.
class RealCgroups {
 public:
  /// `driver` is the pid in the folders' names.
  RealCgroups(const Host& host, pid_t driver);

  int make(std::string_view path);
  int remove(std::string_view path);
  int write(std::string_view path, std::string_view file, std::string_view text);
  /// Without the line feed at the end; nothing where there is no such file.
  std::optional<std::string> read(std::string_view path, std::string_view file);
  /// Removes all that begin with our name, for which their tasks must have ended.
  void remove_all();

 private:
  [[nodiscard]] std::string folder(std::string_view path) const;

  const Host& host_;
  std::string prefix_;
  std::map<std::string, Fd, std::less<>> open_;  // files that are read again and again
};

}  // namespace pinfold::test
