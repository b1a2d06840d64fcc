#include "measure/pair_runner.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>

#include <pinfold/scoped_pin.h>

#include "base/fd.h"
#include "base/try.h"
#include "measure/shared_memory.h"
#include "measure/stand.h"
#include "measure/this_thread.h"

namespace pinfold::measure {
namespace {

// Time for who was just woken to be there when both begin.
constexpr std::uint64_t head_start = 300'000;

void make_calls(std::uint64_t calls) {
  for (; calls > 0; --calls)
    ::syscall(SYS_getppid);
}

ProcessTimes used() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  const auto ns = [](const timeval& time) {
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(time.tv_usec) * 1'000;
  };
  return {.cpu = own_work_ns(), .user = ns(usage.ru_utime), .system = ns(usage.ru_stime)};
}

struct Work {
  CpuId cpu;
  std::uint64_t start = 0;
  std::uint64_t calls = 0;
};

// Where it ends tells whether it stayed: it is pinned, and who moves it is found out.
Result<ProcessTimes> work(const Work& work) {
  while (monotonic_ns() < work.start) {
  }
  const ProcessTimes before = used();
  make_calls(work.calls);
  const std::uint64_t end = monotonic_ns();
  const ProcessTimes after = used();
  if (const CpuId found = here(); found != work.cpu) return elsewhere(work.cpu, found);
  return ProcessTimes{.real = end - work.start,
                      .cpu = after.cpu - before.cpu,
                      .user = after.user - before.user,
                      .system = after.system - before.system};
}

// What the child says to its parent.
struct Report {
  ProcessTimes times;
  bool is_done = false;
  ErrorKind kind = ErrorKind::system;
  int number = 0;
  CpuId found;
  std::uint64_t start = 0;  // the parent's word to the child
};

struct Pipe {
  Fd read;
  Fd write;
};

Result<Pipe> open_pipe() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return fail({.kind = ErrorKind::system, .number = errno, .text = "pipe"});
  return Pipe{.read = Fd(ends[0]), .write = Fd(ends[1])};
}

// Whether the other side has said go. At its end it has not.
bool wait_for_byte(const Fd& end) {
  char byte = 0;
  ssize_t got = 0;
  do {
    got = ::read(end.get(), &byte, 1);
  } while (got < 0 && errno == EINTR);
  return got == 1;
}

bool say(const Fd& end) {
  const char byte = 0;
  return ::write(end.get(), &byte, 1) == 1;
}

void fill(Report& report, const Error& error) {
  report.kind = error.kind;
  report.number = error.number;
  report.found = here();
}

// The child's life.
void be_child(const CpuPair& pair, std::uint64_t calls, Report& report, Pipe& ready, Pipe& go) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ready.read = Fd();
  go.write = Fd();
  if (const auto stands = stand_on(pair.second); !stands) return fill(report, stands.error());
  if (!say(ready.write) || !wait_for_byte(go.read)) return;
  const auto times = work({.cpu = pair.second, .start = report.start, .calls = calls});
  if (!times) return fill(report, times.error());
  report.times = *times;
  report.is_done = true;
}

class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    wait();
  }
  void wait() {
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
  }

 private:
  pid_t pid_;
};

std::unexpected<Error> child_failed(const Report& report, CpuId cpu) {
  if (report.kind == ErrorKind::unsupported) return elsewhere(cpu, report.found);
  return fail({.kind = report.kind,
               .number = report.number,
               .task = "the child",
               .cpus = std::to_string(cpu.value()),
               .text = "the child on CPU " + std::to_string(cpu.value())});
}

Result<PairTimes> run_both(const CpuPair& pair, std::uint64_t calls) {
  CHECK_OK(stand_on(pair.first));
  TRY(const auto report, SharedMemory<Report>::make());
  TRY(Pipe ready, open_pipe());
  TRY(Pipe go, open_pipe());
  const pid_t pid = ::fork();
  if (pid < 0) return fail({.kind = ErrorKind::system, .number = errno, .text = "fork"});
  if (pid == 0) {
    be_child(pair, calls, *report, ready, go);
    ::_exit(0);
  }
  Child child(pid);
  ready.write = Fd();  // go.read stays open: to write to a child that was killed is no SIGPIPE then
  if (!wait_for_byte(ready.read)) {
    child.wait();
    return child_failed(*report, pair.second);
  }
  report->start = monotonic_ns() + head_start;
  const std::uint64_t start = report->start;
  if (!say(go.write)) return fail({.kind = ErrorKind::system, .number = errno, .text = "write"});
  auto times = work({.cpu = pair.first, .start = start, .calls = calls});
  child.wait();
  if (!times) return fail(std::move(times).error());
  if (!report->is_done) return child_failed(*report, pair.second);
  return PairTimes{.parent = *times, .child = report->times};
}

}  // namespace

Result<PairTimes> ForkedPair::run(const CpuPair& pair, std::uint64_t calls) {
  const ScopedPin as_it_was(CpuSet{pair.first});
  if (!as_it_was.placement()) return fail(Error(as_it_was.placement().error()));
  return run_both(pair, calls);
}

Result<std::uint64_t> ForkedPair::calls_in(CpuId cpu, std::uint64_t nanoseconds) {
  const ScopedPin pinned(CpuSet{cpu});
  if (!pinned.placement()) return fail(Error(pinned.placement().error()));
  CHECK_OK(stand_on(cpu));
  // The time that it had, not that went by: others may be there. The first tries warm it up.
  constexpr std::uint64_t calls = 5'000;
  std::uint64_t least = ~std::uint64_t{0};
  for (int i = 0; i < 5; ++i) {
    const std::uint64_t before = own_work_ns();
    make_calls(calls);
    least = std::min(least, own_work_ns() - before);
  }
  return std::max<std::uint64_t>(1, calls * nanoseconds / std::max<std::uint64_t>(least, 1));
}

}  // namespace pinfold::measure
