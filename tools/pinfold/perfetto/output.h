// The file of a trace as it grows, packet by packet.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <pinfold/result.h>

#include "base/fd.h"
#include "events/event.h"
#include "perfetto/message.h"

namespace pinfold::tool {

/// A trace is nothing but its packets, one behind the other: whole packets are written, so that
/// what is there can be read at any time, whatever becomes of who writes it. The first error stays;
/// after it nothing is written.
class TraceOutput {
 public:
  /// What was in the file is gone. An error is of kind `system` with the path.
  static Result<TraceOutput> create(const std::string& path);

  TraceOutput(TraceOutput&&) noexcept = default;
  TraceOutput& operator=(TraceOutput&&) = delete;
  TraceOutput(const TraceOutput&) = delete;
  TraceOutput& operator=(const TraceOutput&) = delete;
  ~TraceOutput();

  /// What makes it one sequence is added. `time` is when it was; of ftrace events, whose own times
  /// count, roughly.
  void put(trace::Time time, ProtoMessage packet);
  void flush();

  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] std::uint64_t packets() const { return packets_; }
  [[nodiscard]] Result<void> state() const;

 private:
  TraceOutput(Fd file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}

  Fd file_;
  std::string path_;
  std::string waiting_;
  trace::Time flushed_;
  std::uint64_t bytes_ = 0;
  std::uint64_t packets_ = 0;
  int error_ = 0;  // errno
};

}  // namespace pinfold::tool
