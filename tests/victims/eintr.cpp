// eintr: threads that each wait in a call which a stopped and continued process sees fail with
// EINTR. Each that returns prints its name: after a set there must be none.
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/select.h>
#include <sys/socket.h>

#include <cerrno>
#include <ctime>

#include "victim.h"

namespace {

struct Wait {
  const char* name;
  void (*wait)();
};

constexpr timespec long_time{100, 0};

const Wait waits[] = {
    {"epoll_wait",
     [] {
       epoll_event event{};
       ::epoll_wait(::epoll_create1(0), &event, 1, -1);
     }},
    {"poll",
     [] {
       pollfd never{::eventfd(0, 0), POLLIN, 0};
       ::poll(&never, 1, 100'000);
     }},
    {"select",
     [] {
       timeval time{100, 0};
       ::select(0, nullptr, nullptr, nullptr, &time);
     }},
    {"nanosleep", [] { ::nanosleep(&long_time, nullptr); }},
    {"recv",
     [] {
       const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
       timeval time{100, 0};
       ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
       char byte = 0;
       ::recv(socket, &byte, 1, 0);
     }},
    {"sigtimedwait",
     [] {
       sigset_t set;
       sigemptyset(&set);
       sigaddset(&set, SIGUSR2);
       siginfo_t info;
       ::sigtimedwait(&set, &info, &long_time);
     }},
    {"read eventfd",
     [] {
       eventfd_t value = 0;
       ::eventfd_read(::eventfd(0, 0), &value);
     }},
    {"read inotify",
     [] {
       char events[512];
       [[maybe_unused]] const ssize_t got = ::read(::inotify_init(), events, sizeof events);
     }},
};

void* run(void* argument) {
  const auto* wait = static_cast<const Wait*>(argument);
  wait->wait();
  std::printf("%s returned, errno %d\n", wait->name, errno);
  std::fflush(stdout);
  victim::wait_to_be_killed();
}

}  // namespace

int main() {
  for (const Wait& wait : waits)
    victim::start(run, const_cast<Wait*>(&wait));
  victim::ready();
  victim::wait_to_be_killed();
}
