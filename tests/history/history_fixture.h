// What tests of a history share: a file of one's own, events made short, and what is read back.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "history/reader.h"
#include "history/writer.h"
#include "support/own_folder.h"
#include "support/program.h"

namespace pinfold::history {

inline constexpr const char* this_boot = "11111111-2222-3333-4444-555555555555";

/// Seconds after noon, 2025-11-27.
trace::Time noon(double seconds = 0);

trace::StartEvent start_at(trace::Time time, std::uint64_t seq = 1);
/// A call of taskset (900) that gave the only thread of a process these CPUs.
trace::SetEvent set_at(trace::Time time, std::uint64_t seq, pid_t thread = 1234,
                       const char* list = "0-1");
trace::EndEvent end_at(trace::Time time, std::uint64_t seq);
trace::LostEvent lost_at(trace::Time from, trace::Time to, std::uint64_t seq, std::uint64_t count);

/// All that an event says, byte by byte: what is the same has the same text.
std::string whole(const trace::Event& event);

/// A writer of which the test takes for granted that it works.
class Pen {
 public:
  explicit Pen(const std::string& path, const Bounds& bounds = {});

  template <class Value>
  Pen& add(const Value& value) {
    expect(writer_->add(value));
    return *this;
  }
  Pen& commit(trace::Time now) { return expect(writer_->commit(now)); }
  Pen& close(trace::Time now) { return expect(writer_->close(now)); }
  Pen& rollback() {
    writer_->rollback();
    return *this;
  }
  Writer& writer() { return *writer_; }
  /// As a crash leaves it: what was committed is there, and nothing was closed.
  void drop() { writer_.reset(); }

 private:
  Pen& expect(const Result<void>& result);

  std::optional<Writer> writer_;
};

class HistoryTest : public testing::Test {
 protected:
  [[nodiscard]] Pen pen(const Bounds& bounds = {}) const { return Pen(path_, bounds); }
  /// A whole recording: a start, what is given, and its end in order.
  void record(trace::Time from, const std::vector<trace::SetEvent>& changes, trace::Time to) const;

  [[nodiscard]] Reader reader() const;
  [[nodiscard]] std::vector<Entry> read(const Query& query = {},
                                        trace::Time now = noon(3600)) const;
  [[nodiscard]] std::vector<trace::SetEvent> changes(const Query& query = {}) const;
  [[nodiscard]] std::vector<Gap> gaps(const Query& query = {}, trace::Time now = noon(3600)) const;
  /// Of the changes, their numbers in their streams.
  [[nodiscard]] std::vector<std::uint64_t> numbers(const Query& query) const;
  /// "1234:0-1 1240:3", or why there is none.
  [[nodiscard]] std::string state(trace::Time moment) const;

  test::OwnFolder folder_;
  std::string path_ = folder_.path() + "/history.db";
};

std::vector<trace::SetEvent> changes_of(const std::vector<Entry>& entries);
std::vector<Gap> gaps_of(const std::vector<Entry>& entries);

/// So that a gap that is not expected can be read.
void PrintTo(const Gap& gap, std::ostream* out);

MATCHER_P3(GapIs, from, to, count, "a gap") {
  return arg.from == from && arg.to == to && arg.count == static_cast<std::uint64_t>(count);
}

}  // namespace pinfold::history
