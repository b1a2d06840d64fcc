#include "support/relay.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <stdexcept>
#include <thread>

#include "support/program.h"

namespace pinfold::test {

// What the runners tell the test. A runner's entry is written before its number is.
struct Relay::Shared {
  std::atomic<bool> stop;
  std::atomic<unsigned> runners;
  std::array<std::atomic<std::uint64_t>, 65536> masks;  // of the runner with that number
};

Relay::Relay(const std::string& name, std::chrono::microseconds pause) {
  void* memory =
      ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::runtime_error("mmap");
  shared_ = new (memory) Shared();
  supervisor_ = ::fork();
  if (supervisor_ < 0) throw std::runtime_error("fork");
  if (supervisor_ == 0) supervise(name, pause, *shared_);
  while (shared_->runners.load() == 0)
    std::this_thread::yield();
}

Relay::~Relay() {
  shared_->stop = true;
  ::waitpid(supervisor_, nullptr, 0);
  ::munmap(shared_, sizeof(Shared));
}

// The runners are its children when their own parents have ended, so that it knows of the last.
void Relay::supervise(const std::string& name, std::chrono::microseconds pause, Shared& shared) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  // Runners must not outlive a test that crashed.
  const pid_t own = ::getpid();
  const auto goes_on = [&] { return !shared.stop && ::kill(own, 0) == 0; };
  if (::fork() == 0) {
    ::prctl(PR_SET_NAME, name.c_str());
    do {
      note_mask(shared);
      if (pause.count() > 0) ::usleep(static_cast<useconds_t>(pause.count()));
    } while (goes_on() && ::fork() == 0);
    ::_exit(0);
  }
  while (::waitpid(-1, nullptr, 0) > 0) {
  }
  ::_exit(0);
}

void Relay::note_mask(Shared& shared) {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  ::sched_getaffinity(0, sizeof mask, &mask);
  std::uint64_t bits = 0;
  for (unsigned cpu = 0; cpu < 64; ++cpu)
    bits |= CPU_ISSET(cpu, &mask) ? std::uint64_t{1} << cpu : 0;
  const unsigned number = shared.runners.load();
  shared.masks[number % shared.masks.size()] = bits;
  shared.runners = number + 1;
}

Relay::Masks Relay::masks_of_next(int count) const {
  // The one that is just starting may have looked before.
  const unsigned first = shared_->runners.load() + 1;
  const unsigned end = first + static_cast<unsigned>(count);
  while (static_cast<int>(end - shared_->runners.load()) > 0)
    std::this_thread::yield();
  std::uint64_t all = ~std::uint64_t{0};
  std::uint64_t any = 0;
  for (unsigned number = first; number != end; ++number) {
    const std::uint64_t mask = shared_->masks[number % shared_->masks.size()];
    all &= mask;
    any |= mask;
  }
  Masks masks;
  for (unsigned cpu = 0; cpu < 64; ++cpu) {
    if ((all >> cpu & 1U) != 0) masks.all_have.add(CpuId(cpu));
    if ((any >> cpu & 1U) != 0) masks.any_has.add(CpuId(cpu));
  }
  return masks;
}

}  // namespace pinfold::test
