// A stream on a system of 8 CPUs, none of whose tasks /proc knows.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/fake_kernel.h"
#include "support/program.h"
#include "trace/records.h"
#include "trace/stream.h"

namespace pinfold::trace {

/// On CLOCK_MONOTONIC, and on that of the events, which is 1000 s ahead.
inline Moment at(int milliseconds) { return Moment(std::chrono::milliseconds(milliseconds)); }
inline Time real(int milliseconds) {
  return Time(std::chrono::seconds(1000) + std::chrono::milliseconds(milliseconds));
}

class StreamTest : public testing::Test {
 protected:
  /// Settings are what they are then.
  Stream& stream() {
    if (!stream_) {
      if (with_lives) options.lives = [this](const Life& life) { lives.push_back(life); };
      stream_.emplace(kernel, options, Wanted(filter, "/"),
                      [this](const Event& event) { events.push_back(event); });
      stream_->use_clock_offset(std::chrono::seconds(1000));
    }
    return *stream_;
  }

  /// Each a millisecond after the one before.
  void take(test::RecordBuilder record, std::uint64_t count = 1) {
    ++now;
    stream().take(record.at(static_cast<std::uint64_t>(now) * 1'000'000).record(), count);
  }

  /// What was told since, which must be one such event.
  template <class One>
  One only() {
    const std::vector<Event> told = std::exchange(events, {});
    EXPECT_EQ(told.size(), 1U);
    const One* const one = told.empty() ? nullptr : std::get_if<One>(&told.back());
    EXPECT_NE(one, nullptr);
    return one ? *one : One();
  }
  SetEvent only_set() { return only<SetEvent>(); }
  SetEvent tell(const test::RecordBuilder& record) {
    take(record);
    return only_set();
  }

  static TaskMasks masks(pid_t tid, const char* allowed, std::uint64_t start = 100) {
    TaskMasks masks;
    masks.task.pid = Pid(tid);
    masks.task.tid = Tid(tid);
    masks.task.start_time = start;
    masks.task.name = "task";
    masks.allowed = test::cpus(allowed);
    return masks;
  }
  /// What a snapshot at the next moment says is known without being told.
  void know(pid_t tid, const char* allowed, std::uint64_t start = 100) {
    ++now;
    EXPECT_TRUE(stream().compare({masks(tid, allowed, start)}, at(now), Whole::no).empty());
  }

  test::FakeKernel kernel{test::cpus("0-7")};
  StreamOptions options{.shape = {.cpu_ids = 8}, .possible = test::cpus("0-7"), .isolated = {}};
  Filter filter;
  std::vector<Event> events;
  bool with_lives = false;
  std::vector<Life> lives;
  int now = 0;  // milliseconds

 private:
  std::optional<Stream> stream_;
};

}  // namespace pinfold::trace
