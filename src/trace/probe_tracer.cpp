#include "trace/probe_tracer.h"

#include <sys/epoll.h>
#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <numeric>
#include <thread>
#include <utility>

#include "base/file.h"
#include "base/number.h"
#include "base/try.h"

namespace pinfold::trace {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::chrono::nanoseconds clock(clockid_t id) {
  timespec now{};
  ::clock_gettime(id, &now);
  return seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

constexpr auto explanations_come_within = milliseconds(50);
constexpr auto calls_end_within = milliseconds(100);
constexpr auto calls_overlap_within = milliseconds(5);

Moment monotonic() { return Moment(clock(CLOCK_MONOTONIC)); }

// "cpuset\t4\t27\t1": the second word, which is 0 where it is in the one hierarchy of v2.
int cpuset_hierarchy() {
  const auto text = read_file("/proc/cgroups");
  const std::string_view name = "\ncpuset\t";
  const std::size_t at = text ? text->find(name) : std::string::npos;
  if (at == std::string::npos) return 0;
  const std::size_t from = at + name.size();
  const auto number =
      parse_number<int>(std::string_view(*text).substr(from, text->find('\t', from) - from));
  return number ? *number : 0;
}

ProbeOptions probe_options(const TracerOptions& options, unsigned cpu_ids) {
  return {.filter = options.filter,
          .gets = options.gets,
          .callers = options.callers,
          .commits = options.commits,
          .lives = static_cast<bool>(options.lives),
          .way = options.way,
          .ring_bytes = options.ring_bytes,
          .cpu_ids = cpu_ids,
          .cpusets_in_v2 = cpuset_hierarchy() == 0};
}

}  // namespace

ProbeTracer::ProbeTracer(Kernel& kernel, const StreamOptions& options, Wanted wanted, Sink sink)
    : kernel_(kernel),
      shape_(options.shape),
      stream_(kernel, options, std::move(wanted), std::move(sink)),
      merger_(shape_,
              [this](const Record& record, std::uint64_t count) { stream_.take(record, count); }) {
  for (const CpuId cpu : options.possible)
    possible_.push_back(cpu);
}

Result<std::unique_ptr<Tracer>> ProbeTracer::open(Kernel& kernel, const TracerOptions& options,
                                                  const SystemCpus& cpus, Sink sink) {
  const auto last = cpus.possible.last();
  const unsigned cpu_ids = last ? last->value() + 1 : 1;
  TRY(Probes probes, Probes::open(probe_options(options, cpu_ids)));
  const StreamOptions stream{.shape = {.cpu_ids = cpu_ids, .callers = options.callers},
                             .possible = cpus.possible,
                             .isolated = cpus.isolated,
                             .only_changes = options.only_changes,
                             .inherited = options.inherited,
                             .has_commits = probes.has_commits(),
                             .every_call = !options.filter.touches && !options.filter.rate &&
                                           !options.filter.cgroup && !options.filter.comm,
                             .cpuset_hierarchy = cpuset_hierarchy(),
                             .lives = options.lives};
  std::unique_ptr<ProbeTracer> tracer(
      new ProbeTracer(kernel, stream, Wanted(options.filter, options.cgroup), std::move(sink)));
  tracer->queue_ = Fd(::epoll_create1(EPOLL_CLOEXEC));
  if (tracer->queue_.get() < 0)
    return fail({.kind = ErrorKind::system, .number = errno, .text = "epoll"});
  tracer->probes_.emplace(std::move(probes));
  tracer->lives_ = options.lives;
  tracer->follows_ = options.filter.follow && (options.filter.targets || options.filter.actors);
  // A ring is readable as soon as anything is in it: what wakes us is that much is.
  for (const int ring : tracer->probes_->descriptors())
    CHECK_OK(tracer->wait_on(ring, EPOLLIN | EPOLLET));
  if (options.runs && options.lives) CHECK_OK(tracer->open_runs(options, cpu_ids));
  if (options.watch_cgroups) {
    tracer->watches_.emplace(kernel);
    for (const int watch : tracer->watches_->descriptors())
      CHECK_OK(tracer->wait_on(watch, EPOLLIN));
  }
  return tracer;
}

Result<void> ProbeTracer::open_runs(const TracerOptions& options, unsigned cpu_ids) {
  ProbeOptions own = probe_options(options, cpu_ids);
  own.ring_bytes = options.runs_ring_bytes;
  auto runs = Runs::open(own, possible_);
  const bool everybody = !options.filter.targets;
  runs_leg_ = {.name = "runs",
               .chosen = runs ? "tp_btf/sched_switch" : "",
               .reason = runs ? "" : message(runs.error()),
               .blind = !runs       ? "where threads run"
                        : everybody ? "where the kernel's own threads run"
                                    : ""};
  if (!runs) return {};
  runs_.emplace(std::move(*runs));
  return wait_on(runs_->descriptor(), EPOLLIN | EPOLLET);
}

Result<void> ProbeTracer::wait_on(int descriptor, std::uint32_t events) {
  epoll_event event{.events = events, .data = {.fd = descriptor}};
  if (::epoll_ctl(queue_.get(), EPOLL_CTL_ADD, descriptor, &event) != 0)
    return fail({.kind = ErrorKind::system, .number = errno, .text = "epoll_ctl"});
  return {};
}

StartEvent ProbeTracer::about() const {
  utsname names{};
  ::uname(&names);
  StartEvent start{.time = std::chrono::system_clock::now(),
                   .kernel = static_cast<const char*>(names.release),
                   .cpu_ids = shape_.cpu_ids,
                   .sampled = false,
                   .legs = probes_->legs()};
  if (runs_leg_) start.legs.push_back(*runs_leg_);
  if (watches_) {
    for (Leg leg : watches_->legs()) {
      // Who has ended at once has told so.
      if (!leg.chosen.empty() && leg.name == "cpuset writes") leg.blind.clear();
      start.legs.push_back(std::move(leg));
    }
  } else {
    start.legs.push_back({.name = "cpuset writes",
                          .chosen = {},
                          .reason = "not wanted",
                          .blind = "writes to cpusets"});
  }
  if (no_snapshots_) {
    start.legs.push_back({.name = "snapshots",
                          .chosen = {},
                          .reason = message(*no_snapshots_),
                          .blind = "masks that nobody has told of, and what cpusets and CPUs that "
                                   "go make of them"});
  }
  return start;
}

void ProbeTracer::read_clock() {
  const auto before = clock(CLOCK_MONOTONIC);
  const auto real = clock(CLOCK_REALTIME);
  const auto after = clock(CLOCK_MONOTONIC);
  stream_.use_clock_offset(real - (before + ((after - before) / 2)));
}

Time ProbeTracer::time(Moment moment) const { return stream_.time(std::max(moment, started_)); }

Result<void> ProbeTracer::start() {
  read_clock();
  started_ = monotonic();
  const Moment began = monotonic();
  const auto everybody = kernel_.snapshot(Everybody());
  if (!everybody) no_snapshots_ = everybody.error();
  stream_.tell(about());
  // What was told since the programs are in place is older than it, or the same.
  CHECK_OK(drain(Upto::now));
  if (!no_snapshots_) {
    stream_.compare(*everybody, began, Whole::yes);
    stream_.tell(
        SnapshotEvent{.time = time(began), .reason = "start", .threads = everybody->size()});
    stream_.meet(began);
  }
  if (runs_) CHECK_OK(runs_->begin(monotonic()));
  snapshot_ended_ = monotonic();
  snapshot_took_ = snapshot_ended_ - began;
  return {};
}

Clock::Duration ProbeTracer::pause() const {
  const Moment now = monotonic();
  const bool waits = due_ || due_again_ || !found_.empty() || !places_.empty();
  const bool quiet = now - last_record_ > seconds(1) && !waits;
  return quiet ? milliseconds(40) : milliseconds(10);
}

void ProbeTracer::take(const Record& record) {
  Losses& losses =
      record->kind == trace_commit || record->kind == trace_asked ? commit_losses_ : call_losses_;
  const auto time_of = [this](Moment moment) { return time(moment); };
  if (const auto lost = losses.before(record, time_of)) {
    merger_.flush();
    take(*lost);
  }
  last_record_ = record.moment();
  merger_.take(record);
}

void ProbeTracer::take(const LostEvent& lost) {
  stream_.miss();
  stream_.tell(lost);
  due_ = due_.value_or(monotonic());
  due_reason_ = "lost";
}

void ProbeTracer::read_rings() {
  const auto keep = [&](std::span<const unsigned char> bytes) {
    const Record record(bytes, shape_);
    stream_.announce(record);
    places_.push_back({.time = record->time, .from = kept_.size(), .length = bytes.size()});
    kept_.insert(kept_.end(), bytes.begin(), bytes.end());
    constexpr std::size_t alignment = alignof(trace_record);
    kept_.resize((kept_.size() + alignment - 1) / alignment * alignment);
  };
  merger_.press(probes_->calls().backlog() > probes_->calls().size() / 2);
  // Calls first: what was committed for one of them was written before, and is there then.
  probes_->calls().drain(keep);
  if (bpf::Ring* const commits = probes_->commits()) {
    commits->drain(keep);
    std::ranges::stable_sort(places_, {}, &Place::time);
  }
}

void ProbeTracer::take_records(Upto upto) {
  const auto settled =
      static_cast<std::uint64_t>((monotonic() - calls_overlap_within).time_since_epoch().count());
  const auto end =
      upto == Upto::now
          ? places_.end()
          : std::ranges::find_if(places_, [&](const Place& place) { return place.time > settled; });
  for (const Place& place : std::ranges::subrange(places_.begin(), end))
    take(Record(std::span(kept_).subspan(place.from, place.length), shape_));
  merger_.flush();
  places_.erase(places_.begin(), end);
  if (places_.empty()) {
    kept_.clear();
    return;
  }
  // What is left stands at the end, except where records of two rings were sorted.
  const std::size_t first = std::ranges::min(places_, {}, &Place::from).from;
  kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(first));
  for (Place& place : places_)
    place.from -= first;
}

// Counts first: what is lost by then stands in them, and all that was written is read after.
Result<void> ProbeTracer::drain(Upto upto) {
  TRY(const auto calls, probes_->call_counts());
  TRY(const auto commits, probes_->commit_counts());
  read_rings();
  take_records(upto);
  // What records that are not taken yet say of losses comes with them.
  if (!places_.empty()) return {};
  const auto time_of = [this](Moment moment) { return time(moment); };
  const Time now = time(monotonic());
  for (const LostEvent& lost : call_losses_.rest(calls, possible_, now, time_of))
    take(lost);
  for (const LostEvent& lost : commit_losses_.rest(commits, possible_, now, time_of))
    take(lost);
  return {};
}

Result<void> ProbeTracer::drain_runs() {
  if (!runs_) return {};
  return runs_->drain(monotonic(), [this](Moment moment) { return time(moment); }, lives_);
}

// The kernel knows whose children they are, whatever was lost.
void ProbeTracer::include_followed(const std::vector<TaskMasks>& everybody) {
  if (!follows_) return;
  for (const TaskMasks& masks : everybody) {
    const Pid pid = masks.task.pid;
    if (masks.task.tid != pid.leader()) continue;
    for (const trace_role role : {trace_wanted_target, trace_wanted_actor}) {
      if (probes_->has(pid, role)) stream_.include(pid, role);
    }
  }
}

void ProbeTracer::look_at_triggers() {
  if (!watches_) return;
  Happened happened = watches_->read();
  bool hotplug = false;
  bool write = happened.missed;
  for (const Trigger& trigger : happened.triggers) {
    hotplug = hotplug || trigger.kind == Trigger::Kind::hotplug;
    write = write || trigger.kind == Trigger::Kind::cpuset_write;
  }
  stream_.take(std::move(happened));
  if (!hotplug && !write) return;
  if (!due_) due_reason_ = hotplug ? "hotplug" : "cpuset";
  due_ = due_.value_or(monotonic());
  if (hotplug) due_again_ = monotonic() + milliseconds(200);
}

// The mover is known; the other threads of the process have gone with the one that was told of.
void ProbeTracer::look_at_moved() {
  std::vector<Pid> moved = stream_.take_moved();
  if (moved.empty() || no_snapshots_) return;
  std::ranges::sort(moved);
  moved.erase(std::ranges::unique(moved).begin(), moved.end());
  constexpr std::size_t many = 16;
  if (moved.size() > many) {
    if (!due_) due_reason_ = "cgroup";
    due_ = due_.value_or(monotonic());
    return;
  }
  for (const Pid pid : moved) {
    const Moment began = monotonic();
    const auto threads = kernel_.snapshot(pid);
    if (!threads) continue;
    auto changes = stream_.compare(*threads, began, Whole::no);
    stream_.await(changes);
    found_.push_back({began, std::move(changes)});
  }
}

Result<void> ProbeTracer::snapshot(const std::string& reason) {
  if (no_snapshots_) return {};
  const Moment began = monotonic();
  const auto everybody = kernel_.snapshot(Everybody());
  // It has worked before: what it lacks now, the next one may have.
  if (!everybody) return {};
  CHECK_OK(drain());
  if (reason == "lost") include_followed(*everybody);
  auto changes = stream_.compare(*everybody, began, Whole::yes);
  stream_.tell(SnapshotEvent{.time = time(began),
                             .reason = reason,
                             .threads = everybody->size(),
                             .changed = changes.size()});
  stream_.await(changes);
  found_.push_back({began, std::move(changes)});
  snapshot_ended_ = monotonic();
  snapshot_took_ = snapshot_ended_ - began;
  return {};
}

// A call may take a while from its commit to its end, which is when it is told. What explains a
// change is told after the change as well.
Result<void> ProbeTracer::confirm(Moment before) {
  if (found_.empty() || found_.front().began >= before) return {};
  look_at_triggers();
  CHECK_OK(drain());
  while (!found_.empty() && found_.front().began < before) {
    stream_.confirm(found_.front().changes);
    stream_.settle(found_.front().began);
    found_.pop_front();
  }
  return {};
}

void ProbeTracer::tell_suppressed() {
  for (Suppressed& one : probes_->suppressed()) {
    stream_.tell(SuppressedEvent{.time = time(monotonic()),
                                 .actor = one.actor,
                                 .comm = std::move(one.comm),
                                 .count = one.count});
  }
}

Result<void> ProbeTracer::turn() {
  std::array<epoll_event, 8> ready{};
  const int count = ::epoll_wait(queue_.get(), ready.data(), static_cast<int>(ready.size()), 0);
  read_clock();
  CHECK_OK(drain());
  CHECK_OK(drain_runs());
  const Moment now = monotonic();
  std::vector<int> rings = probes_->descriptors();
  if (runs_) rings.push_back(runs_->descriptor());
  const bool watched =
      std::ranges::any_of(std::span(ready).first(static_cast<std::size_t>(std::max(count, 0))),
                          [&](const epoll_event& event) {
                            return std::ranges::find(rings, event.data.fd) == rings.end();
                          });
  if (watched) look_at_triggers();
  look_at_moved();
  stream_.flush_commits(now - explanations_come_within);
  CHECK_OK(confirm(now - calls_end_within));
  constexpr auto told_within = seconds(2);
  if (!due_ && !due_again_ && found_.empty()) stream_.forget_triggers(now - told_within);
  // A tenth of a CPU at most, but what happened is not left for longer than a second.
  constexpr int share = 10;
  const Clock::Duration rest = std::min<Clock::Duration>(snapshot_took_ * share, seconds(1));
  const bool rested = now - snapshot_ended_ >= rest;
  if (due_ && rested) {
    due_.reset();
    CHECK_OK(snapshot(std::exchange(due_reason_, {})));
  } else if (due_again_ && now >= *due_again_ && rested) {
    due_again_.reset();
    CHECK_OK(snapshot("hotplug"));
  }
  if (now - last_second_ >= seconds(1)) {
    last_second_ = now;
    tell_suppressed();
  }
  return {};
}

Result<EndEvent> ProbeTracer::stop() {
  look_at_triggers();
  if (runs_) runs_->stop();
  probes_->stop();
  do {
    CHECK_OK(drain(Upto::now));
  } while (probes_->calls().backlog() != 0 ||
           (probes_->commits() && probes_->commits()->backlog() != 0));
  look_at_moved();
  if (due_ || due_again_) CHECK_OK(snapshot(due_ ? due_reason_ : "hotplug"));
  stream_.flush_commits(Moment::max());
  if (!found_.empty()) std::this_thread::sleep_for(calls_end_within);
  CHECK_OK(drain(Upto::now));
  CHECK_OK(confirm(Moment::max()));
  do {
    CHECK_OK(drain_runs());
  } while (runs_ && runs_->backlog() != 0);
  tell_suppressed();
  TRY(const auto calls, probes_->call_counts());
  const auto sum = [&](unsigned long long trace_counts::* what) {
    return std::accumulate(
        calls.begin(), calls.end(), std::uint64_t{0},
        [what](std::uint64_t all, const trace_counts& one) { return all + one.*what; });
  };
  EndEvent end{.time = time(monotonic()),
               .seen = sum(&trace_counts::seen) - stream_.left_out() + stream_.told_changes() +
                       commit_losses_.total(),
               .sent = stream_.told(),
               .lost = call_losses_.total() + commit_losses_.total(),
               .suppressed = sum(&trace_counts::suppressed),
               .lost_others = call_losses_.others() + commit_losses_.others()};
  stream_.tell(end);
  return end;
}

}  // namespace pinfold::trace
