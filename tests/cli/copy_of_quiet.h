// A program of the test's own, so that selections mean nobody else.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>

#include "support/program.h"

namespace pinfold::test {

/// A copy of the victim `quiet`: its processes have a name and a file that no others have.
class CopyOfQuiet {
 public:
  CopyOfQuiet() {
    static int made = 0;
    name_ = "pf" + std::to_string(::getpid()) + '-' + std::to_string(++made);
    path_ = std::filesystem::temp_directory_path() / name_;
    std::filesystem::copy_file(std::string(PINFOLD_VICTIMS) + "/quiet", path_);
  }
  CopyOfQuiet(const CopyOfQuiet&) = delete;
  CopyOfQuiet& operator=(const CopyOfQuiet&) = delete;
  ~CopyOfQuiet() { std::filesystem::remove(path_); }

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string path() const { return path_; }
  /// "NAME (1234)".
  [[nodiscard]] std::string label(const Victim& victim) const {
    return name_ + " (" + victim.pid_text() + ')';
  }

  /// The program as another one, as an update of it does.
  void replace() const {
    const std::filesystem::path next = path_.string() + ".new";
    std::filesystem::copy_file(path_, next);
    std::filesystem::rename(next, path_);
  }

 private:
  std::string name_;
  std::filesystem::path path_;
};

}  // namespace pinfold::test
