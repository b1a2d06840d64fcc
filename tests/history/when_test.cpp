// Moments, as people write them. The clocks of Berlin and New York change twice a year.
#include "history/when.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <vector>

#include "events/json_text.h"

namespace pinfold::history {
namespace {

using trace::Time;

class When : public testing::Test {
 protected:
  When() { zone("UTC"); }
  ~When() override { zone("UTC"); }

  static void zone(const char* name) {
    ::setenv("TZ", name, 1);
    ::tzset();
  }
  static Time utc(int year, unsigned month, unsigned day, int hour, int minute, double second = 0) {
    using namespace std::chrono;
    return Time(sys_days(std::chrono::year(year) / std::chrono::month(month) /
                         std::chrono::day(day))) +
           hours(hour) + minutes(minute) + nanoseconds(static_cast<std::int64_t>(second * 1e9));
  }
  /// As UTC, or the reason why there is none.
  static std::string when(const char* text, Time now) {
    const auto moment = parse_when(text, now);
    return moment ? trace::utc_text(*moment) : moment.error().reason;
  }
  const Time now_ = utc(2026, 11, 27, 15, 30, 12.5);
  [[nodiscard]] std::string when(const char* text) const { return when(text, now_); }
};

TEST_F(When, SoLongAgo) {
  EXPECT_EQ(when("90s"), "2026-11-27T15:28:42.500000000Z");
  EXPECT_EQ(when("30m"), "2026-11-27T15:00:12.500000000Z");
  EXPECT_EQ(when("1h"), "2026-11-27T14:30:12.500000000Z");
  EXPECT_EQ(when("2d"), "2026-11-25T15:30:12.500000000Z");
  EXPECT_EQ(when("1w"), "2026-11-20T15:30:12.500000000Z");
  EXPECT_EQ(when("0s"), "2026-11-27T15:30:12.500000000Z");
  EXPECT_EQ(when("36500d"), "1926-12-22T15:30:12.500000000Z");
}

TEST_F(When, TheLastTimeThatTheClockShowedThat) {
  EXPECT_EQ(when("14:05"), "2026-11-27T14:05:00.000000000Z");
  EXPECT_EQ(when("14:05:30"), "2026-11-27T14:05:30.000000000Z");
  EXPECT_EQ(when("14:05:30.25"), "2026-11-27T14:05:30.250000000Z");
  EXPECT_EQ(when("15:30"), "2026-11-27T15:30:00.000000000Z");
  EXPECT_EQ(when("15:30:12.5"), "2026-11-27T15:30:12.500000000Z");
  EXPECT_EQ(when("15:30:12.500000001"), "2026-11-26T15:30:12.500000001Z");
  EXPECT_EQ(when("15:31"), "2026-11-26T15:31:00.000000000Z");
  EXPECT_EQ(when("00:00"), "2026-11-27T00:00:00.000000000Z");
  EXPECT_EQ(when("23:59", utc(2027, 1, 1, 0, 0)), "2026-12-31T23:59:00.000000000Z");
}

TEST_F(When, ADateAndATime) {
  EXPECT_EQ(when("2026-11-27"), "2026-11-27T00:00:00.000000000Z");
  EXPECT_EQ(when("2026-11-27 14:05"), "2026-11-27T14:05:00.000000000Z");
  EXPECT_EQ(when("2026-11-27T14:05:30"), "2026-11-27T14:05:30.000000000Z");
  EXPECT_EQ(when("2026-11-27T14:05:30.123456789"), "2026-11-27T14:05:30.123456789Z");
  EXPECT_EQ(when("2024-02-29"), "2024-02-29T00:00:00.000000000Z");
  EXPECT_EQ(when("2199-12-31 23:59:59"), "2199-12-31T23:59:59.000000000Z");
  EXPECT_EQ(when("1970-01-01"), "1970-01-01T00:00:00.000000000Z");
}

TEST_F(When, InLocalTimeButForAZ) {
  zone("CET-1CEST,M3.5.0,M10.5.0/3");
  EXPECT_EQ(when("2026-11-27 14:05"), "2026-11-27T13:05:00.000000000Z");
  EXPECT_EQ(when("2026-07-01 14:05"), "2026-07-01T12:05:00.000000000Z") << "as it was then";
  EXPECT_EQ(when("2026-07-01 14:05Z"), "2026-07-01T14:05:00.000000000Z");
  EXPECT_EQ(when("2026-07-01T14:05:30.5Z"), "2026-07-01T14:05:30.500000000Z");
  EXPECT_EQ(when("2026-11-27"), "2026-11-26T23:00:00.000000000Z");
  EXPECT_EQ(when("16:00"), "2026-11-27T15:00:00.000000000Z");
  EXPECT_EQ(when("16:31"), "2026-11-26T15:31:00.000000000Z");
}

// In Berlin 2026-10-25 has 02:00 to 03:00 twice: from 00:00Z in summer time, from 01:00Z in winter
// time.
TEST_F(When, AnHourThatTheClockShowsTwice) {
  zone("CET-1CEST,M3.5.0,M10.5.0/3");
  const Time after = utc(2026, 10, 25, 12, 0);
  EXPECT_EQ(when("02:30", after), "2026-10-25T01:30:00.000000000Z") << "the last time";
  const Time between = utc(2026, 10, 25, 0, 45);
  EXPECT_EQ(when("02:30", between), "2026-10-25T00:30:00.000000000Z") << "the last time so far";
  // Whatever was asked before.
  for (const char* before : {"2026-07-01 12:00", "2026-12-01 12:00"}) {
    ASSERT_FALSE(when(before, after).empty());
    EXPECT_EQ(when("02:30", after), "2026-10-25T01:30:00.000000000Z") << before;
    EXPECT_EQ(when("2026-10-25 02:30", after), "2026-10-25T00:30:00.000000000Z")
        << "with a date the first: --since leaves nothing out";
  }
}

// In Berlin 2026-03-29 has no 02:30.
TEST_F(When, AnHourThatTheClockLeavesOut) {
  zone("CET-1CEST,M3.5.0,M10.5.0/3");
  const Time after = utc(2026, 3, 29, 12, 0);
  for (const char* before : {"2026-07-01 12:00", "2026-12-01 12:00"}) {
    ASSERT_FALSE(when(before, after).empty());
    EXPECT_EQ(when("2026-03-29 02:30", after), "2026-03-29T01:30:00.000000000Z") << before;
  }
  EXPECT_EQ(when("02:30", after), "2026-03-28T01:30:00.000000000Z")
      << "it showed that a day before";
  zone("EST5EDT,M3.2.0,M11.1.0");
  EXPECT_EQ(when("2026-03-08 02:30", after), "2026-03-08T07:30:00.000000000Z");
}

TEST_F(When, WhatNobodyCanMeanIsAnError) {
  for (const char* text : {"yesterday",
                           "5",
                           "s",
                           "-5m",
                           "5 m",
                           "1.5h",
                           "5M",
                           "4294967296s",
                           "36601d",
                           "14",
                           "14:5",
                           "24:00",
                           "14:60",
                           "14:05:61",
                           "14:05Z",
                           "14:05:30.",
                           "14:05:",
                           "4:05",
                           "14:05 ",
                           " 14:05",
                           "2026-1-1",
                           "2026-13-01",
                           "2026-02-30",
                           "2023-02-29",
                           "2026-11-27x",
                           "26-11-27",
                           "1969-12-31",
                           "2200-01-01",
                           "2026-11-27T",
                           "2026-11-27 24:00",
                           "2026-11-27Z",
                           "2026-11-27T14:05+01:00",
                           "2026-11-27T14:05ZZ",
                           "2026-11-27T14:05:30.1234567890"}) {
    const auto moment = parse_when(text, now_);
    ASSERT_FALSE(moment) << text;
    EXPECT_EQ(moment.error().kind, ErrorKind::syntax) << text;
    EXPECT_THAT(moment.error().reason, testing::StartsWith(text));
    EXPECT_TRUE(moment.error().text.empty()) << "the reason stands alone";
  }
  EXPECT_THAT(when(""), testing::StartsWith("a moment is missing"));
}

}  // namespace
}  // namespace pinfold::history
