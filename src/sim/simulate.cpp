#include "sim/simulate.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "sim/descriptors.h"
#include "sim/front.h"
#include "sim/supervisor.h"

namespace pinfold::sim {

Result<Outcome> simulate(Simulation simulation) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail({.number = errno, .text = "pipe"});
  const Fd news(ends[0]);
  Fd pipe(ends[1]);
  const SignalsHeld signals;
  const Front front{.pid = ::getpid(), .news = pipe, .signals = signals};
  const pid_t supervisor = ::fork();
  if (supervisor < 0) return fail({.number = errno, .text = "fork"});
  if (supervisor == 0) supervise(std::move(simulation), front);
  pipe = {};
  leave_to_others({news.get()});
  const auto last = wait_for_end(news, signals);
  if (!last) return Outcome{.kind = Outcome::Kind::supervisor_killed};
  if (last->kind == News::Kind::failed) return Outcome{.kind = Outcome::Kind::not_begun};
  return Outcome{.kind = Outcome::Kind::ended, .status = last->value};
}

}  // namespace pinfold::sim
