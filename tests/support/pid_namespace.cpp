#include "support/pid_namespace.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace pinfold::test {
namespace {

constexpr int cannot = 77;

int exit_of(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool enter() {
  return ::unshare(CLONE_NEWPID | CLONE_NEWNS) == 0 &&
         ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

// Process 1: it adopts whoever has lost its parent.
[[noreturn]] void be_init(const std::function<void()>& body) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const bool mounted = ::mount("proc", "/proc", "proc", 0, nullptr) == 0 &&
                       ::mount("tmpfs", "/run", "tmpfs", 0, "mode=755") == 0;
  if (!mounted) ::_exit(cannot);
  const pid_t tester = ::fork();
  if (tester == 0) {
    body();
    std::fflush(nullptr);
    ::_exit(testing::Test::HasFailure() ? 1 : 0);
  }
  for (;;) {
    int status = 0;
    const pid_t ended = ::waitpid(-1, &status, 0);
    if (ended == tester) ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
  }
}

// The exit code of what runs in there.
int run_inside(const std::function<void()>& body) {
  std::fflush(nullptr);
  const pid_t outer = ::fork();
  if (outer == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!enter()) ::_exit(cannot);
    const pid_t init = ::fork();
    if (init < 0) ::_exit(cannot);
    if (init == 0) be_init(body);
    ::_exit(exit_of(init));
  }
  return exit_of(outer);
}

}  // namespace

void in_pid_namespace(const std::function<void()>& body) { ASSERT_EQ(run_inside(body), 0); }

std::string no_pid_namespace() {
  return run_inside([] {}) == 0 ? "" : "a pid namespace with /proc: needs CAP_SYS_ADMIN";
}

}  // namespace pinfold::test
