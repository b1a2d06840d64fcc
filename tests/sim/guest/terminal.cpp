#include "sim/guest/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <stdexcept>

namespace pinfold::test {
namespace {

[[noreturn]] void become(const std::vector<std::string>& command) {
  std::vector<char*> vector;
  for (const std::string& word : command)
    vector.push_back(const_cast<char*>(word.c_str()));
  vector.push_back(nullptr);
  ::execvp(vector.front(), vector.data());
  ::_exit(127);
}

}  // namespace

Terminal::Terminal(const std::vector<std::string>& job)
    : deadline_(std::chrono::steady_clock::now() + std::chrono::minutes(1)) {
  terminal_ = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal_ < 0 || ::grantpt(terminal_) != 0 || ::unlockpt(terminal_) != 0)
    throw std::runtime_error("no terminal");
  const std::string name = ::ptsname(terminal_);
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    throw std::runtime_error("socketpair");
  shell_ = ::fork();
  if (shell_ < 0) throw std::runtime_error("fork");
  if (shell_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::close(ends[0]);
    be_shell(job, name.c_str(), ends[1]);
  }
  ::close(ends[1]);
  shell_socket_ = ends[0];
  if (!wait_for(shell_socket_) || ::read(shell_socket_, &job_, sizeof job_) != sizeof job_)
    throw std::runtime_error("no shell");
}

Terminal::~Terminal() {
  // The job is the shell's child: its number is its own as long as the shell does not reap it.
  ::kill(shell_, SIGSTOP);
  if (job_ > 0) ::kill(-job_, SIGKILL);
  ::kill(shell_, SIGKILL);
  ::waitpid(shell_, nullptr, 0);
  ::close(shell_socket_);
  ::close(terminal_);
}

void Terminal::be_shell(const std::vector<std::string>& job, const char* terminal, int test) {
  ::setsid();
  const int own = ::open(terminal, O_RDWR | O_CLOEXEC);  // becomes the controlling terminal
  termios settings{};
  ::tcgetattr(own, &settings);
  settings.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  ::tcsetattr(own, TCSANOW, &settings);
  ::signal(SIGTTOU, SIG_IGN);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::setpgid(0, 0);
    ::tcsetpgrp(own, ::getpid());
    ::signal(SIGTTOU, SIG_DFL);
    for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
      ::dup2(own, standard);
    become(job);
  }
  ::setpgid(pid, pid);
  ::tcsetpgrp(own, pid);
  bool heard = ::write(test, &pid, sizeof pid) == sizeof pid;
  while (heard) {
    int status = 0;
    if (::waitpid(pid, &status, WUNTRACED) != pid) ::_exit(1);
    ::tcsetpgrp(own, ::getpid());
    heard = ::write(test, &status, sizeof status) == sizeof status;
    char go_on = 0;
    if (!WIFSTOPPED(status) || ::read(test, &go_on, 1) != 1) break;
    ::tcsetpgrp(own, pid);
    ::kill(-pid, SIGCONT);
  }
  // The screen is read before the terminal goes.
  char end = 0;
  ::_exit(::read(test, &end, 1) == 0 ? 0 : 1);
}

bool Terminal::wait_for(int descriptor) const {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline_ - std::chrono::steady_clock::now());
  pollfd watched{.fd = descriptor, .events = POLLIN, .revents = 0};
  return left.count() > 0 && ::poll(&watched, 1, static_cast<int>(left.count())) == 1;
}

void Terminal::type(std::string_view text) const {
  if (::write(terminal_, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    throw std::runtime_error("nothing can be typed");
}

bool Terminal::shows(std::string_view text) {
  while (screen_.find(text) == std::string::npos) {
    if (!wait_for(terminal_)) throw std::runtime_error("no patience left; there was\n" + screen_);
    char chunk[4096];
    const ssize_t length = ::read(terminal_, chunk, sizeof chunk);
    if (length <= 0) return false;
    screen_.append(chunk, static_cast<std::size_t>(length));
  }
  return true;
}

int Terminal::status() {
  int status = 0;
  if (!wait_for(shell_socket_) || ::read(shell_socket_, &status, sizeof status) != sizeof status)
    throw std::runtime_error("nothing happened to the job; there was\n" + screen_);
  return status;
}

void Terminal::foreground() const {
  if (::write(shell_socket_, "f", 1) != 1) throw std::runtime_error("the shell is gone");
}

}  // namespace pinfold::test
