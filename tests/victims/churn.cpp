// churn THREADS LIFE_US: each thread lives LIFE_US to twice that, starts a successor and ends: at
// any moment somebody is being born with its creator's mask.
#include "victim.h"

namespace {

int life = 0;

void* live(void*) {
  static thread_local unsigned seed = static_cast<unsigned>(::gettid());
  ::usleep(static_cast<useconds_t>(life + rand_r(&seed) % (life + 1)));
  while (!victim::start(live))
    ::usleep(100);
  return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  life = victim::number(argc, argv, 2, 2000);
  for (int i = victim::number(argc, argv, 1, 64); i > 0; --i)
    victim::start(live);
  victim::ready();
  victim::wait_to_be_killed();
}
