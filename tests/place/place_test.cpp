#include "place/place.h"

#include <gtest/gtest.h>

#include <string>

#include "support/print.h"
#include "support/program.h"

namespace pinfold {
namespace {

using test::cpus;

// CPUs 0-15, of which 14 and 15 are missing and 12 and 13 off.
Limits machine() {
  Limits limits;
  limits.cpus.possible = cpus("0-15");
  limits.cpus.present = cpus("0-13");
  limits.cpus.online = cpus("0-11");
  return limits;
}

Limits machine_in_cpuset(const char* list) {
  Limits limits = machine();
  limits.cpuset = CpusetLimit{.cgroup = "/x", .file = "/f", .cpus = cpus(list)};
  return limits;
}

CpuSet resolved(const char* text, const Limits& limits = machine()) {
  const auto place = Place::parse(text);
  if (!place) {
    ADD_FAILURE() << message(place.error());
    return {};
  }
  const auto found = place->resolve(limits);
  if (!found) {
    ADD_FAILURE() << message(found.error());
    return {};
  }
  return found->cpus;
}

Error mistake(const char* text, const Limits& limits = machine()) {
  const auto place = Place::parse(text);
  if (!place) return place.error();
  const auto found = place->resolve(limits);
  if (found) {
    ADD_FAILURE() << text << " is a place";
    return {};
  }
  return found.error();
}

TEST(Place, NumbersAreMeantLiterally) {
  EXPECT_EQ(resolved("0-3,8"), cpus("0-3,8"));
  EXPECT_EQ(resolved("0-7:2"), cpus("0,2,4,6"));
  EXPECT_EQ(resolved("0-7:2/4"), cpus("0-1,4-5"));
  EXPECT_EQ(resolved("0x0f"), cpus("0-3"));
  // Offline, missing, impossible and forbidden ones too: who uses them says so.
  EXPECT_EQ(resolved("12,14,900", machine_in_cpuset("0-3")), cpus("12,14,900"));
}

TEST(Place, AllIsWhatIsOnlineAndPermitted) {
  EXPECT_EQ(resolved("all"), cpus("0-11"));
  EXPECT_EQ(resolved("all", machine_in_cpuset("2-13")), cpus("2-11"));
}

TEST(Place, NIsTheHighestPossibleCpu) {
  EXPECT_EQ(resolved("N"), cpus("15"));
  EXPECT_EQ(resolved("13-N"), cpus("13-15"));
  EXPECT_EQ(resolved("0-N:5"), cpus("0,5,10,15"));
}

TEST(Place, TermsApplyFromLeftToRight) {
  EXPECT_EQ(resolved("0-7,~3"), cpus("0-2,4-7"));
  EXPECT_EQ(resolved("0-7,~0-3,2"), cpus("2,4-7"));
  EXPECT_EQ(resolved("~3,0-7", machine_in_cpuset("0-5")), cpus("0-7"));
  EXPECT_EQ(resolved("2,~2,3"), cpus("3"));
}

TEST(Place, TildeAndExclamationMarkAreTheSame) {
  EXPECT_EQ(resolved("0-7,!3"), resolved("0-7,~3"));
  EXPECT_EQ(resolved("!3"), resolved("~3"));
}

TEST(Place, ThatTakesAwayFirstStartsFromAll) {
  EXPECT_EQ(resolved("~3"), cpus("0-2,4-11"));
  EXPECT_EQ(resolved("~0-3,1"), cpus("1,4-11"));
  EXPECT_EQ(resolved("~3", machine_in_cpuset("2-5")), cpus("2,4-5"));
}

TEST(Place, AllCanBeTakenAway) { EXPECT_EQ(resolved("0-15,~all"), cpus("12-15")); }

TEST(Place, ThatLeavesNothingIsAnError) {
  for (const char* text : {"0,~0", "~all", "0x0", "~0-N"}) {
    const Error error = mistake(text);
    EXPECT_EQ(error.kind, ErrorKind::empty_set) << text;
    EXPECT_EQ(error.text, text);
  }
}

TEST(Place, SaysWhenAllIsNotTheWholeMachine) {
  const Limits limits = machine_in_cpuset("0-3");
  for (const char* text : {"all", "~0", "all,~0", "8,all"}) {
    const auto place = Place::parse(text)->resolve(limits);
    ASSERT_TRUE(place.has_value()) << text;
    ASSERT_EQ(place->notes.size(), 1U) << text;
    EXPECT_EQ(place->notes[0], "all is 0-11; cgroup /x allows 0-3");
  }
}

TEST(Place, HasNothingToSayOfNumbersOrOfTheWholeMachine) {
  EXPECT_TRUE(Place::parse("0-3")->resolve(machine_in_cpuset("0-3"))->notes.empty());
  EXPECT_TRUE(Place::parse("0-3,~1")->resolve(machine_in_cpuset("0-3"))->notes.empty());
  EXPECT_TRUE(Place::parse("all")->resolve(machine())->notes.empty());
  EXPECT_TRUE(Place::parse("all")->resolve(machine_in_cpuset("0-15"))->notes.empty());
}

TEST(Place, OfPlainNumbersNeedsNoMachine) {
  for (const char* text : {"0-3,8", "0x0f", "0-7,~3", "0-7,!3", "0-31:2/4"}) {
    const auto place = Place::parse(text);
    ASSERT_TRUE(place.has_value()) << text;
    ASSERT_TRUE(place->is_literal()) << text;
    EXPECT_EQ(place->resolve_literal().value(), resolved(text)) << text;
  }
  EXPECT_EQ(Place::parse("0,~0")->resolve_literal().error().kind, ErrorKind::empty_set);
}

TEST(Place, WithANameNeedsTheMachine) {
  for (const char* text : {"all", "~3", "!3", "N", "0-N", "0-3,all", "0-3,~N"}) {
    EXPECT_FALSE(Place::parse(text)->is_literal()) << text;
  }
}

TEST(Place, SaysWhatIsWrongAndWhere) {
  const struct {
    const char* text;
    std::size_t column;
    const char* reason;
  } mistakes[] = {
      {"", 0, "a CPU number is missing"},
      {"~", 1, "a CPU number is missing"},
      {"0,", 2, "a CPU number is missing"},
      {"0,,1", 2, "a CPU number is missing"},
      {"0,~", 3, "a CPU number is missing"},
      {"~~0", 1, "not a CPU number"},
      {"0-3,~7-5", 7, "the range runs backwards"},
      {"0,!0-x", 5, "not a CPU number"},
      {"0-7:0", 4, "a stride of 0"},
      {"~0xg", 3, "not a hexadecimal digit"},
      {"1048576", 0, "the CPU number is too large"},
      {"Nx", 1, "expected '-' or ',' after a CPU number"},
      // Known only when the machine is.
      {"0,20-N", 5, "the range runs backwards"},
  };
  for (const auto& expected : mistakes) {
    const Error error = mistake(expected.text);
    EXPECT_EQ(error.kind, ErrorKind::syntax) << expected.text;
    EXPECT_EQ(error.text, expected.text);
    EXPECT_EQ(error.column, expected.column) << expected.text;
    EXPECT_EQ(error.reason, expected.reason) << expected.text;
  }
}

TEST(Place, SaysWhatAPlaceIsWhereANameIsUnknown) {
  for (const auto& [text, column] :
       {std::pair("node:0", 0U), std::pair("0-3,~smt", 5U), std::pair("ALL", 0U)}) {
    const auto place = Place::parse(text);
    ASSERT_FALSE(place.has_value()) << text;
    EXPECT_EQ(place.error().column, column) << text;
    EXPECT_TRUE(place.error().reason.starts_with("unknown name: a place is ")) << text;
  }
}

}  // namespace
}  // namespace pinfold
