// The taskset of util-linux, and ours beside it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "support/program.h"

namespace pinfold::test {

/// How a taskset is called: what stands before its arguments, and its argv[0].
struct Taskset {
  std::vector<std::string> program;
  std::string name = {};

  [[nodiscard]] Output run(const std::vector<std::string>& arguments) const;
};

/// util-linux's taskset where there is one.
struct UtilLinux {
  std::string path;
  std::string version;  ///< "2.38.1"

  /// The release that ours is like, message by message.
  [[nodiscard]] bool is_our_model() const { return version.starts_with("2.38"); }
};
std::optional<UtilLinux> util_linux();

/// A folder that is gone after the test, open to all users.
class Folder {
 public:
  Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder();

  [[nodiscard]] std::string path(const std::string& name) const { return (path_ / name).string(); }
  void write(const std::string& name, const std::string& text, std::filesystem::perms mode) const;

 private:
  std::filesystem::path path_;
};

/// Ours, as a link called taskset in `folder`.
std::string link_taskset(const Folder& folder);

}  // namespace pinfold::test
