#include "trace_child.h"

#include <grp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <vector>

#include "base/number.h"
#include "base/user.h"
#include "commands.h"
#include "console.h"
#include "launch.h"

namespace pinfold::tool {
namespace {

std::unexpected<Error> failed(const char* call) {
  return fail({.kind = ErrorKind::system, .number = errno, .text = call});
}

// Who called sudo is who wants to run the command.
bool become_caller() {
  const char* const uid_text = std::getenv("SUDO_UID");
  const char* const gid_text = std::getenv("SUDO_GID");
  const char* const name = std::getenv("SUDO_USER");
  if (::geteuid() != 0 || !uid_text || !gid_text) return true;
  const auto uid = parse_number<uid_t>(uid_text);
  const auto gid = parse_number<gid_t>(gid_text);
  if (!uid || !gid) return false;
  std::vector<gid_t> groups = name ? groups_of(name) : std::vector<gid_t>();
  groups.push_back(*gid);
  return ::setgroups(groups.size(), groups.data()) == 0 && ::setgid(*gid) == 0 &&
         ::setuid(*uid) == 0;
}

[[noreturn]] void run(char** command, AsRoot as_root, const Fd& start, pid_t tracer) {
  // Without who watches it there is nothing to run for.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != tracer) ::_exit(exit_launch_failed);
  char go = 0;
  ssize_t length = 0;
  do {
    length = ::read(start.get(), &go, 1);
  } while (length < 0 && errno == EINTR);
  if (length != 1) ::_exit(exit_launch_failed);
  ::prctl(PR_SET_PDEATHSIG, 0);
  if (as_root == AsRoot::no && !become_caller()) {
    print_error("cannot become the user who called sudo");
    print_hint("--as-root runs the command as root");
    ::_exit(exit_launch_failed);
  }
  ::_exit(launch(command));
}

}  // namespace

Result<TraceChild> TraceChild::prepare(char** command, AsRoot as_root) {
  std::array<int, 2> ends{};
  // A signal may have ended the child before it is told to go: a pipe would end us then.
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return failed("socketpair");
  const Fd read_end(ends[0]);
  Fd write_end(ends[1]);
  const pid_t tracer = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return failed("fork");
  if (pid == 0) {
    write_end = Fd();
    run(command, as_root, read_end, tracer);
  }
  Fd handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (handle.get() < 0) {
    const auto error = failed("pidfd_open");
    write_end = Fd();
    ::waitpid(pid, nullptr, 0);
    return error;
  }
  return TraceChild(pid, std::move(write_end), std::move(handle));
}

TraceChild::~TraceChild() {
  // Nobody has told it to go: it ends by itself.
  if (start_.get() >= 0) {
    start_ = Fd();
    ::waitpid(pid_, nullptr, 0);
  }
}

void TraceChild::go() {
  const char go = 1;
  while (::send(start_.get(), &go, 1, MSG_NOSIGNAL) < 0 && errno == EINTR) {
  }
  start_ = Fd();
}

int TraceChild::wait() const {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  constexpr int by_signal = 128;
  return WIFSIGNALED(status) ? by_signal + WTERMSIG(status) : WEXITSTATUS(status);
}

bool TraceChild::signal(int number) const {
  return ::syscall(SYS_pidfd_send_signal, handle_.get(), number, nullptr, 0) == 0;
}

}  // namespace pinfold::tool
