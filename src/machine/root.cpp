#include "machine/root.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "base/file.h"
#include "base/try.h"

namespace pinfold {
namespace {

int openat2(int folder, const char* path, int flags, __u64 resolve) {
  open_how how{};
  how.flags = static_cast<__u64>(flags);
  how.resolve = resolve;
  return static_cast<int>(::syscall(SYS_openat2, folder, path, &how, sizeof how));
}

}  // namespace

Result<Root> Root::host() {
  Fd folder(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open()) return fail({.kind = ErrorKind::system, .number = errno, .text = "/"});
  return Root(std::move(folder), true, "");
}

Result<Root> Root::copy(const std::string& folder) {
  Fd opened(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!opened.is_open()) return fail({.kind = ErrorKind::system, .number = errno, .text = folder});
  Root root(std::move(opened), false, folder);
  if (const Fd self = root.open(".", O_PATH); !self.is_open()) {
    return fail({.kind = ErrorKind::unsupported,
                 .number = errno,
                 .text = folder,
                 .reason = "a copy is read with openat2(2), which this kernel or a filter of "
                           "system calls refuses"});
  }
  return root;
}

std::string Root::name_of(std::string_view path) const {
  return name_ + (path.starts_with('/') ? "" : "/") + std::string(path);
}

Fd Root::open(const char* path, int flags) const {
  if (host_) {
    while (*path == '/')
      ++path;
    return Fd(::openat(folder_.get(), *path == '\0' ? "." : path, flags | O_CLOEXEC));
  }
  return Fd(
      openat2(folder_.get(), path, flags | O_CLOEXEC, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS));
}

Result<std::string> Root::read(const std::string& path) const {
  const Fd file = open(path.c_str(), O_RDONLY);
  if (!file.is_open()) {
    return fail({.kind = ErrorKind::system, .number = errno, .text = name_of(path)});
  }
  auto content = read_all(file);
  if (!content)
    return fail(
        {.kind = ErrorKind::system, .number = content.error().number, .text = name_of(path)});
  if (content->ends_with('\n')) content->pop_back();
  return content;
}

bool Root::has(const std::string& path) const { return open(path.c_str(), O_PATH).is_open(); }

std::vector<std::string> Root::list(const std::string& path) const {
  std::vector<std::string> names;
  const Fd folder = open(path.c_str(), O_RDONLY | O_DIRECTORY);
  if (!folder.is_open()) return names;
  const int own = ::dup(folder.get());  // the stream closes it
  if (own < 0) return names;
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(own), ::closedir);
  if (!stream) {
    ::close(own);
    return names;
  }
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string_view name = static_cast<const char*>(entry->d_name);
    if (name != "." && name != "..") names.emplace_back(name);
  }
  std::ranges::sort(names);
  return names;
}

Fd open_beneath(const Fd& folder, const char* path, int flags) {
  return Fd(
      openat2(folder.get(), path, flags | O_CLOEXEC, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS));
}

}  // namespace pinfold
