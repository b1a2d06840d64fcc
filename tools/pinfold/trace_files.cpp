#include "trace_files.h"

#include <utility>

#include "base/try.h"
#include "console.h"

namespace pinfold::tool {
namespace {

void print_summary(const PerfettoSummary& summary, const std::string& path) {
  if (!summary.was_full()) return;
  print_note(path + " was full: left out are " + std::to_string(summary.runs) + " runs, " +
             std::to_string(summary.changes) + " changes and " + std::to_string(summary.others) +
             " others");
}

}  // namespace

Result<TraceFiles> TraceFiles::open(const TraceFileNames& names) {
  TraceFiles files;
  files.names_ = names;
  if (names.history) {
    TRY(files.recorder_, history::Recorder::open(*names.history, {.bounds = names.bounds}));
  }
  if (names.perfetto) {
    TRY(files.perfetto_, PerfettoFile::create(*names.perfetto));
  }
  if (names.html) {
    files.timeline_.emplace();
    // What cannot be written is better known now than at the end.
    CHECK_OK(files.timeline_->write(*names.html));
  }
  return files;
}

void TraceFiles::give_up_perfetto(const Error& error) {
  perfetto_error_ = error;
  print_error(error);
  print_hint("tracing goes on; " + *names_.perfetto + " ends here");
}

template <class Told>
void TraceFiles::add_everywhere(const Told& told) {
  if (recorder_) recorder_->add(told);
  if (timeline_) timeline_->add(told);
  if (!perfetto_ || perfetto_error_) return;
  if (const auto added = perfetto_->add(told); !added) give_up_perfetto(added.error());
}

void TraceFiles::add(const trace::Event& event) { add_everywhere(event); }

void TraceFiles::add(const trace::Life& life) { add_everywhere(life); }

void TraceFiles::start() {
  if (recorder_) recorder_->start();
}

void TraceFiles::print_problems() {
  const auto problem = recorder_ ? recorder_->take_problem() : std::nullopt;
  if (!problem) return;
  print_error("the history is not written: " + message(*problem));
  print_hint("tracing goes on, and it is tried again every second; what is missing is counted");
}

Result<void> TraceFiles::finish_recording() {
  if (!recorder_) return {};
  TRY(const history::Recorded recorded, recorder_->finish());
  if (recorded.missing > 0) {
    return fail({.kind = ErrorKind::unsupported,
                 .text = *names_.history,
                 .reason = std::to_string(recorded.missing) + " events could not be recorded"});
  }
  print_note("recorded " + std::to_string(recorded.changes) +
             (recorded.changes == 1 ? " change in " : " changes in ") + *names_.history);
  return {};
}

Result<void> TraceFiles::finish_pictures() {
  if (perfetto_error_) return fail(Error(*perfetto_error_));
  if (perfetto_) {
    TRY(const PerfettoSummary summary, perfetto_->finish());
    print_summary(summary, *names_.perfetto);
  }
  if (timeline_) CHECK_OK(timeline_->write(*names_.html));
  return {};
}

Result<void> TraceFiles::finish() {
  auto recorded = finish_recording();
  auto drawn = finish_pictures();
  if (!recorded && !drawn) print_error(drawn.error());
  return recorded ? std::move(drawn) : std::move(recorded);
}

}  // namespace pinfold::tool
