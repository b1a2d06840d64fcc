#include "trace/merger.h"

#include <gtest/gtest.h>

#include "trace/records.h"

namespace pinfold::trace {
namespace {

using test::nobody;
using test::RecordBuilder;

RecordBuilder call(unsigned cpu, pid_t actor, std::int64_t result = 0) {
  return RecordBuilder(trace_set).cpu(cpu).self({.pid = actor, .tid = actor}).result(result);
}

class MergerTest : public testing::Test {
 protected:
  struct Used {
    std::uint64_t time;
    pid_t actor;
    std::uint64_t count;
    bool operator==(const Used&) const = default;
  };
  void take(RecordBuilder record) { merger.take(record.at(++now).record()); }

  RecordShape shape{.cpu_ids = 8};
  std::vector<Used> used;
  std::uint64_t now = 0;
  Merger merger{shape, [this](const Record& record, std::uint64_t count) {
                  used.push_back({record->time, record->actor.tid, count});
                }};
};

TEST_F(MergerTest, UnpressedItHoldsNothingBack) {
  take(call(0, 1));
  take(call(0, 1));
  EXPECT_EQ(used, (std::vector<Used>{{1, 1, 1}, {2, 1, 1}}));
}

TEST_F(MergerTest, RepeatsBecomeTheLastOfThem) {
  merger.press(true);
  for (int i = 0; i < 3; ++i)
    take(call(0, 1));
  EXPECT_TRUE(used.empty());
  merger.flush();
  merger.flush();
  EXPECT_EQ(used, (std::vector<Used>{{3, 1, 3}}));
}

TEST_F(MergerTest, EachCpuHasItsRepeats) {
  merger.press(true);
  for (int i = 0; i < 2; ++i) {
    take(call(0, 1));
    take(call(5, 2));
  }
  merger.flush();
  EXPECT_EQ(used, (std::vector<Used>{{3, 1, 2}, {4, 2, 2}}));
}

TEST_F(MergerTest, ACallThatDiffersIsNoRepeat) {
  merger.press(true);
  const RecordBuilder first = call(0, 1);
  for (const auto& other : {call(0, 2), call(0, 1, -EINVAL), call(0, 1).argument(5),
                            call(0, 1).target({.pid = 3, .tid = 3}),
                            RecordBuilder(trace_get).self({.pid = 1, .tid = 1})}) {
    take(first);
    take(other);
  }
  merger.flush();
  EXPECT_EQ(used.size(), 10U);
}

TEST_F(MergerTest, WhatIsNoCallComesAfterTheCallsBeforeIt) {
  merger.press(true);
  take(call(0, 1));
  take(RecordBuilder(trace_exit).cpu(3).actor({.pid = 1, .tid = 1}));
  take(call(0, 1));
  merger.flush();
  EXPECT_EQ(used, (std::vector<Used>{{1, 1, 1}, {2, 1, 1}, {3, 1, 1}}));
}

TEST_F(MergerTest, WhatIsToldIsInItsOrder) {
  merger.press(true);
  take(call(7, 1));
  take(call(0, 2));
  take(call(7, 1));
  take(call(3, 3));
  take(call(7, 4));  // ends the repeats of 1, before which 2 ended and 3 did not
  EXPECT_EQ(used, (std::vector<Used>{{2, 2, 1}, {3, 1, 2}}));
  take(call(0, 5));
  merger.press(false);
  take(call(0, 6));
  EXPECT_EQ(used,
            (std::vector<Used>{{2, 2, 1}, {3, 1, 2}, {4, 3, 1}, {5, 4, 1}, {6, 5, 1}, {7, 6, 1}}));
}

}  // namespace
}  // namespace pinfold::trace
