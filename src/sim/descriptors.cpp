#include "sim/descriptors.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <climits>

#include "base/fd.h"

namespace pinfold::sim {
namespace {

void close_between(int after, int before) {
  if (after + 1 > before - 1) return;
  (void)::syscall(SYS_close_range, static_cast<unsigned>(after) + 1,
                  static_cast<unsigned>(before) - 1, 0U);
}

}  // namespace

void fill_standard_descriptors() {
  for (;;) {
    const int number = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    if (number < 0) return;
    if (number > STDERR_FILENO) {
      ::close(number);
      return;
    }
  }
}

void leave_to_others(std::vector<int> own) {
  own.insert(own.end(), {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO});
  std::erase_if(own, [](int number) { return number < 0; });
  std::ranges::sort(own);
  for (std::size_t i = 1; i < own.size(); ++i)
    close_between(own[i - 1], own[i]);
  close_between(own.back(), INT_MAX);
  const Fd nowhere(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!nowhere.is_open()) return;
  (void)::dup2(nowhere.get(), STDIN_FILENO);
  (void)::dup2(nowhere.get(), STDOUT_FILENO);
}

void fall_silent() {
  const Fd nowhere(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (nowhere.is_open()) (void)::dup2(nowhere.get(), STDERR_FILENO);
}

}  // namespace pinfold::sim
