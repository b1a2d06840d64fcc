#include "differential/real_cgroups.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <vector>

namespace pinfold::test {
namespace {

std::vector<std::string> folders_in(const std::string& path) {
  std::vector<std::string> folders;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(path.c_str()), ::closedir);
  if (!folder) return folders;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string name = entry->d_name;
    if (entry->d_type == DT_DIR && name != "." && name != "..") folders.push_back(name);
  }
  return folders;
}

// A process that has just ended may still count for a moment.
void remove_tree(const std::string& path) {
  for (const std::string& child : folders_in(path))
    remove_tree(path + '/' + child);
  constexpr int attempts = 5000;
  for (int i = 0; i < attempts; ++i) {
    if (::rmdir(path.c_str()) == 0 || errno != EBUSY) return;
    ::usleep(1000);
  }
  std::fprintf(stderr, "differential: %s could not be removed\n", path.c_str());
}

}  // namespace

RealCgroups::RealCgroups(const Host& host, pid_t driver)
    : host_(host), prefix_("pinfold-differential-" + std::to_string(driver) + '-') {}

std::string RealCgroups::folder(std::string_view path) const {
  if (path == "/") return host_.cpusets;
  return host_.cpusets + '/' + prefix_ + std::string(path.substr(1));
}

int RealCgroups::make(std::string_view path) {
  return ::mkdir(folder(path).c_str(), 0755) == 0 ? 0 : errno;
}

int RealCgroups::remove(std::string_view path) {
  const std::string at = folder(path);
  if (::rmdir(at.c_str()) != 0) return errno;
  std::erase_if(open_, [&](const auto& file) { return file.first.starts_with(at); });
  return 0;
}

int RealCgroups::write(std::string_view path, std::string_view file, std::string_view text) {
  const std::string name = folder(path) + '/' + std::string(file);
  const Fd opened(::open(name.c_str(), O_WRONLY | O_CLOEXEC));
  if (!opened.is_open()) return errno;
  // An empty write would not reach the file.
  const std::string line = std::string(text) + '\n';
  return ::write(opened.get(), line.data(), line.size()) < 0 ? errno : 0;
}

std::optional<std::string> RealCgroups::read(std::string_view path, std::string_view file) {
  const std::string name = folder(path) + '/' + std::string(file);
  char text[4096];
  ssize_t length = -1;
  auto found = open_.find(name);
  if (found != open_.end()) length = ::pread(found->second.get(), text, sizeof text, 0);
  if (length < 0) {
    // Of a file that went and came back, as those of a v2 cpuset do, the old descriptor is dead.
    Fd opened(::open(name.c_str(), O_RDONLY | O_CLOEXEC));
    if (!opened.is_open()) return std::nullopt;
    length = ::pread(opened.get(), text, sizeof text, 0);
    if (length < 0) return std::nullopt;
    open_.insert_or_assign(name, std::move(opened));
  }
  std::string content(text, static_cast<std::size_t>(length));
  if (content.ends_with('\n')) content.pop_back();
  return content;
}

void RealCgroups::remove_all() {
  open_.clear();
  if (host_.cpusets.empty()) return;
  for (const std::string& name : folders_in(host_.cpusets)) {
    if (name.starts_with(prefix_)) remove_tree(host_.cpusets + '/' + name);
  }
}

}  // namespace pinfold::test
