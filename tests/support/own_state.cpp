#include "support/own_state.h"

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace pinfold::test {

OwnState::OwnState() {
  if (::geteuid() == 0) {
    hide_folders();
  } else {
    make_folder();
  }
}

OwnState::~OwnState() {
  path_.clear();
  if (made_.empty()) return;
  std::error_code ignored;
  std::filesystem::remove_all(made_, ignored);
}

// Root's folders are /run/pinfold and /var/cache/pinfold, whatever the environment says.
void OwnState::hide_folders() {
  const bool done = ::unshare(CLONE_NEWNS) == 0 &&
                    ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                    ::mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") == 0 &&
                    ::mount("tmpfs", "/var/cache", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") == 0;
  if (done) {
    path_ = "/run/pinfold";
  } else {
    missing_ = std::string("a /run and a /var/cache of its own: ") + std::strerror(errno);
  }
}

void OwnState::make_folder() {
  const char* parent = std::getenv("TMPDIR");
  std::string name = std::string(parent ? parent : "/tmp") + "/pinfold-state-XXXXXX";
  if (::mkdtemp(name.data())) {
    ::setenv("XDG_RUNTIME_DIR", name.c_str(), 1);
    ::setenv("XDG_CACHE_HOME", name.c_str(), 1);
    path_ = name + "/pinfold";
    made_ = std::move(name);
  } else {
    missing_ = name + ": " + std::strerror(errno);
  }
}

}  // namespace pinfold::test
