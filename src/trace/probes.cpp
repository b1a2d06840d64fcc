#include "trace/probes.h"

#include <algorithm>
#include <cstring>
#include <span>

#include <pinfold/cpu_list.h>

#include "base/file.h"
#include "base/number.h"
#include "base/try.h"
#include "bpf/syscalls.h"

namespace pinfold::trace {
namespace {

constexpr std::array ways = {bpf::CallsWay::vpid, bpf::CallsWay::btf, bpf::CallsWay::raw,
                             bpf::CallsWay::tracepoint};

std::span<const unsigned char> bytes_of(const trace_settings& settings) {
  return {reinterpret_cast<const unsigned char*>(&settings), sizeof settings};
}

// Where the kernel's tracepoints have their files.
Result<std::uint64_t> tracepoint_id(const char* name) {
  for (const char* const root : {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"}) {
    const auto line = read_line((std::string(root) + "/events/" + name + "/id").c_str());
    if (!line) continue;
    if (const auto id = parse_number<std::uint64_t>(*line)) return *id;
  }
  return fail({.kind = ErrorKind::unsupported,
               .text = name,
               .reason = "no such tracepoint can be seen in /sys/kernel/tracing"});
}

Result<void> add(const Fd& map, const trace_wanted_key& key, trace_role role) {
  std::uint32_t roles = 0;
  (void)bpf::read_element(map, &key, &roles);
  roles |= static_cast<std::uint32_t>(role);
  return bpf::write_element(map, &key, &roles);
}

Result<CpuSet> possible_cpus() {
  TRY(const std::string line, read_line("/sys/devices/system/cpu/possible"));
  return parse_cpu_list(line);
}

}  // namespace

trace_settings settings_of(const ProbeOptions& options) {
  const Filter& filter = options.filter;
  trace_settings settings{};
  settings.mask_words = (options.cpu_ids + CpuSet::word_bits - 1) / CpuSet::word_bits;
  settings.cpuset_in_v2 = options.cpusets_in_v2 ? 1 : 0;
  settings.gets = options.gets ? 1 : 0;
  settings.lives = options.lives ? 1 : 0;
  settings.callers = options.callers ? 1 : 0;
  settings.wake_bytes = options.ring_bytes / 4;
  settings.by_target = filter.targets ? 1 : 0;
  settings.by_actor = filter.actors ? 1 : 0;
  settings.actors_too = filter.actors_too ? 1 : 0;
  settings.follow = filter.follow && (filter.targets || filter.actors) ? 1 : 0;
  settings.by_uid = filter.uid ? 1 : 0;
  settings.uid = filter.uid.value_or(0);
  settings.only_failed = filter.only_failed ? 1 : 0;
  settings.only_done = filter.only_done ? 1 : 0;
  settings.touches = filter.touches ? 1 : 0;
  settings.rate = filter.rate.value_or(0);
  settings.cgroup = filter.cgroup.value_or(0);
  if (filter.comm) {
    const bool beginning = filter.comm->ends_with('*');
    const std::string_view text =
        std::string_view(*filter.comm).substr(0, filter.comm->size() - (beginning ? 1U : 0U));
    const std::size_t length = std::min<std::size_t>(text.size(), trace_name_bytes - 1);
    std::memcpy(settings.comm, text.data(), length);
    settings.comm_length = static_cast<unsigned>(length + (beginning ? 0U : 1U));
  }
  return settings;
}

Result<void> write_wanted(const Fd& map, const Tasks& tasks, trace_role role) {
  for (const Pid pid : tasks.processes)
    CHECK_OK(add(map, {.number = pid.value(), .is_thread = 0}, role));
  for (const Tid tid : tasks.threads)
    CHECK_OK(add(map, {.number = tid.value(), .is_thread = 1}, role));
  return {};
}

std::string_view hook_name(bpf::CallsWay way) {
  switch (way) {
    case bpf::CallsWay::vpid:
    case bpf::CallsWay::btf:
      return "tp_btf/sys_exit";
    case bpf::CallsWay::raw:
      return "raw_tp/sys_exit";
    case bpf::CallsWay::tracepoint:
      break;
  }
  return "tp/syscalls/sys_exit_sched_setaffinity";
}

Result<Probes> Probes::open(const ProbeOptions& options) {
  Probes probes;
  TRY(const CpuSet possible, possible_cpus());
  probes.possible_cpus_ = possible.count();
  // What a call has to be joined with is heard of before the call.
  Leg commits = probes.open_commits(options);
  Error refused{.kind = ErrorKind::unsupported, .text = "BPF"};
  for (const bpf::CallsWay way : ways) {
    if (options.way && way != *options.way) continue;
    auto opened = probes.open_calls(way, options);
    if (!opened) {
      refused = std::move(opened).error();
      continue;
    }
    probes.legs_ = {{.name = "calls",
                     .chosen = std::string(hook_name(way)),
                     .reason = {},
                     .blind = way == bpf::CallsWay::tracepoint ? "32-bit callers" : ""},
                    std::move(commits),
                    {.name = "moves, births",
                     .chosen = "tracepoints of cgroups and tasks",
                     .reason = {},
                     .blind = {}}};
    return probes;
  }
  return fail(std::move(refused));
}

// A rung of the ladder: whether it holds is found out by stepping on it.
Result<void> Probes::open_calls(bpf::CallsWay way, const ProbeOptions& options) {
  const trace_settings settings = settings_of(options);
  TRY(image_, bpf::calls_image(way));
  TRY(loaded_, bpf::load(image_.image, {.constants = bytes_of(settings),
                                        .constants_map = image_.constants,
                                        .sized_map = image_.ring,
                                        .entries = options.ring_bytes}));
  CHECK_OK(write_filter(options.filter));
  TRY(bpf::Ring ring, bpf::Ring::open(loaded_.maps[image_.ring], options.ring_bytes));
  ring_.reset();
  ring_.emplace(std::move(ring));
  calls_attached_.clear();
  return attach_calls(way, options.lives);
}

Result<void> Probes::attach_calls(bpf::CallsWay way, bool lives) {
  const bool raw = way == bpf::CallsWay::raw || way == bpf::CallsWay::tracepoint;
  const auto put = [&](std::size_t program, const char* at) -> Result<void> {
    TRY(Fd attached, bpf::attach(loaded_.programs[program], raw ? at : nullptr));
    calls_attached_.push_back(std::move(attached));
    return {};
  };
  CHECK_OK(put(image_.forks, "sched_process_fork"));
  CHECK_OK(put(image_.execs, "sched_process_exec"));
  if (lives) CHECK_OK(put(image_.renames, "task_rename"));
  CHECK_OK(put(image_.exits, "sched_process_exit"));
  CHECK_OK(put(image_.moves, "cgroup_attach_task"));
  CHECK_OK(put(image_.hotplugs, "cpuhp_enter"));
  if (way != bpf::CallsWay::tracepoint) return put(image_.calls, "sys_exit");
  TRY(const std::uint64_t id, tracepoint_id("syscalls/sys_exit_sched_setaffinity"));
  TRY(Fd attached, bpf::attach_tracepoint(loaded_.programs[image_.calls], id));
  calls_attached_.push_back(std::move(attached));
  return {};
}

Leg Probes::open_commits(const ProbeOptions& options) {
  Leg leg{.name = "commits",
          .chosen = {},
          .reason = "not wanted",
          .blind = "masks as they are replaced, nor which of two calls at once was the last"};
  if (!options.commits) return leg;
  for (const auto way : {bpf::CommitsWay::context, bpf::CommitsWay::flags}) {
    auto opened = open_commits(way, options);
    if (!opened) {
      leg.reason = message(opened.error());
      continue;
    }
    commits_ = std::move(*opened);
    return {
        .name = "commits", .chosen = "fentry/set_cpus_allowed_common", .reason = {}, .blind = {}};
  }
  return leg;
}

Result<std::unique_ptr<Probes::Commits>> Probes::open_commits(bpf::CommitsWay way,
                                                              const ProbeOptions& options) {
  const trace_settings settings = settings_of(options);
  TRY(const bpf::CommitsImage image, bpf::commits_image(way));
  TRY(bpf::Loaded loaded, bpf::load(image.image, {.constants = bytes_of(settings),
                                                  .constants_map = image.constants,
                                                  .sized_map = image.ring,
                                                  .entries = options.ring_bytes}));
  TRY(bpf::Ring ring, bpf::Ring::open(loaded.maps[image.ring], options.ring_bytes));
  auto commits = std::make_unique<Commits>(std::move(loaded), image, std::move(ring));
  for (const Fd& program : commits->loaded.programs) {
    TRY(Fd attached, bpf::attach(program));
    commits->attached.push_back(std::move(attached));
  }
  return commits;
}

void Probes::stop() {
  calls_attached_.clear();
  if (commits_) commits_->attached.clear();
}

Result<void> Probes::write_filter(const Filter& filter) {
  const Fd& wanted = loaded_.maps[image_.wanted];
  if (filter.targets) CHECK_OK(write_wanted(wanted, *filter.targets, trace_wanted_target));
  if (filter.actors) CHECK_OK(write_wanted(wanted, *filter.actors, trace_wanted_actor));
  if (!filter.touches) return {};
  const auto words = filter.touches->words();
  for (std::uint32_t i = 0; i < words.size(); ++i) {
    const std::uint64_t word = words[i];
    CHECK_OK(bpf::write_element(loaded_.maps[image_.touched], &i, &word));
  }
  return {};
}

bool Probes::has(Pid pid, trace_role role) const {
  const trace_wanted_key key{.number = pid.value(), .is_thread = 0};
  std::uint32_t roles = 0;
  return bpf::read_element(loaded_.maps[image_.wanted], &key, &roles) &&
         (roles & static_cast<std::uint32_t>(role)) != 0;
}

std::vector<int> Probes::descriptors() const {
  std::vector<int> descriptors = {loaded_.maps[image_.ring].get()};
  if (commits_) descriptors.push_back(commits_->loaded.maps[commits_->image.ring].get());
  return descriptors;
}

Result<std::vector<trace_counts>> Probes::counts(const Fd& map) const {
  std::vector<trace_counts> counts(possible_cpus_);
  const std::uint32_t only = 0;
  CHECK_OK(bpf::read_element(map, &only, counts.data()));
  return counts;
}

Result<std::vector<trace_counts>> Probes::call_counts() {
  return counts(loaded_.maps[image_.counts]);
}

Result<std::vector<trace_counts>> Probes::commit_counts() {
  if (!commits_) return std::vector<trace_counts>{};
  return counts(commits_->loaded.maps[commits_->image.counts]);
}

std::vector<Suppressed> Probes::suppressed() {
  std::vector<Suppressed> fresh;
  std::map<std::uint32_t, std::uint64_t> told;
  const Fd& map = loaded_.maps[image_.rates];
  std::uint32_t key = 0;
  const void* before = nullptr;
  // An actor that is thrown out of the map meanwhile may let the walk begin anew: it ends all the
  // same.
  for (int i = 0; i < 2 * trace_most_actors; ++i) {
    std::uint32_t next = 0;
    if (!bpf::next_key(map, before, &next)) break;
    key = next;
    before = &key;
    trace_actor_rate rate{};
    if (!bpf::read_element(map, &key, &rate)) continue;
    const auto known = told_suppressed_.find(key);
    std::uint64_t earlier = known == told_suppressed_.end() ? 0 : known->second;
    // It was thrown out and came back, or another has the number.
    if (rate.suppressed < earlier) earlier = 0;
    if (!told.emplace(key, rate.suppressed).second || rate.suppressed == earlier) continue;
    fresh.push_back({.actor = Pid(static_cast<pid_t>(key)),
                     .comm = std::string(rate.comm, ::strnlen(rate.comm, sizeof rate.comm)),
                     .count = rate.suppressed - earlier});
  }
  told_suppressed_ = std::move(told);
  return fresh;
}

}  // namespace pinfold::trace
