#include "trace_files.h"

#include "base/try.h"
#include "console.h"

namespace pinfold::tool {

Result<TraceFiles> TraceFiles::open(const TraceFileNames& names) {
  TraceFiles files;
  files.names_ = names;
  if (names.history) {
    TRY(files.recorder_, history::Recorder::open(*names.history, {.bounds = names.bounds}));
  }
  return files;
}

void TraceFiles::add(const trace::Event& event) {
  if (recorder_) recorder_->add(event);
}

void TraceFiles::add(const trace::Life& life) {
  if (recorder_) recorder_->add(life);
}

void TraceFiles::start() {
  if (recorder_) recorder_->start();
}

void TraceFiles::print_problems() {
  const auto problem = recorder_ ? recorder_->take_problem() : std::nullopt;
  if (!problem) return;
  print_error("the history is not written: " + message(*problem));
  print_hint("tracing goes on, and it is tried again every second; what is missing is counted");
}

Result<void> TraceFiles::finish() {
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

}  // namespace pinfold::tool
