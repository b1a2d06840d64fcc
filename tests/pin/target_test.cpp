#include "pin/target.h"

#include <gtest/gtest.h>

#include <string>

namespace pinfold {
namespace {

decltype(Selector::what) what(const char* text) { return parse_selector(text).value().what; }

TEST(Target, NumberIsAProcess) {
  EXPECT_EQ(std::get<Pid>(what("1234")), Pid(1234));
  EXPECT_EQ(std::get<Pid>(what("1")), Pid(1));
  EXPECT_EQ(std::get<Pid>(what("2147483647")), Pid(2147483647));
}

TEST(Target, TidIsOneThread) { EXPECT_EQ(std::get<Tid>(what("tid:1240")), Tid(1240)); }

TEST(Target, SelfIsTheCaller) { EXPECT_TRUE(std::holds_alternative<Self>(what("self"))); }

TEST(Target, CommIsANameWhateverStandsInIt) {
  EXPECT_EQ(std::get<ByName>(what("comm:nginx")).pattern, "nginx");
  EXPECT_EQ(std::get<ByName>(what("comm:a:b *?")).pattern, "a:b *?");
  EXPECT_EQ(std::get<ByName>(what("comm:1234")).pattern, "1234");
  EXPECT_EQ(std::get<ByName>(what("comm:self")).pattern, "self");
}

TEST(Target, ExeIsAPath) {
  EXPECT_EQ(std::get<ByExecutable>(what("exe:/usr/bin/x")).path, "/usr/bin/x");
  EXPECT_EQ(std::get<ByExecutable>(what("exe:./x")).path, "./x");
}

TEST(Target, UserIsANumberOrAName) {
  EXPECT_EQ(std::get<uid_t>(std::get<ByUser>(what("user:1000")).user), 1000U);
  EXPECT_EQ(std::get<uid_t>(std::get<ByUser>(what("user:4294967294")).user), 4294967294U);
  EXPECT_EQ(std::get<std::string>(std::get<ByUser>(what("user:bob")).user), "bob");
  EXPECT_EQ(std::get<std::string>(std::get<ByUser>(what("user:3com")).user), "3com");
}

TEST(Target, CgroupIsAPathAndASlashAtItsEndSaysNothing) {
  EXPECT_EQ(std::get<ByCgroup>(what("cgroup:/x.slice")).path, "/x.slice");
  EXPECT_EQ(std::get<ByCgroup>(what("cgroup:/a/b//")).path, "/a/b");
  EXPECT_EQ(std::get<ByCgroup>(what("cgroup:/")).path, "");
}

TEST(Target, OnlySelectionsCanMeanOthersLater) {
  for (const char* text : {"1234", "tid:1234", "self"})
    EXPECT_FALSE(parse_selector(text)->is_selection()) << text;
  for (const char* text : {"comm:x", "exe:x", "user:x", "cgroup:/"})
    EXPECT_TRUE(parse_selector(text)->is_selection()) << text;
}

TEST(Target, SaysWhatIsWrongAndWhere) {
  const struct {
    const char* text;
    std::size_t column;
    std::string reason;
  } mistakes[] = {
      {"", 0, "a target is missing"},
      {"tid:", 4, "a number is missing"},
      {"comm:", 5, "a name is missing"},
      {"exe:", 4, "a path is missing"},
      {"user:", 5, "a user is missing"},
      {"cgroup:", 7, "a path is missing"},
      {"nginx", 0, "\"nginx\" is not a number: did you mean comm:nginx?"},
      {"/bin/x", 0, "\"/bin/x\" is not a number: did you mean exe:/bin/x?"},
      {"x.slice", 0, "\"x.slice\" is not a number: did you mean comm:x.slice?"},
      {"coom:x", 0, "unknown kind of target \"coom\": did you mean comm:x?"},
      {"cgruop:/x", 0, "unknown kind of target \"cgruop\": did you mean cgroup:/x?"},
      {"pid:5", 0, "unknown kind of target \"pid\": did you mean 5?"},
      {"uid:5", 0, "unknown kind of target \"uid\": did you mean user:5?"},
      {"name:x", 0, "unknown kind of target \"name\": did you mean comm:x?"},
      {"TID:5", 0,
       "unknown kind of target \"TID\": there are tid:, comm:, exe:, user: and cgroup:"},
      {":5", 0, "unknown kind of target \"\": there are tid:, comm:, exe:, user: and cgroup:"},
      {" 5", 0, "\" 5\" is not a number: did you mean comm: 5?"},
      {"tid:x", 4, "not a number"},
      {"tid: 5", 4, "not a number"},
      {"12x", 2, "unexpected text after the number"},
      {"12 ", 2, "unexpected text after the number"},
      {"1,2", 1, "unexpected text after the number"},
      {"12:34", 2, "unexpected text after the number"},
      {"tid:12x", 6, "unexpected text after the number"},
      {"2147483648", 0, "the number is too large"},
      {"tid:99999999999", 4, "the number is too large"},
      {"user:99999999999", 5, "the number is too large"},
      {"cgroup:x", 7, "a cgroup's path begins with a slash: did you mean cgroup:/x?"},
  };
  for (const auto& expected : mistakes) {
    const auto target = parse_selector(expected.text);
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
    const auto target = parse_selector(text);
    ASSERT_FALSE(target.has_value()) << text;
    EXPECT_EQ(target.error().reason, "no process has a number below 1") << text;
  }
}

}  // namespace
}  // namespace pinfold
