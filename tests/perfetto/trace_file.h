// A trace file of a test: what is told to it, and what is in it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "perfetto/parsed_trace.h"
#include "perfetto/perfetto_file.h"
#include "support/own_folder.h"

namespace pinfold::test {

/// So many nanoseconds after a certain second of 2026.
trace::Time at(std::int64_t nanoseconds);
/// The same, as it stands in a file.
std::uint64_t stamp(std::int64_t nanoseconds);

/// Everything of one thread that a test needs.
trace::TargetTask task(pid_t pid, pid_t tid, const std::string& comm, std::uint64_t start = 1);
trace::Alive alive(std::int64_t time, const trace::TargetTask& task, const char* allowed);
trace::Ended ended(std::int64_t time, const trace::TargetTask& task);
trace::Ran ran(unsigned cpu, std::int64_t from, std::int64_t to, pid_t tid);
/// A call of taskset (99) that went well.
trace::SetEvent set(std::int64_t time, const trace::TargetTask& task, const char* old,
                    const char* effective);

class TraceFile {
 public:
  explicit TraceFile(const tool::PerfettoOptions& options = {});

  TraceFile& tell(const trace::Life& life);
  TraceFile& tell(const trace::Event& event);
  /// What is on disk at this moment.
  [[nodiscard]] ParsedTrace now() const { return parse_trace(path()); }
  /// The whole file. That Perfetto finds nothing wrong with it is asserted.
  ParsedTrace finish();
  [[nodiscard]] const tool::PerfettoSummary& summary() const { return summary_; }
  [[nodiscard]] std::string path() const { return folder_.path() + "/trace.pftrace"; }
  /// As an interrupted program does it.
  void drop() { file_.reset(); }

 private:
  OwnFolder folder_;
  std::optional<tool::PerfettoFile> file_;
  tool::PerfettoSummary summary_;
};

}  // namespace pinfold::test
