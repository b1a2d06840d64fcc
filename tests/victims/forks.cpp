// forks PROCESSES LIFE_US: each process lives LIFE_US to twice that, forks a successor and ends:
// at any moment somebody is being born with its parent's mask.
#include <signal.h>

#include "victim.h"

namespace {

[[noreturn]] void live(int life) {
  for (;;) {
    auto seed = static_cast<unsigned>(::getpid());
    ::usleep(static_cast<useconds_t>(life + rand_r(&seed) % (life + 1)));
    pid_t successor = -1;
    while ((successor = ::fork()) < 0)
      ::usleep(100);
    if (successor > 0) ::_exit(0);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int life = victim::number(argc, argv, 2, 2000);
  ::signal(SIGCHLD, SIG_IGN);
  for (int i = victim::number(argc, argv, 1, 8); i > 0; --i) {
    if (::fork() == 0) live(life);
  }
  victim::ready();
  victim::wait_to_be_killed();
}
