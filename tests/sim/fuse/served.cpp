#include "sim/fuse/served.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <stdexcept>

#include "support/pid_namespace.h"

namespace pinfold::test {
namespace {

constexpr uid_t somebody = 1001;
constexpr int cannot = 77;

Fd mount(const std::string& where, const sim::FuseMount& options) {
  auto device = sim::open_fuse_device();
  if (!device) throw std::runtime_error(message(device.error()));
  const auto mounted = sim::mount_fuse(*device, where.c_str(), options);
  if (!mounted) throw std::runtime_error(message(mounted.error()));
  return std::move(*device);
}

bool write_file(const char* path, const std::string& text) {
  const Fd file(::open(path, O_WRONLY | O_CLOEXEC));
  return ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

// For those who are not root: most systems let everybody open it, some do not.
bool let_everybody_open_device() {
  constexpr unsigned fuse_major = 10;
  constexpr unsigned fuse_minor = 229;
  return ::mknod("/run/fuse", S_IFCHR | 0666U, ::makedev(fuse_major, fuse_minor)) == 0 &&
         ::chmod("/run/fuse", 0666) == 0 &&
         ::mount("/run/fuse", "/dev/fuse", nullptr, MS_BIND, nullptr) == 0;
}

bool become_root_of_own_namespace() {
  const uid_t uid = ::getuid();
  const gid_t gid = ::getgid();
  return ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
         write_file("/proc/self/setgroups", "deny") &&
         write_file("/proc/self/uid_map", "0 " + std::to_string(uid) + " 1") &&
         write_file("/proc/self/gid_map", "0 " + std::to_string(gid) + " 1") &&
         ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("tmpfs", "/run", "tmpfs", 0, "mode=755") == 0;
}

// The exit code of a process that does this in a user namespace of its own: what it says.
int run_in_user_namespace(const std::function<int()>& body) {
  std::fflush(nullptr);
  const bool is_root = ::geteuid() == 0;
  const pid_t pid = ::fork();
  if (pid == 0) {
    if (is_root && (::setresgid(somebody, somebody, somebody) != 0 ||
                    ::setresuid(somebody, somebody, somebody) != 0)) {
      ::_exit(cannot);
    }
    // Who changes his ids may not be looked at, and could not write his own uid_map.
    ::prctl(PR_SET_DUMPABLE, 1);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!become_root_of_own_namespace()) ::_exit(cannot);
    const int code = body();
    std::fflush(nullptr);
    ::_exit(code);
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// 0 or the errno.
int try_mount() {
  const auto device = sim::open_fuse_device();
  if (!device) return device.error().number;
  const auto mounted = sim::mount_fuse(*device, "/run", {});
  return mounted ? 0 : mounted.error().number;
}

int run_test(const std::function<void()>& body) {
  body();
  return testing::Test::HasFailure() ? 1 : 0;
}

}  // namespace

Served::Served(sim::FileSystem& files, std::string where, const sim::FuseMount& options)
    : where_(std::move(where)), server_(mount(where_, options), files) {
  for (int i = 0; i < 2; ++i)
    threads_.emplace_back([this] { EXPECT_TRUE(server_.run()); });
}

Served::~Served() {
  EXPECT_EQ(::umount2(where_.c_str(), MNT_DETACH), 0) << std::strerror(errno);
  for (std::thread& thread : threads_)
    thread.join();
}

void as_ordinary_user(const std::function<void()>& body) {
  if (::geteuid() != 0) {
    ASSERT_EQ(run_in_user_namespace([&] { return run_test(body); }), 0);
    return;
  }
  in_pid_namespace([&] {
    ASSERT_TRUE(let_everybody_open_device()) << std::strerror(errno);
    ASSERT_EQ(run_in_user_namespace([&] { return run_test(body); }), 0);
  });
}

std::string no_fuse() {
  if (std::string why = no_pid_namespace(); !why.empty()) return why;
  const auto device = sim::open_fuse_device();
  return device ? "" : message(device.error());
}

std::string no_fuse_for_ordinary_users() {
  if (::geteuid() == 0) {
    if (std::string why = no_fuse(); !why.empty()) return why;
  }
  if (run_in_user_namespace([] { return 0; }) != 0) return "a user namespace: refused here";
  // Root lets them open the device, see above.
  const int wrong = ::geteuid() == 0 ? 0 : run_in_user_namespace(try_mount);
  return wrong == 0 ? "" : "FUSE as an ordinary user: " + std::string(std::strerror(wrong));
}

}  // namespace pinfold::test
