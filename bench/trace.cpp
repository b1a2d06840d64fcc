// Calls, traced and not.

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <optional>
#include <thread>

#include <pinfold/pinfold.h>

#include "bpf/task_iterator.h"
#include "command.h"
#include "groups.h"
#include "host/host.h"
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

}  // namespace

void measure_trace(Report& report) {
  const std::string on_itself = "trace: sched_setaffinity on oneself, traced / not";
  const std::string on_another = "trace: sched_setaffinity on another, traced / not";
  const std::string other = "trace: any other call, traced - not";
  const std::string loss = "trace: lost while these calls were made";
  if (!report.wants(on_itself) && !report.wants(on_another) && !report.wants(other)) return;
  const auto skip_all = [&](const std::string& reason) {
    for (const std::string& name : {on_itself, on_another, other, loss})
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
}

}  // namespace pinfold::bench
