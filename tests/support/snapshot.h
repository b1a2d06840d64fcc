// Copies of the /sys and /proc of real machines: ../shared/machines.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pinfold::test {

/// The archives, in order; where there is none an empty one, for a test that says so.
std::vector<std::string> snapshot_archives();

/// What the test of an archive is called.
std::string snapshot_name(const testing::TestParamInfo<std::string>& archive);

/// An archive, unpacked as long as this lives.
class Snapshot {
 public:
  /// Throws std::runtime_error with what tar said.
  explicit Snapshot(const std::string& archive);
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  ~Snapshot();

  /// The folder that stands for the machine's "/".
  [[nodiscard]] const std::string& root() const { return root_; }

 private:
  std::string folder_;
  std::string root_;
};

}  // namespace pinfold::test
