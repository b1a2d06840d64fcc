#include "support/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>

namespace pinfold::test {
namespace {

std::array<int, 2> new_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
  return ends;
}

void close_if_open(int& descriptor) {
  if (descriptor >= 0) ::close(descriptor);
  descriptor = -1;
}

// Whether there may be more.
bool append_from(int descriptor, std::string& text) {
  char chunk[65536];
  const ssize_t length = ::read(descriptor, chunk, sizeof chunk);
  if (length > 0) text.append(chunk, static_cast<std::size_t>(length));
  return length > 0 || (length < 0 && (errno == EAGAIN || errno == EINTR));
}

}  // namespace

Child::Child(std::vector<std::string> arguments, ChildOptions options)
    : options_(std::move(options)),
      deadline_(std::chrono::steady_clock::now() + options_.patience) {
  ::signal(SIGPIPE, SIG_IGN);
  const auto in = new_pipe();
  const auto out = new_pipe();
  const auto err = new_pipe();
  in_ = in[1];
  out_pipe_ = out[0];
  err_pipe_ = err[0];
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork");
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(126);
    ::signal(SIGPIPE, SIG_DFL);
    ::dup2(in[0], STDIN_FILENO);
    ::dup2(out[1], STDOUT_FILENO);
    ::dup2(err[1], STDERR_FILENO);
    become(arguments);
  }
  ::close(in[0]);
  ::close(out[1]);
  ::close(err[1]);
  handle_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  for (const int ours : {in_, out_pipe_, err_pipe_})
    ::fcntl(ours, F_SETFL, O_NONBLOCK);
}

void Child::become(const std::vector<std::string>& arguments) const {
  for (const std::string& variable : options_.environment)
    ::putenv(const_cast<char*>(variable.c_str()));
  if (!options_.out_file.empty()) {
    const int file = ::open(options_.out_file.c_str(), O_WRONLY | O_CLOEXEC);
    if (::dup2(file, STDOUT_FILENO) < 0) ::_exit(126);
  }
  if (!options_.folder.empty() && ::chdir(options_.folder.c_str()) != 0) ::_exit(126);
  std::vector<char*> vector;
  for (const std::string& argument : arguments)
    vector.push_back(const_cast<char*>(argument.c_str()));
  vector.push_back(nullptr);
  ::execvp(vector.front(), vector.data());
  ::_exit(127);
}

Child::~Child() {
  if (!ended_) {
    signal(SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  for (int* descriptor : {&handle_, &in_, &out_pipe_, &err_pipe_})
    close_if_open(*descriptor);
}

void Child::signal(int number) const {
  if (!ended_) ::kill(pid_, number);
}

void Child::type(std::string_view text) { options_.input += text; }

void Child::end_input() { options_.keep_input = false; }

// Waits for something to happen, not longer than that, and takes it in; false when it has ended.
bool Child::pump(std::chrono::milliseconds at_most) {
  if (ended_) return false;
  const bool more_input = typed_ < options_.input.size();
  if (!more_input && !options_.keep_input) close_if_open(in_);
  std::array<pollfd, 4> watched = {{{handle_, POLLIN, 0},
                                    {out_pipe_, POLLIN, 0},
                                    {err_pipe_, POLLIN, 0},
                                    {more_input ? in_ : -1, POLLOUT, 0}}};
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline_ - std::chrono::steady_clock::now());
  if (left.count() <= 0) {
    throw std::runtime_error("no patience left; so far it said\n" + out_ + "and\n" + err_);
  }
  ::poll(watched.data(), watched.size(), static_cast<int>(std::min(left, at_most).count()));
  if (watched[1].revents != 0 && !append_from(out_pipe_, out_)) close_if_open(out_pipe_);
  if (watched[2].revents != 0 && !append_from(err_pipe_, err_)) close_if_open(err_pipe_);
  if (watched[3].revents != 0) {
    const ssize_t length =
        ::write(in_, options_.input.data() + typed_, options_.input.size() - typed_);
    typed_ = length < 0 && errno != EAGAIN
                 ? options_.input.size()
                 : typed_ + static_cast<std::size_t>(std::max<ssize_t>(length, 0));
  }
  if (watched[0].revents != 0) {
    ::waitpid(pid_, &status_, 0);
    ended_ = true;
    read_what_is_there();
  }
  return !ended_;
}

void Child::read_what_is_there() {
  for (auto [descriptor, text] : {std::pair{out_pipe_, &out_}, std::pair{err_pipe_, &err_}}) {
    std::size_t before = 0;
    do {
      before = text->size();
    } while (descriptor >= 0 && append_from(descriptor, *text) && text->size() != before);
  }
}

bool Child::says(std::string_view text) {
  while (out_.find(text) == std::string::npos) {
    if (!pump()) return out_.find(text) != std::string::npos;
  }
  return true;
}

std::string Child::line(std::string_view prefix) {
  for (;;) {
    std::size_t at = out_.starts_with(prefix) ? 0 : out_.find('\n' + std::string(prefix));
    if (at != std::string::npos) {
      at += (out_[at] == '\n' && !out_.starts_with(prefix) ? 1U : 0U) + prefix.size();
      const std::size_t end = out_.find('\n', at);
      if (end != std::string::npos) return out_.substr(at, end - at);
    }
    if (!pump()) return {};
  }
}

bool Child::has_ended() { return !pump(std::chrono::milliseconds(0)); }

int Child::wait() {
  while (pump()) {
  }
  return status_;
}

Output Child::finish() {
  const int status = wait();
  return {.out = out_,
          .err = err_,
          .exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status)};
}

Output run_child(std::vector<std::string> arguments, ChildOptions options) {
  return Child(std::move(arguments), std::move(options)).finish();
}

}  // namespace pinfold::test
