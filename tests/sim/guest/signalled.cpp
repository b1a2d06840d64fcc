// A program that tells which signals it gets: "int", "term", "cont", a line each. A line on
// stdin ends it; SIGTERM ends it with 3.
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cstdio>
#include <initializer_list>

namespace {

const char* name_of(unsigned signal) {
  switch (signal) {
    case SIGINT:
      return "int";
    case SIGTERM:
      return "term";
    case SIGCONT:
      return "cont";
    case SIGHUP:
      return "hup";
    default:
      return "other";
  }
}

}  // namespace

int main() {
  sigset_t heard;
  sigemptyset(&heard);
  for (const int signal : {SIGINT, SIGTERM, SIGCONT, SIGHUP, SIGUSR1})
    sigaddset(&heard, signal);
  sigprocmask(SIG_BLOCK, &heard, nullptr);
  pollfd watched[] = {{signalfd(-1, &heard, 0), POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
  std::printf("ready\n");
  std::fflush(stdout);
  for (;;) {
    if (poll(watched, 2, -1) < 0) continue;
    if (watched[0].revents != 0) {
      signalfd_siginfo info{};
      if (read(watched[0].fd, &info, sizeof info) != sizeof info) return 1;
      std::printf("%s\n", name_of(info.ssi_signo));
      std::fflush(stdout);
      if (info.ssi_signo == SIGTERM) return 3;
    }
    if (watched[1].revents != 0) {
      std::printf("end\n");
      return 0;
    }
  }
}
