// What is mounted on a system.
#pragma once

#include <optional>
#include <string>

#include "machine/root.h"

namespace pinfold {

/// Read when first asked for, and once: the kernel makes the text anew for each reader, which
/// takes longer than any other file of a machine.
class Mounts {
 public:
  /// `root` must outlive it.
  explicit Mounts(const Root& root) : root_(root) {}

  /// As in /proc/self/mountinfo; empty where it cannot be read.
  const std::string& info();

 private:
  const Root& root_;
  std::optional<std::string> info_;
};

}  // namespace pinfold
