#include "trace/runs.h"

#include <algorithm>
#include <utility>

#include "base/try.h"
#include "bpf/syscalls.h"

namespace pinfold::trace {
namespace {

Moment moment_of(unsigned long long nanoseconds) {
  return Moment(std::chrono::nanoseconds(nanoseconds));
}

}  // namespace

Runs::Runs(bpf::Loaded loaded, const bpf::RunsImage& image, bpf::Ring ring,
           std::vector<CpuId> possible)
    : loaded_(std::move(loaded)),
      image_(image),
      ring_(std::move(ring)),
      possible_(std::move(possible)) {
  if (!possible_.empty()) cpus_.resize(possible_.back().value() + 1);
}

Result<Runs> Runs::open(const ProbeOptions& options, std::vector<CpuId> possible) {
  trace_settings settings = settings_of(options);
  TRY(const bpf::RunsImage image, bpf::runs_image());
  TRY(bpf::Loaded loaded,
      bpf::load(image.image,
                {.constants = {reinterpret_cast<const unsigned char*>(&settings), sizeof settings},
                 .constants_map = image.constants,
                 .sized_map = image.ring,
                 .entries = options.ring_bytes}));
  TRY(bpf::Ring ring, bpf::Ring::open(loaded.maps[image.ring], options.ring_bytes));
  Runs runs(std::move(loaded), image, std::move(ring), std::move(possible));
  const auto& targets = options.filter.targets;
  if (targets)
    CHECK_OK(write_wanted(runs.loaded_.maps[image.wanted], *targets, trace_wanted_target));
  CHECK_OK(runs.attach(targets && options.filter.follow));
  return runs;
}

Result<void> Runs::attach(bool follow) {
  const auto put = [&](std::size_t program) -> Result<void> {
    TRY(Fd attached, bpf::attach(loaded_.programs[program]));
    attached_.push_back(std::move(attached));
    return {};
  };
  CHECK_OK(put(image_.frees));
  if (follow) CHECK_OK(put(image_.forks));
  return put(image_.switches);
}

// One that is off has nobody to cut, and begins with a switch when it comes.
void Runs::cut() {
  for (const CpuId cpu : possible_)
    (void)bpf::run_on(loaded_.programs[image_.cuts], cpu);
}

Result<void> Runs::begin(Moment now) {
  TRY(const auto counts, this->counts());
  ring_.drain([](std::span<const unsigned char>) {});
  began_ = now;
  for (std::size_t i = 0; i < possible_.size() && i < counts.size(); ++i)
    cpus_[possible_[i].value()] = {.lost = counts[i].lost, .last = began_};
  cut();
  return {};
}

void Runs::stop() {
  cut();
  attached_.clear();
}

Result<std::vector<trace_counts>> Runs::counts() const {
  std::vector<trace_counts> counts(possible_.size());
  const std::uint32_t only = 0;
  CHECK_OK(bpf::read_element(loaded_.maps[image_.counts], &only, counts.data()));
  return counts;
}

std::optional<RunsLost> Runs::lose(CpuId cpu, std::uint64_t count, Moment until,
                                   const std::function<Time(Moment)>& time) {
  if (count == 0) return std::nullopt;
  Cpu& one = cpus_[cpu.value()];
  one.lost += count;
  return RunsLost{.from = time(one.last), .to = time(until), .cpu = cpu, .count = count};
}

// Counts first: what is lost by then stands in them, and all that was written is read after.
Result<void> Runs::drain(Moment now, const std::function<Time(Moment)>& time,
                         const LifeSink& tell) {
  TRY(const auto counts, this->counts());
  ring_.drain([&](std::span<const unsigned char> bytes) {
    const auto& run = *reinterpret_cast<const trace_run*>(bytes.data());
    const Moment to = moment_of(run.to);
    if (to <= began_ || run.cpu >= cpus_.size()) return;
    const CpuId cpu(run.cpu);
    Cpu& one = cpus_[run.cpu];
    // One that was on its way while the counts were read says less than they.
    const auto more = static_cast<std::int32_t>(run.lost - static_cast<std::uint32_t>(one.lost));
    const Moment from = std::max(moment_of(run.from), began_);
    if (more > 0) {
      if (const auto lost = lose(cpu, static_cast<std::uint32_t>(more), from, time)) tell(*lost);
    }
    one.last = to;
    tell(Ran{
        .from = time(from), .to = time(to), .cpu = cpu, .pid = Pid(run.pid), .tid = Tid(run.tid)});
  });
  for (std::size_t i = 0; i < possible_.size() && i < counts.size(); ++i) {
    const std::uint64_t known = cpus_[possible_[i].value()].lost;
    const std::uint64_t more = counts[i].lost > known ? counts[i].lost - known : 0;
    if (const auto lost = lose(possible_[i], more, now, time)) tell(*lost);
  }
  return {};
}

}  // namespace pinfold::trace
