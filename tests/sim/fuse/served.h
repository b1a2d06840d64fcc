// A file system of ours, mounted for a while.
#pragma once

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "sim/fuse/mount.h"
#include "sim/fuse/server.h"

namespace pinfold::test {

/// Mounts it over a folder and serves it by threads of this process, until destroyed. For the
/// inside of a mount namespace of one's own. What cannot be done throws std::runtime_error.
class Served {
 public:
  Served(sim::FileSystem& files, std::string where, const sim::FuseMount& options);
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;
  ~Served();

  [[nodiscard]] const std::string& path() const { return where_; }

 private:
  std::string where_;
  sim::FuseServer server_;
  std::vector<std::thread> threads_;
};

/// Runs `body`, which makes assertions, in a process of its own with a mount namespace of its own;
/// as an ordinary user in a user namespace too, where that user is root. What fails in it fails
/// the test.
void as_ordinary_user(const std::function<void()>& body);

/// Why nothing can be mounted here; empty where it can.
std::string no_fuse();
/// The same for an ordinary user in a user namespace.
std::string no_fuse_for_ordinary_users();

}  // namespace pinfold::test
