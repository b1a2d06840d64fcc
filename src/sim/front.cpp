#include "sim/front.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "linux/proc.h"

namespace pinfold::sim {
namespace {

// Nothing at the end of the pipe.
std::optional<News> read_news(const Fd& pipe) {
  News news;
  ssize_t length = 0;
  do {
    length = ::read(pipe.get(), &news, sizeof news);
  } while (length < 0 && errno == EINTR);
  return length == static_cast<ssize_t>(sizeof news) ? std::optional(news) : std::nullopt;
}

// What a terminal sends reaches the command by itself.
bool was_sent_by_somebody(const signalfd_siginfo& signal) {
  return signal.ssi_code == SI_USER || signal.ssi_code == SI_QUEUE || signal.ssi_code == SI_TKILL;
}

void pass_on(const Fd& signals, const Fd& command) {
  signalfd_siginfo signal{};
  if (::read(signals.get(), &signal, sizeof signal) != static_cast<ssize_t>(sizeof signal)) return;
  if (!was_sent_by_somebody(signal)) return;
  (void)::syscall(SYS_pidfd_send_signal, command.get(), static_cast<int>(signal.ssi_signo), nullptr,
                  0);
}

// As the command did: a shell says by which signal. That of the terminal may be waiting already: it
// is one with this one.
void stop_by(int signal) {
  sigset_t own;
  sigset_t before;
  ::sigemptyset(&own);
  ::sigaddset(&own, signal);
  (void)std::raise(signal);
  ::sigprocmask(SIG_UNBLOCK, &own, &before);
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
}

// What is told of a stop may be old: somebody has continued both since.
bool is_stopped(pid_t pid) {
  const auto stat = read_proc(Tid(pid), "stat");
  if (!stat) return false;
  const auto task = parse_stat(*stat);
  return task && (task->state == 'T' || task->state == 't');
}

}  // namespace

void tell(const Fd& pipe, News news) {
  while (::write(pipe.get(), &news, sizeof news) < 0 && errno == EINTR) {
  }
}

SignalsHeld::SignalsHeld() {
  ::sigfillset(&held_);
  for (const int own : {SIGCHLD, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS})
    ::sigdelset(&held_, own);
  ::sigprocmask(SIG_BLOCK, &held_, &before_);
}

void SignalsHeld::restore() const { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }

std::optional<News> wait_for_end(const Fd& pipe, const SignalsHeld& held) {
  const Fd signals(::signalfd(-1, &held.signals(), SFD_CLOEXEC | SFD_NONBLOCK));
  pid_t pid = 0;
  Fd command;
  for (;;) {
    // What is sent before the command has begun waits for it.
    const int to_pass_on = command.is_open() ? signals.get() : -1;
    std::array<pollfd, 2> ready{pollfd{.fd = pipe.get(), .events = POLLIN, .revents = 0},
                                pollfd{.fd = to_pass_on, .events = POLLIN, .revents = 0}};
    if (::poll(ready.data(), ready.size(), -1) < 0) continue;
    if (ready[1].revents != 0) pass_on(signals, command);
    if (ready[0].revents == 0) continue;
    const auto news = read_news(pipe);
    if (!news) return std::nullopt;
    switch (news->kind) {
      case News::Kind::begun:
        pid = news->value;
        command = Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
        break;
      case News::Kind::stopped:
        if (is_stopped(pid)) stop_by(news->value);
        break;
      case News::Kind::ended:
      case News::Kind::failed:
        return news;
    }
  }
}

}  // namespace pinfold::sim
