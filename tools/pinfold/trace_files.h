// Where trace writes to besides stdout.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "events/life.h"
#include "history/recorder.h"

namespace pinfold::tool {

struct TraceFileNames {
  std::optional<std::string> history;  ///< recorded there
  history::Bounds bounds;              ///< of the history

  [[nodiscard]] bool any() const { return history.has_value(); }
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

  TraceFileNames names_;
  std::unique_ptr<history::Recorder> recorder_;
};

}  // namespace pinfold::tool
