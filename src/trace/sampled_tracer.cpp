#include "trace/sampled_tracer.h"

#include <sys/epoll.h>
#include <sys/utsname.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <set>
#include <utility>

#include "base/try.h"
#include "trace/known_tasks.h"
#include "trace/sampler.h"
#include "trace/wanted.h"
#include "trace/watches.h"

namespace pinfold::trace {
namespace {

class SampledTracer final : public Tracer {
 public:
  SampledTracer(Kernel& kernel, const TracerOptions& options, std::string reason, Sink sink)
      : kernel_(kernel),
        targets_(options.filter.targets),
        follow_(options.filter.follow),
        reason_(std::move(reason)),
        wanted_(options.filter, options.cgroup),
        sink_(std::move(sink)),
        lives_(options.lives),
        runs_(options.runs) {
    if (options.watch_cgroups) watches_.emplace(kernel);
  }

  Result<void> open() {
    queue_ = Fd(::epoll_create1(EPOLL_CLOEXEC));
    if (queue_.get() < 0)
      return fail({.kind = ErrorKind::system, .number = errno, .text = "epoll"});
    SamplerOptions options{.whom = scopes(), .lives = static_cast<bool>(lives_)};
    if (watches_) {
      options.happened = [this](Online online) { return watches_->read(online); };
      for (const int watch : watches_->descriptors()) {
        epoll_event event{.events = EPOLLIN, .data = {.fd = watch}};
        if (::epoll_ctl(queue_.get(), EPOLL_CTL_ADD, watch, &event) != 0)
          return fail({.kind = ErrorKind::system, .number = errno, .text = "epoll_ctl"});
      }
    }
    sampler_.emplace(kernel_, std::move(options));
    return {};
  }

  [[nodiscard]] StartEvent about() const override {
    utsname names{};
    ::uname(&names);
    StartEvent start{.time = std::chrono::system_clock::now(),
                     .kernel = static_cast<const char*>(names.release),
                     .sampled = true};
    if (const auto cpus = kernel_.cpus()) {
      if (const auto last = cpus->possible.last()) start.cpu_ids = last->value() + 1;
    }
    start.legs.push_back({.name = "calls", .chosen = {}, .reason = reason_, .blind = {}});
    start.legs.push_back(sampler_->leg());
    if (runs_ && lives_) {
      start.legs.push_back({.name = "runs",
                            .chosen = {},
                            .reason = "it takes programs in the kernel",
                            .blind = "where threads run"});
    }
    if (watches_)
      start.legs.insert(start.legs.end(), watches_->legs().begin(), watches_->legs().end());
    return start;
  }

  Result<void> start() override {
    TRY(const std::size_t threads, sampler_->start());
    tell(about());
    tell(SnapshotEvent{
        .time = std::chrono::system_clock::now(), .reason = "start", .threads = threads});
    tell_lives();
    next_ = Clock::system().now() + sampler_->pause();
    return {};
  }

  [[nodiscard]] int descriptor() const override { return queue_.get(); }

  [[nodiscard]] Clock::Duration pause() const override {
    return std::max(next_ - Clock::system().now(), Clock::Duration::zero());
  }

  Result<void> turn() override {
    sampler_->collect();
    return Clock::system().now() < next_ ? Result<void>() : pass();
  }

  Result<EndEvent> stop() override {
    CHECK_OK(pass());
    EndEvent end{.time = std::chrono::system_clock::now(), .seen = told_, .sent = told_};
    tell(end);
    return end;
  }

 private:
  [[nodiscard]] std::vector<Scope> scopes() const {
    if (!targets_) return {Everybody{}};
    std::vector<Scope> scopes(targets_->processes.begin(), targets_->processes.end());
    scopes.insert(scopes.end(), targets_->threads.begin(), targets_->threads.end());
    return scopes;
  }

  // Children of those that are looked at. One whose parent has ended is nobody's child any more.
  void follow_children() {
    if (!targets_ || !follow_) return;
    const auto processes = kernel_.processes();
    if (!processes) return;
    std::set<Pid> there(processes->begin(), processes->end());
    auto& wanted = targets_->processes;
    const auto gone = [&](Pid pid) { return !there.contains(pid); };
    bool changed = std::erase_if(wanted, gone) > 0;
    for (const Pid pid : there) {
      if (seen_.contains(pid)) continue;
      const auto leader = kernel_.leader(pid);
      if (!leader || std::ranges::find(wanted, leader->parent) == wanted.end()) continue;
      if (std::ranges::find(wanted, pid) != wanted.end()) continue;
      wanted_.follow(leader->parent, leader->parent.leader(), pid);
      wanted.push_back(pid);
      changed = true;
    }
    seen_ = std::move(there);
    if (changed) sampler_->watch(scopes());
  }

  Result<void> pass() {
    follow_children();
    TRY(auto events, sampler_->pass());
    tell_lives();
    for (SetEvent& event : events) {
      if (event.actor) {
        known_.complete(*event.actor);
        if (event.target) event.relation = known_.relation(*event.actor, *event.target);
      }
      if (!wanted_.has(event)) continue;
      ++told_;
      tell(std::move(event));
    }
    next_ = Clock::system().now() + sampler_->pause();
    return {};
  }

  void tell_lives() {
    for (const Life& life : sampler_->take_lives())
      lives_(life);
  }

  void tell(Event event) {
    ++seq_;
    std::visit([this](auto& one) { one.seq = seq_; }, event);
    sink_(event);
  }

  Kernel& kernel_;
  std::optional<Tasks> targets_;
  std::set<Pid> seen_;  // in the last pass
  bool follow_;
  std::string reason_;
  Wanted wanted_;
  Sink sink_;
  LifeSink lives_;
  bool runs_;
  Fd queue_;
  std::optional<Watches> watches_;
  std::optional<Sampler> sampler_;
  KnownTasks known_;
  Clock::Time next_{};
  std::uint64_t seq_ = 0;
  std::uint64_t told_ = 0;
};

}  // namespace

Result<std::unique_ptr<Tracer>> open_sampled_tracer(Kernel& kernel, const TracerOptions& options,
                                                    const std::string& reason, Sink sink) {
  auto tracer = std::make_unique<SampledTracer>(kernel, options, reason, std::move(sink));
  CHECK_OK(tracer->open());
  return tracer;
}

}  // namespace pinfold::trace
