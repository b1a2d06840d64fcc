// A folder for as long as it is needed.
#pragma once

#include <string>

namespace pinfold::bench {

/// An empty folder, removed with all that is in it. In memory (/dev/shm) where that is possible:
/// machines are tens of thousands of small files.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  /// Empty where none could be made.
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace pinfold::bench
