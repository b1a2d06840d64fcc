// A trace as a file that opens in Perfetto (ui.perfetto.dev): who ran where, what each thread was
// allowed, and who changed it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <pinfold/result.h>

#include "events/event.h"
#include "events/life.h"

namespace pinfold::tool {

struct PerfettoOptions {
  /// When four fifths are full, who ran where is left out; when it is full, all else. The file says
  /// so. No file is so small that its first and last packets would not fit, some kilobytes.
  std::uint64_t most_bytes = std::uint64_t{256} << 20;
  /// How many are remembered at a time; of others the longest silent are forgotten, and drawn as
  /// new ones when they are heard of again.
  std::size_t most_threads = std::size_t{1} << 18;
};

struct PerfettoSummary {
  std::uint64_t bytes = 0;
  std::uint64_t packets = 0;
  // Left out because the file was full:
  std::uint64_t runs = 0;
  std::uint64_t changes = 0;  ///< merged ones counted each; and gets
  std::uint64_t others = 0;   ///< births, ends, snapshots, losses
  /// Left out because somebody else had run there at that time: the clock was set back.
  std::uint64_t overlapping = 0;

  [[nodiscard]] bool was_full() const { return runs + changes + others != 0; }
};

/// Events and lives may come in any mixture, each as it becomes known; times need not ascend.
/// Memory grows with the threads that are alive at a time, not with those that ever were.
///
/// What is known is on disk within a second of the trace's time or 64 KiB, in whole packets: the
/// file is written in place, and can be opened whatever becomes of the writer. Errors are of kind
/// `system` with the path (no room: ENOSPC); after one, each call returns it again.
class PerfettoFile {
 public:
  /// A file that is there is overwritten. It may be a pipe.
  static Result<PerfettoFile> create(const std::string& path, const PerfettoOptions& options = {});

  PerfettoFile(PerfettoFile&& other) noexcept;
  PerfettoFile& operator=(PerfettoFile&& other) noexcept;
  PerfettoFile(const PerfettoFile&) = delete;
  PerfettoFile& operator=(const PerfettoFile&) = delete;
  /// Without finish() what was told is written, but what is open stays open.
  ~PerfettoFile();

  Result<void> add(const trace::Event& event);
  Result<void> add(const trace::Life& life);

  /// The end of the file. Nothing may be added after it.
  Result<PerfettoSummary> finish();

 private:
  class Writer;
  explicit PerfettoFile(std::unique_ptr<Writer> writer);

  std::unique_ptr<Writer> writer_;
};

}  // namespace pinfold::tool
