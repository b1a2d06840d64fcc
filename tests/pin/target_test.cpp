#include "pin/target.h"

#include <gtest/gtest.h>

#include <string>

namespace pinfold {
namespace {

TEST(Target, NumberIsAProcess) {
  EXPECT_EQ(parse_target("1234").value(), Target(Pid(1234)));
  EXPECT_EQ(parse_target("1").value(), Target(Pid(1)));
  EXPECT_EQ(parse_target("2147483647").value(), Target(Pid(2147483647)));
}

TEST(Target, TidIsOneThread) {
  EXPECT_EQ(parse_target("tid:1240").value(), Target(Tid(1240)));
  EXPECT_NE(parse_target("tid:1240").value(), parse_target("1240").value());
}

TEST(Target, SaysWhatIsWrongAndWhere) {
  const std::string what_it_is = "a target is a process (1234) or one thread (tid:1240)";
  const struct {
    const char* text;
    std::size_t column;
    std::string reason;
  } mistakes[] = {
      {"", 0, "a number is missing"},
      {"tid:", 4, "a number is missing"},
      {"nginx", 0, what_it_is},
      {"TID:5", 0, what_it_is},
      {"pid:5", 0, what_it_is},
      {" 5", 0, what_it_is},
      {"+5", 0, what_it_is},
      {"tid:x", 4, "not a number"},
      {"tid: 5", 4, "not a number"},
      {"12x", 2, "unexpected text after the number"},
      {"12 ", 2, "unexpected text after the number"},
      {"1,2", 1, "unexpected text after the number"},
      {"tid:12x", 6, "unexpected text after the number"},
      {"2147483648", 0, "the number is too large"},
      {"tid:99999999999", 4, "the number is too large"},
  };
  for (const auto& expected : mistakes) {
    const auto target = parse_target(expected.text);
    ASSERT_FALSE(target.has_value()) << expected.text;
    EXPECT_EQ(target.error().kind, ErrorKind::syntax) << expected.text;
    EXPECT_EQ(target.error().text, expected.text);
    EXPECT_EQ(target.error().column, expected.column) << expected.text;
    EXPECT_EQ(target.error().reason, expected.reason) << expected.text;
  }
}

// 0 would be the caller, and a negative number nobody, in the system calls.
TEST(Target, HasAPositiveNumber) {
  for (const char* text : {"0", "-1", "tid:0", "tid:-5"}) {
    const auto target = parse_target(text);
    ASSERT_FALSE(target.has_value()) << text;
    EXPECT_EQ(target.error().reason, "no process has a number below 1") << text;
  }
}

}  // namespace
}  // namespace pinfold
