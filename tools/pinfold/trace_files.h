// Where trace writes to besides stdout.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "events/life.h"
#include "history/recorder.h"
#include "perfetto/perfetto_file.h"
#include "timeline/timeline.h"

namespace pinfold::tool {

struct TraceFileNames {
  std::optional<std::string> history;  ///< recorded there
  history::Bounds bounds;              ///< of the history
  std::optional<std::string> html;     ///< a page of it, written at the end
  std::optional<std::string> perfetto;

  [[nodiscard]] bool any() const { return history || has_pictures(); }
  /// Which show where threads ran, too.
  [[nodiscard]] bool has_pictures() const { return html || perfetto; }
};

class TraceFiles {
 public:
  /// Kind `system`, `unsupported` or `busy` where one of them cannot be written.
  static Result<TraceFiles> open(const TraceFileNames& names);

  void add(const trace::Event& event);
  void add(const trace::Life& life);

  /// From now on with the capabilities that there are now.
  void start();
  /// Says on stderr what keeps them from being written. The tracing goes on.
  void print_problems();
  /// All is written, or an error says what is not; what else there is to know is told on stderr.
  Result<void> finish();

 private:
  TraceFiles() = default;
  template <class Told>
  void add_everywhere(const Told& told);
  Result<void> finish_recording();
  Result<void> finish_pictures();
  // Tells on stderr that one of them is not written, once.
  void give_up_perfetto(const Error& error);

  TraceFileNames names_;
  std::unique_ptr<history::Recorder> recorder_;
  std::optional<Timeline> timeline_;
  std::optional<PerfettoFile> perfetto_;
  std::optional<Error> perfetto_error_;
};

}  // namespace pinfold::tool
