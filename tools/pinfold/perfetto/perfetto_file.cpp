#include "perfetto/perfetto_file.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "base/try.h"
#include "perfetto/change.h"
#include "perfetto/cpu_tracks.h"
#include "perfetto/output.h"
#include "perfetto/own_tracks.h"
#include "perfetto/size_bound.h"
#include "perfetto/thread_tracks.h"

namespace pinfold::tool {
namespace {

// For the last packets: the end, and what was left out.
constexpr std::uint64_t last_packets = 2048;

std::string count(std::uint64_t number, const char* what) {
  return std::to_string(number) + ' ' + what;
}

}  // namespace

class PerfettoFile::Writer {
 public:
  Writer(TraceOutput out, const PerfettoOptions& options)
      : out_(std::move(out)), options_(options), threads_(ids_, options.most_threads) {}

  void take(const trace::Event& event) {
    std::visit([&](const auto& one) { take_event(event, one); }, event);
  }

  void take(const trace::Life& life) {
    if (const auto* ran = std::get_if<trace::Ran>(&life)) return take_ran(*ran);
    if (!has_room(size_bound(life))) {
      ++left_out_.others;
    } else if (const auto* alive = std::get_if<trace::Alive>(&life)) {
      const trace::Time time = pass(alive->time);
      threads_.allow(out_, threads_.meet(out_, time, alive->task), time, alive->allowed);
    } else if (const auto* ended = std::get_if<trace::Ended>(&life)) {
      pass(ended->time);
      threads_.end(out_, *ended);
    } else if (const auto* lost = std::get_if<trace::RunsLost>(&life)) {
      own_.note(out_, pass(lost->to),
                count(lost->count, "slices of running") + " on CPU " +
                    std::to_string(lost->cpu.value()) + " are missing: the kernel had no room");
    }
  }

  PerfettoSummary finish() {
    begin(std::chrono::system_clock::now());
    close();
    PerfettoSummary summary = left_out_;
    if (summary.was_full()) {
      own_.note(out_, latest_,
                "left out, the file is full: " + count(summary.runs, "slices of running, ") +
                    count(summary.changes, "changes, ") + count(summary.others, "other events"));
    }
    out_.flush();
    summary.bytes = out_.bytes();
    summary.packets = out_.packets();
    return summary;
  }

  [[nodiscard]] Result<void> state() const { return out_.state(); }

 private:
  enum class Stage {
    everything,
    without_runs,
    closed
  };

  // A time that was not given is that of what was told last.
  trace::Time pass(trace::Time time) {
    if (time == trace::Time()) time = latest_;
    begin(time);
    latest_ = std::max(latest_, time);
    return time;
  }

  void begin(trace::Time time) {
    if (out_.packets() > 0) return;
    latest_ = time;
    put_clock(out_, time);
    own_.begin(out_, time);
  }

  bool has_room(std::uint64_t bytes) {
    if (stage_ == Stage::closed) return false;
    const std::uint64_t closing = threads_.closing_bytes() + cpus_.closing_bytes() + last_packets;
    if (out_.bytes() + bytes + closing <= options_.most_bytes) return true;
    cap("capped here: the file is full, nothing is told from now on");
    return false;
  }

  void cap(const char* text) {
    begin(std::chrono::system_clock::now());
    close();
    own_.note(out_, latest_, text);
    stage_ = Stage::closed;
  }

  void close() {
    if (stage_ == Stage::closed) return;
    cpus_.close(out_);
    threads_.close(out_, latest_);
  }

  void take_ran(const trace::Ran& ran) {
    const bool is_idle = ran.tid == Tid();
    if (is_idle) return;
    if (stage_ == Stage::everything && out_.bytes() > options_.most_bytes / 5 * 4) {
      stage_ = Stage::without_runs;
      cpus_.close(out_);
      own_.note(out_, latest_, "capped here: who runs where is not told from now on");
    }
    if (stage_ != Stage::everything || !has_room(size_bound(ran))) {
      ++left_out_.runs;
      return;
    }
    const trace::Time from = pass(ran.from);
    const trace::TargetTask task{.pid = ran.pid, .tid = ran.tid, .comm = {}, .cgroup = {}};
    Thread& thread = threads_.meet(out_, from, task);
    pass(ran.to);
    if (cpus_.ran(out_, ran, thread.comm)) {
      ThreadTracks::ran(thread, ran.cpu, ran.to);
    } else {
      ++left_out_.overlapping;
    }
  }

  void take_event(const trace::Event& event, const trace::SetEvent& set) {
    if (!has_room(size_bound(event))) {
      left_out_.changes += set.count;
      return;
    }
    const trace::Time time = pass(set.time);
    if (set.actor) threads_.rename(out_, time, *set.actor);
    if (!set.target) return put_event(out_, time, change_event(own_.id(), set));
    Thread& thread = threads_.meet(out_, time, *set.target);
    put_event(out_, time, change_event(thread.track, set));
    if (set.effective) threads_.allow(out_, thread, time, *set.effective);
  }

  void take_event(const trace::Event& event, const trace::GetEvent& get) {
    if (!has_room(size_bound(event))) {
      left_out_.changes += get.count;
      return;
    }
    const trace::Time time = pass(get.time);
    threads_.rename(out_, time, get.actor);
    TrackId track = own_.id();
    if (get.target) track = threads_.meet(out_, time, *get.target).track;
    put_event(out_, time, change_event(track, get));
  }

  void take_event(const trace::Event& event, const trace::LostEvent& lost) {
    if (!has_room(size_bound(event))) {
      ++left_out_.others;
      return;
    }
    trace::LostEvent timed = lost;
    timed.to = pass(lost.to);
    if (timed.from == trace::Time()) timed.from = timed.to;
    own_.tell(out_, timed);
  }

  // The last one has room in any case.
  void take_event(const trace::Event& /*event*/, const trace::EndEvent& end) {
    own_.tell(out_, pass(end.time), end);
  }

  template <class Other>
  void take_event(const trace::Event& event, const Other& other) {
    if (!has_room(size_bound(event))) {
      ++left_out_.others;
      return;
    }
    own_.tell(out_, pass(other.time), other);
  }

  TraceOutput out_;
  PerfettoOptions options_;
  Stage stage_ = Stage::everything;
  trace::Time latest_;
  TrackIds ids_;
  OwnTracks own_{ids_};
  ThreadTracks threads_;
  CpuTracks cpus_{ids_};
  PerfettoSummary left_out_;
};

Result<PerfettoFile> PerfettoFile::create(const std::string& path, const PerfettoOptions& options) {
  TRY(TraceOutput out, TraceOutput::create(path));
  return PerfettoFile(std::make_unique<Writer>(std::move(out), options));
}

PerfettoFile::PerfettoFile(std::unique_ptr<Writer> writer) : writer_(std::move(writer)) {}
PerfettoFile::PerfettoFile(PerfettoFile&& other) noexcept = default;
PerfettoFile& PerfettoFile::operator=(PerfettoFile&& other) noexcept = default;
PerfettoFile::~PerfettoFile() = default;

Result<void> PerfettoFile::add(const trace::Event& event) {
  writer_->take(event);
  return writer_->state();
}

Result<void> PerfettoFile::add(const trace::Life& life) {
  writer_->take(life);
  return writer_->state();
}

Result<PerfettoSummary> PerfettoFile::finish() {
  const PerfettoSummary summary = writer_->finish();
  CHECK_OK(writer_->state());
  return summary;
}

}  // namespace pinfold::tool
