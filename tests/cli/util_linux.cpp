#include "util_linux.h"

#include <unistd.h>

#include <fstream>
#include <stdexcept>

namespace pinfold::test {
namespace fs = std::filesystem;

Output Taskset::run(const std::vector<std::string>& arguments) const {
  std::vector<std::string> all = program;
  all.insert(all.end(), arguments.begin(), arguments.end());
  return test::run(all, name);
}

std::optional<UtilLinux> util_linux() {
  for (const std::string path : {"/usr/bin/taskset", "/bin/taskset"}) {
    if (::access(path.c_str(), X_OK) != 0) continue;
    std::string text = test::run({path, "--version"}).out;
    constexpr std::string_view before = "taskset from util-linux ";
    if (!text.starts_with(before)) continue;
    text = text.substr(before.size());
    return UtilLinux{.path = path, .version = text.substr(0, text.find('\n'))};
  }
  return std::nullopt;
}

Folder::Folder() {
  std::string path = fs::temp_directory_path() / "taskset-XXXXXX";
  if (!::mkdtemp(path.data())) throw std::runtime_error(path);
  path_ = path;
  fs::permissions(path_, fs::perms(0755));
}

Folder::~Folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void Folder::write(const std::string& name, const std::string& text, fs::perms mode) const {
  std::ofstream(path_ / name) << text;
  fs::permissions(path_ / name, mode);
}

std::string link_taskset(const Folder& folder) {
  const std::string link = folder.path("taskset");
  fs::create_symlink(PINFOLD_COMMAND, link);
  return link;
}

}  // namespace pinfold::test
