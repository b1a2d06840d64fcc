// The folder that stands for "/": that of this system, or a copy of another's /sys and /proc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <pinfold/result.h>

#include "base/fd.h"

namespace pinfold {

class Root {
 public:
  /// "/" itself.
  static Result<Root> host();

  /// A copy. Its links are followed as if it were "/" and cannot lead out of it (openat2(2),
  /// RESOLVE_IN_ROOT). Kind `system` where it cannot be opened, `unsupported` where the kernel
  /// has no openat2 (before Linux 5.6, or it is filtered).
  static Result<Root> copy(const std::string& folder);

  [[nodiscard]] bool is_host() const { return host_; }

  /// The absolute name of a file in it, for messages.
  [[nodiscard]] std::string name_of(std::string_view path) const;

  /// Opens `path`, taken from the root whether or not it begins with a slash; not open, with
  /// errno, where that fails.
  [[nodiscard]] Fd open(const char* path, int flags) const;

  /// A file's content without the line feed at its end. Errors are of kind `system`.
  [[nodiscard]] Result<std::string> read(const std::string& path) const;

  /// Whether something is there.
  [[nodiscard]] bool has(const std::string& path) const;

  /// The names in a folder, sorted, without "." and ".."; none where it cannot be read.
  [[nodiscard]] std::vector<std::string> list(const std::string& path) const;

 private:
  Root(Fd folder, bool host, std::string name)
      : folder_(std::move(folder)), host_(host), name_(std::move(name)) {}

  Fd folder_;
  bool host_;
  std::string name_;
};

/// Opens what stands below `folder`, links that lead out of it excepted (EXDEV).
Fd open_beneath(const Fd& folder, const char* path, int flags);

}  // namespace pinfold
