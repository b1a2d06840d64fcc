// Calls, traced and not.

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <pinfold/pinfold.h>

#include "bpf/task_iterator.h"
#include "command.h"
#include "groups.h"
#include "host/host.h"
#include "temporary_folder.h"
#include "trace/tracer.h"

namespace pinfold::bench {
namespace {

// A tracer of the whole machine in a thread of its own, which counts what it is told.
class Tracing {
 public:
  explicit Tracing(CpuId cpu) : cpu_(cpu) {}
  ~Tracing() { stop(); }
  Tracing(const Tracing&) = delete;
  Tracing& operator=(const Tracing&) = delete;

  /// Why there can be none.
  std::optional<Error> start() {
    auto opened = trace::Tracer::open(host_kernel(), {}, [this](const trace::Event&) { ++told_; });
    if (!opened) return std::move(opened).error();
    if ((*opened)->about().sampled) {
      return Error{.kind = ErrorKind::unsupported,
                   .text = "tracing",
                   .reason = "no program may be loaded into the kernel"};
    }
    tracer_ = std::move(*opened);
    if (auto started = tracer_->start(); !started) return std::move(started).error();
    end_ = false;
    thread_ = std::jthread([this] { follow(); });
    return std::nullopt;
  }

  void stop() {
    if (!tracer_) return;
    end_ = true;
    thread_.join();
    if (const auto end = tracer_->stop()) lost_ += end->lost;
    tracer_.reset();
  }

  void set(bool on) {
    if (on == static_cast<bool>(tracer_)) return;
    if (on) {
      (void)start();
    } else {
      stop();
    }
  }

  [[nodiscard]] bool is_on() const { return static_cast<bool>(tracer_); }
  [[nodiscard]] std::uint64_t lost() const { return lost_; }

 private:
  void follow() {
    (void)pin(this_thread(), CpuSet{cpu_});
    while (!end_) {
      pollfd ready{.fd = tracer_->descriptor(), .events = POLLIN, .revents = 0};
      const auto pause = std::chrono::ceil<std::chrono::milliseconds>(tracer_->pause());
      ::poll(&ready, 1, static_cast<int>(pause.count()));
      (void)tracer_->turn();
    }
  }

  CpuId cpu_;
  std::unique_ptr<trace::Tracer> tracer_;
  std::atomic<bool> end_ = false;
  std::jthread thread_;
  std::uint64_t told_ = 0;
  std::uint64_t lost_ = 0;
};

// A thread that only sleeps, and its number.
class Sleeper {
 public:
  Sleeper() {
    std::atomic<pid_t> tid = 0;
    thread_ = std::jthread([&tid](const std::stop_token& stop) {
      tid = static_cast<pid_t>(::syscall(SYS_gettid));
      tid.notify_one();
      while (!stop.stop_requested())
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    });
    tid.wait(0);
    tid_ = tid;
  }
  [[nodiscard]] pid_t tid() const { return tid_; }

 private:
  std::jthread thread_;
  pid_t tid_ = 0;
};

Side sets(pid_t tid, const CpuSet& cpus, std::function<bool()> ready) {
  return [tid, cpus, ready = std::move(ready)](std::size_t times) {
    bool good = ready();
    while (times-- > 0)
      good &= ::syscall(SYS_sched_setaffinity, tid, cpus.words().size_bytes(),
                        cpus.words().data()) == 0;
    return good;
  };
}

Side asks(std::function<bool()> ready) {
  return [ready = std::move(ready)](std::size_t times) {
    bool good = ready();
    while (times-- > 0)
      good &= ::syscall(SYS_getppid) >= 0;
    return good;
  };
}

// Another tracer, on this thread's calls, which writes to a file.
class Peer {
 public:
  /// `command` is for a shell, with this thread's number as $1 and the file as $2.
  Peer(const char* command, std::chrono::milliseconds patience)
      : command_(command), patience_(patience) {}
  ~Peer() { stop(); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  void set(bool on) { on ? start() : stop(); }
  [[nodiscard]] bool is_on() const { return pid_ > 0; }
  /// Whether it has told anything each time that it was on.
  [[nodiscard]] bool works() const { return works_; }

 private:
  void start() {
    if (pid_ > 0) return;
    const std::string tid = std::to_string(::syscall(SYS_gettid));
    const std::string command = std::string("exec ") + command_;
    ::prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
    pid_ = ::fork();
    if (pid_ == 0) {
      const CpuSet all = CpuSet::range(CpuId(0), CpuId(CpuSet::inline_cpus - 1));
      ::syscall(SYS_sched_setaffinity, 0, all.words().size_bytes(), all.words().data());
      // What they say of themselves is not for our table.
      (void)std::freopen("/dev/null", "w", stdout);
      (void)std::freopen("/dev/null", "w", stderr);
      ::execl("/bin/sh", "sh", "-c", command.c_str(), "sh", tid.c_str(), file().c_str(), nullptr);
      ::_exit(127);
    }
    // None of them says when it is there.
    std::this_thread::sleep_for(patience_);
  }

  void stop() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGINT);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
    std::error_code missing;
    const auto size = std::filesystem::file_size(file(), missing);
    works_ = works_ && !missing && size > 0;
    std::filesystem::remove(file(), missing);
  }

  [[nodiscard]] std::string file() const { return folder_.path() + "/told"; }

  const char* command_;
  std::chrono::milliseconds patience_;
  TemporaryFolder folder_;
  pid_t pid_ = -1;
  bool works_ = true;
};

struct PeerCommand {
  const char* name;
  const char* command;
  std::chrono::milliseconds patience;
};

constexpr const char* lost_in_soak = "trace: lost in 30 s of calls as fast as they come";
constexpr const char* soak_speed = "trace: calls a second meanwhile";
constexpr const char* memory = "trace: memory with 10,000 threads";

constexpr PeerCommand peers[] = {
    {"strace", "strace -q -e trace=sched_setaffinity -o $2 -p $1", std::chrono::milliseconds(300)},
    {"perf", "perf trace -e sched_setaffinity -o $2 -t $1", std::chrono::milliseconds(1500)},
    // It looks for tracefs below debugfs only.
    {"bpftrace",
     "unshare -m sh -c 'mount -t debugfs none /sys/kernel/debug; exec bpftrace -o $2 -e"
     " \"tracepoint:syscalls:sys_enter_sched_setaffinity { printf(\\\"%d %s %d %d\\n\\\", tid,"
     " comm, args->pid, args->len); } tracepoint:syscalls:sys_exit_sched_setaffinity {"
     " printf(\\\"%d\\n\\\", args->ret); }\"' sh $1 $2",
     std::chrono::milliseconds(3000)}};

std::string row_name(const PeerCommand& peer) {
  return std::string("trace: sched_setaffinity, traced by pinfold / by ") + peer.name;
}

void measure_peers(Report& report, Tracing& tracing, const CpuSet& caller) {
  for (const PeerCommand& one : peers) {
    const std::string name = row_name(one);
    if (!report.wants(name)) continue;
    if (!find_program(one.name)) {
      report.skip(name, std::string("there is no ") + one.name + " here");
      continue;
    }
    Peer peer(one.command, one.patience);
    const std::function<void(bool)> prepare = [&](bool ours) {
      peer.set(!ours);
      tracing.set(ours);
    };
    report.compare({.name = name,
                    .reach = 1.0,
                    .ours = sets(0, caller, [&] { return tracing.is_on(); }),
                    .theirs = sets(0, caller, [&] { return peer.is_on(); }),
                    .method = {.rounds = 9,
                               .warm_up = 1,
                               .round_time = std::chrono::milliseconds(20),
                               .prepare = &prepare}});
    peer.set(false);
    if (!peer.works()) report.skip(name, std::string(one.name) + " told nothing: no row counts");
  }
  tracing.stop();
}

// As many calls as a CPU can make, for as long as it takes to see whether the reader keeps up.
void measure_soak(Report& report, Tracing& tracing, const CpuSet& caller) {
  if (!report.wants(lost_in_soak) && !report.wants(soak_speed)) return;
  tracing.set(true);
  const std::uint64_t before = tracing.lost();
  const auto began = std::chrono::steady_clock::now();
  const auto end = began + std::chrono::seconds(report.is_quick() ? 3 : 30);
  std::uint64_t calls = 0;
  const Side set = sets(0, caller, [] { return true; });
  constexpr std::size_t at_once = 1000;
  while (std::chrono::steady_clock::now() < end && set(at_once))
    calls += at_once;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  tracing.stop();
  report.count(lost_in_soak, static_cast<double>(tracing.lost() - before), 0, "events");
  report.count(soak_speed, static_cast<double>(calls) / took.count() / 1e6, {}, "M/s");
}

// What `pinfold trace` takes with 10,000 threads to remember.
void measure_memory(Report& report) {
  if (!report.wants(memory)) return;
  const QuietProcess quiet(10'000);
  if (!quiet.is_ready()) return report.skip(memory, "the system does not allow so many threads");
  const pid_t pid = ::fork();
  if (pid == 0) {
    (void)std::freopen("/dev/null", "w", stdout);
    (void)std::freopen("/dev/null", "w", stderr);
    ::execl(PINFOLD_COMMAND, "pinfold", "trace", "--json", nullptr);
    ::_exit(127);
  }
  std::this_thread::sleep_for(std::chrono::seconds(2));
  const double most = peak_megabytes(pid);
  ::kill(pid, SIGINT);
  ::waitpid(pid, nullptr, 0);
  report.count(memory, most, {}, "MB");
}

}  // namespace

void measure_trace(Report& report) {
  const std::string on_itself = "trace: sched_setaffinity on oneself, traced / not";
  const std::string on_another = "trace: sched_setaffinity on another, traced / not";
  const std::string other = "trace: any other call, traced - not";
  const std::string loss = "trace: lost while these calls were made";
  std::vector<std::string> names = {on_itself,    on_another, other, loss,
                                    lost_in_soak, soak_speed, memory};
  for (const PeerCommand& peer : peers)
    names.push_back(row_name(peer));
  std::erase_if(names, [&](const std::string& name) { return !report.wants(name); });
  if (names.empty()) return;
  const auto skip_all = [&](const std::string& reason) {
    for (const std::string& name : names)
      report.skip(name, reason);
  };
  const CpuSet cpus = own_cpus();
  if (cpus.count() < 2) return skip_all("it takes two CPUs: one for the tracer");
  auto cpu = cpus.begin();
  const CpuId tracer_cpu = *cpu;
  const CpuSet caller{*++cpu};
  static TaskIterator iterator;
  read_host_snapshots_by(iterator);
  const ScopedPin stay(caller);
  const auto tracing = std::make_shared<Tracing>(tracer_cpu);
  if (const auto error = tracing->start()) return skip_all(message(*error));
  const Sleeper sleeper;
  const std::function<void(bool)> turn_on_or_off = [tracing](bool ours) { tracing->set(ours); };
  const Method method = {.rounds = 31,
                         .warm_up = 3,
                         .round_time = std::chrono::milliseconds(10),
                         .prepare = &turn_on_or_off};
  const auto traced = [tracing] { return tracing->is_on(); };
  const auto untraced = [tracing] { return !tracing->is_on(); };
  report.compare({.name = on_itself,
                  .reach = 1.45,
                  .ours = sets(0, caller, traced),
                  .theirs = sets(0, caller, untraced),
                  .method = method});
  report.compare({.name = on_another,
                  .reach = 1.55,
                  .ours = sets(sleeper.tid(), cpus, traced),
                  .theirs = sets(sleeper.tid(), cpus, untraced),
                  .method = method});
  report.added({.name = other,
                .reach = std::chrono::nanoseconds(35),
                .ours = asks(traced),
                .theirs = asks(untraced),
                .method = method});
  tracing->stop();
  report.count(loss, static_cast<double>(tracing->lost()), 0, "events");
  measure_soak(report, *tracing, caller);
  measure_peers(report, *tracing, caller);
  measure_memory(report);
}

}  // namespace pinfold::bench
