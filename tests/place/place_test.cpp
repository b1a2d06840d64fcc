#include "place/place.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include <pinfold/cpu_list.h>

#include "support/fake_kernel.h"
#include "support/make_machine.h"
#include "support/print.h"
#include "support/program.h"

namespace pinfold {
namespace {

using test::cpus;
using test::make_machine;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// CPUs 0-15, of which 14 and 15 are missing and 12 and 13 off.
Machine plain_machine() { return Machine::open("core:12 pu:1;present=0-13;possible=16").value(); }

Machine machine_in_cpuset(const char* list) {
  return make_machine().cores(12).cpuset(list).build();
}

// Two packages of two nodes, two L3s of two cores with two threads in each: 32 CPUs, siblings side
// by side; core c is 2c and 2c+1.
Machine server() { return make_machine().packages(2).nodes(2).l3s(2).cores(2).smt(2).build(); }

Result<PlaceCpus> look_up(const char* text, const Machine& machine, Kernel* kernel = nullptr) {
  auto place = Place::parse(text);
  if (!place) return fail(std::move(place).error());
  return place->resolve(machine, machine.limits(), kernel);
}

CpuSet resolved(const char* text, const Machine& machine = plain_machine()) {
  const auto found = look_up(text, machine);
  if (!found) ADD_FAILURE() << text << ": " << message(found.error());
  return found ? found->cpus : CpuSet();
}

Error mistake(const char* text, const Machine& machine = plain_machine()) {
  const auto found = look_up(text, machine);
  if (found) ADD_FAILURE() << text << " is a place: " << to_cpu_list(found->cpus);
  return found ? Error() : found.error();
}

// CPU numbers

TEST(Place, NumbersAreMeantLiterally) {
  EXPECT_EQ(resolved("0-3,8"), cpus("0-3,8"));
  EXPECT_EQ(resolved("0-7:2"), cpus("0,2,4,6"));
  EXPECT_EQ(resolved("0-7:2/4"), cpus("0-1,4-5"));
  EXPECT_EQ(resolved("0x0f"), cpus("0-3"));
  // Offline, missing, impossible and forbidden ones too: who uses them says so.
  EXPECT_EQ(resolved("12,14,900", machine_in_cpuset("0-3")), cpus("12,14,900"));
}

TEST(Place, NIsTheHighestPossibleCpu) {
  EXPECT_EQ(resolved("N"), cpus("15"));
  EXPECT_EQ(resolved("13-N"), cpus("13-15"));
  EXPECT_EQ(resolved("0-N:5"), cpus("0,5,10,15"));
}

TEST(Place, RangeUpToNThatRunsBackwardsHereIsAnError) {
  const Error error = mistake("0,20-N");
  EXPECT_EQ(error.kind, ErrorKind::syntax);
  EXPECT_EQ(error.text, "0,20-N");
  EXPECT_EQ(error.column, 5U);
}

TEST(Place, PlainNumbersNeedNoMachine) {
  const auto place = Place::parse("0-3,~1,0x100");
  ASSERT_TRUE(place);
  ASSERT_TRUE(place->is_literal());
  EXPECT_TRUE(place->parts().empty());
  EXPECT_EQ(place->resolve_literal().value(), cpus("0,2-3,8"));
  EXPECT_EQ(Place::parse("1,~1")->resolve_literal().error().kind, ErrorKind::empty_set);
  for (const char* text : {"N", "all", "0,all", "~0", "!0", "0-N:2", "core:0", "0.core:0"})
    EXPECT_FALSE(Place::parse(text)->is_literal()) << text;
}

// Terms

TEST(Place, TermsApplyFromLeftToRight) {
  EXPECT_EQ(resolved("0-7,~3"), cpus("0-2,4-7"));
  EXPECT_EQ(resolved("0-7,~0-3,2"), cpus("2,4-7"));
  EXPECT_EQ(resolved("~3,0-7", machine_in_cpuset("0-5")), cpus("0-7"));
  EXPECT_EQ(resolved("2,~2,3"), cpus("3"));
}

TEST(Place, CommaBeginsANewTerm) { EXPECT_EQ(resolved("core:0-1,8", server()), cpus("0-3,8")); }

TEST(Place, NamesCanMeanTheWholeWhateverIsPermitted) {
  const Machine machine = machine_in_cpuset("0-3");
  const auto whole = [&](const char* text) {
    return Place::parse(text)->resolve(machine, machine.limits(), nullptr, Names::whole)->cpus;
  };
  EXPECT_EQ(whole("node:0"), cpus("0-11"));
  EXPECT_EQ(whole("~0"), cpus("1-11"));
  EXPECT_EQ(whole("allowed"), cpus("0-3"));
  EXPECT_EQ(resolved("node:0", machine), cpus("0-3"));
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

TEST(Place, ThatLeavesNothingIsAnError) {
  for (const char* text : {"0,~0", "~all", "0x0", "~0-N"}) {
    const Error error = mistake(text);
    EXPECT_EQ(error.kind, ErrorKind::empty_set) << text;
    EXPECT_EQ(error.text, text);
  }
}

// Objects

TEST(Place, ObjectsAreCountedInLogicalOrder) {
  EXPECT_EQ(resolved("package:1", server()), cpus("16-31"));
  EXPECT_EQ(resolved("node:1", server()), cpus("8-15"));
  EXPECT_EQ(resolved("l3:2", server()), cpus("8-11"));
  EXPECT_EQ(resolved("core:3", server()), cpus("6-7"));
  EXPECT_EQ(resolved("pu:5", server()), cpus("5"));
  // Siblings n and n+4 on the one package, then the other.
  const Machine interleaved =
      make_machine().packages(2).cores(2).smt(2).numbered("pack:core").build();
  EXPECT_EQ(resolved("package:0", interleaved), cpus("0,2,4,6"));
  EXPECT_EQ(resolved("core:1", interleaved), cpus("2,6"));
  EXPECT_EQ(resolved("pu:1", interleaved), cpus("4"));
}

TEST(Place, IndicesAreNumbersRangesAndWords) {
  EXPECT_EQ(resolved("core:0+2", server()), cpus("0-1,4-5"));
  EXPECT_EQ(resolved("core:0-3:2", server()), cpus("0-1,4-5"));
  EXPECT_EQ(resolved("core:0-7:1/4", server()), cpus("0-1,8-9"));
  EXPECT_EQ(resolved("l3:odd", server()), cpus("4-7,12-15,20-23,28-31"));
  EXPECT_EQ(resolved("l3:even", server()), cpus("0-3,8-11,16-19,24-27"));
  EXPECT_EQ(resolved("core:last", server()), cpus("30-31"));
  EXPECT_EQ(resolved("package:all", server()), cpus("0-31"));
  EXPECT_EQ(resolved("core:0+last+4-5", server()), cpus("0-1,8-11,30-31"));
}

TEST(Place, WhatStandsBehindADotIsTakenInsideEachObjectBefore) {
  EXPECT_EQ(resolved("node:1.core:0", server()), cpus("8-9"));
  EXPECT_EQ(resolved("node:0+1.core:0", server()), cpus("0-1,8-9"));
  EXPECT_EQ(resolved("node:0.core:0-3.pu:0", server()), cpus("0,2,4,6"));
  EXPECT_EQ(resolved("package:all.core:last", server()), cpus("14-15,30-31"));
  EXPECT_EQ(resolved("package:1.smt", server()), cpus("17,19,21,23,25,27,29,31"));
  EXPECT_EQ(resolved("0-7.l3:1", server()), cpus("4-7"));
  EXPECT_EQ(resolved("node:0.2-20", server()), cpus("2-7"));
}

TEST(Place, ObjectThatLiesPartlyInsideCountsWithThatPart) {
  EXPECT_EQ(resolved("1-2.core:0", server()), cpus("1"));
  EXPECT_EQ(resolved("1-2.core:all", server()), cpus("1-2"));
  EXPECT_EQ(resolved("core:1.package:0", server()), cpus("2-3"));
}

TEST(Place, IndexThatIsNotThereSaysWhichAre) {
  const Error error = mistake("0,node:4", server());
  EXPECT_EQ(error.kind, ErrorKind::no_such_object);
  EXPECT_EQ(error.text, "0,node:4");
  EXPECT_EQ(error.column, 2U);
  EXPECT_EQ(error.reason, "node:4 does not exist: here are node:0-3");
  EXPECT_EQ(mistake("package:0.core:7-9", server()).reason,
            "core:8-9 do not exist: here are core:0-7");
  EXPECT_EQ(mistake("core:0.pu:0+2", server()).column, 7U);
}

TEST(Place, LevelThatTheMachineDoesNotHaveIsAnError) {
  const Error error = mistake("l3:0");
  EXPECT_EQ(error.kind, ErrorKind::no_such_object);
  EXPECT_EQ(error.reason, "there is no l3 here, or the machine does not tell");
}

TEST(Place, NodeWithoutCpusCanBeNamedButNotUsed) {
  auto facts = make_machine().nodes(2).cores(2).facts();
  facts.objects[Level::node].push_back({.cpus = {}, .id = 2});
  const Machine machine(std::move(facts));
  EXPECT_EQ(resolved("node:all", machine), cpus("0-3"));
  EXPECT_EQ(mistake("node:2", machine).reason, "node:2 has no CPU that is online");
}

TEST(Place, OfflineCpusAreInNoObject) {
  const Machine machine = make_machine().packages(2).cores(2).smt(2).offline("0,4-5").build();
  EXPECT_EQ(resolved("package:0", machine), cpus("1-3"));
  EXPECT_EQ(resolved("core:0", machine), cpus("1"));
  EXPECT_EQ(resolved("package:1.core:0", machine), cpus("6-7"));
  EXPECT_EQ(resolved("smt", machine), cpus("3,7"));
  EXPECT_EQ(resolved("online", machine), cpus("1-3,6-7"));
}

// Names

TEST(Place, AllIsWhatIsOnlineAndPermitted) {
  EXPECT_EQ(resolved("all"), cpus("0-11"));
  EXPECT_EQ(resolved("all", machine_in_cpuset("2-13")), cpus("2-11"));
  EXPECT_EQ(resolved("0-15,~all"), cpus("12-15"));
}

TEST(Place, SmtIsEveryPuButTheFirstOfItsCore) {
  EXPECT_EQ(resolved("all,~smt", make_machine().cores(4).smt(2).build()), cpus("0,2,4,6"));
  EXPECT_EQ(resolved("smt", make_machine().cores(2).smt(4).build()), cpus("1-3,5-7"));
  EXPECT_EQ(mistake("smt").reason, "smt names none on this machine");
}

TEST(Place, KindsAreCountedFromTheSlowest) {
  // Four P cores of two threads: 0-7; eight E cores: 8-15.
  const Machine hybrid =
      make_machine().packages(1).l3s(1).cores(4).smt(2).efficiency_cores(8).build();
  EXPECT_EQ(resolved("P", hybrid), cpus("0-7"));
  EXPECT_EQ(resolved("E", hybrid), cpus("8-15"));
  EXPECT_EQ(resolved("kind:0", hybrid), cpus("8-15"));
  EXPECT_EQ(resolved("kind:last", hybrid), cpus("0-7"));
  EXPECT_EQ(resolved("P.core:0-1,E.core:0", hybrid), cpus("0-3,8"));
  EXPECT_EQ(resolved("all,~E", hybrid), cpus("0-7"));
}

TEST(Place, WithOneKindPAndEAreErrors) {
  for (const char* text : {"P", "E", "0,E.core:0"}) {
    const Error error = mistake(text);
    EXPECT_EQ(error.kind, ErrorKind::no_such_object) << text;
    EXPECT_THAT(error.reason, HasSubstr("one kind only"));
  }
  EXPECT_EQ(resolved("kind:0"), cpus("0-11"));
}

TEST(Place, LimitsHaveNames) {
  const Machine machine =
      make_machine().cores(12).isolated("6-7,10").nohz_full("5").cpuset("2-8").build();
  EXPECT_EQ(resolved("allowed", machine), cpus("2-8"));
  EXPECT_EQ(resolved("online", machine), cpus("2-8"));
  EXPECT_EQ(resolved("isolated", machine), cpus("6-7"));
  EXPECT_EQ(resolved("nohz", machine), cpus("5"));
  EXPECT_EQ(resolved("housekeeping", machine), cpus("2-4,8"));
  EXPECT_EQ(mistake("isolated").reason, "isolated names none on this machine");
}

TEST(Place, NamesSayWhenTheyStandForLess) {
  const auto place = look_up("l3:0+1,12", make_machine().l3s(4).cores(4).cpuset("2-13").build());
  ASSERT_TRUE(place);
  EXPECT_EQ(place->cpus, cpus("2-7,12"));
  EXPECT_THAT(place->notes,
              ElementsAre(AllOf(HasSubstr("l3:0+1 is 0-7; cgroup /box allows 2-13"))));
}

TEST(Place, NamesThatStandForAllSayNothing) {
  EXPECT_THAT(look_up("all", plain_machine())->notes, IsEmpty());
  EXPECT_THAT(look_up("all", machine_in_cpuset("0-15"))->notes, IsEmpty());
  EXPECT_THAT(look_up("0-3", machine_in_cpuset("0-1"))->notes, IsEmpty());
  EXPECT_THAT(look_up("core:0", machine_in_cpuset("0-1"))->notes, IsEmpty());
  EXPECT_THAT(look_up("0-3,~core:2", machine_in_cpuset("0-1"))->notes, IsEmpty());
}

TEST(Place, ThatLeavesNothingSaysWhatTheCgroupAllows) {
  const Machine machine = make_machine().nodes(2).cores(4).cpuset("0-3").build();
  const Error error = mistake("node:1", machine);
  EXPECT_EQ(error.kind, ErrorKind::empty_set);
  EXPECT_EQ(error.limit, "0-3");
  EXPECT_EQ(error.owner, "/box");
}

// Other steps

TEST(Place, PidIsWhereAProcessMayRun) {
  test::FakeKernel kernel(cpus("0-11"));
  kernel.add(1234, 1234, cpus("3-4"));
  const auto place = look_up("pid:1234", plain_machine(), &kernel);
  ASSERT_TRUE(place) << message(place.error());
  EXPECT_EQ(place->cpus, cpus("3-4"));
  const auto gone = look_up("pid:1235", plain_machine(), &kernel);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().reason, "process 1235 does not exist");
  EXPECT_THAT(mistake("pid:1").reason, HasSubstr("not on another machine"));
}

TEST(Place, NearNeedsAMachineWithDevices) {
  EXPECT_EQ(mistake("near:eth0").kind, ErrorKind::no_such_object);
}

TEST(Place, DeviceEndsWhereADotAndAnObjectFollow) {
  for (const auto& [text, steps] : {std::pair{"near:0000:3b:00.0", 1},
                                    {"near:0000:3b:00.0.core:0", 2},
                                    {"near:eth0.100", 1},
                                    {"near:eth0.100.core:0-3.pu:0", 3}}) {
    const auto place = Place::parse(text);
    ASSERT_TRUE(place) << text;
    // The device is looked for first: only its error tells how much of the text was its name.
    const std::string reason = mistake(text).reason;
    EXPECT_THAT(reason, HasSubstr("described")) << steps;
  }
  const auto step = parse_step("near:0000:3b:00.0.core:0");
  ASSERT_TRUE(step);
  EXPECT_EQ(std::get<Step::Near>(step->what).device, "0000:3b:00.0");
  EXPECT_EQ(std::get<Step::Near>(parse_step("near:eth0.100")->what).device, "eth0.100");
}

// Mistakes

TEST(Place, MistakesPointAtTheColumn) {
  struct Case {
    const char* text;
    std::size_t column;
    const char* reason;
  };
  for (const auto& [text, column, reason] : {
           Case{"", 0, "missing"},
           Case{"0,", 2, "missing"},
           Case{"0,,1", 2, "missing"},
           Case{"3-1", 2, "backwards"},
           Case{"0-3 ", 3, "expected"},
           Case{"0,~~1", 3, "unknown name"},
           Case{"cor:0", 0, "did you mean core?"},
           Case{"0,socket:1", 2, "here it is called package"},
           Case{"al", 0, "did you mean all?"},
           Case{"frobnicate", 0, "a place is made of"},
           Case{"core", 4, "needs an index"},
           Case{"node:0.core", 11, "needs an index"},
           Case{"core:", 5, "missing"},
           Case{"core:0+", 7, "missing"},
           Case{"core:x", 5, "an index is"},
           Case{"core:0x3", 5, "an index is"},
           Case{"core:N", 5, "an index is"},
           Case{"core:3-1", 7, "backwards"},
           Case{"node:0..core:0", 7, "missing"},
           Case{"node:0.", 7, "missing"},
           Case{"near:", 5, "device is missing"},
           Case{"near", 4, "needs a device"},
           Case{"pid:x", 4, "not a number"},
           Case{"pid:0", 4, "at least 1"},
           Case{"pid", 3, "needs a number"},
           Case{"P:0", 0, "unknown name"},
       }) {
    const auto place = Place::parse(text);
    ASSERT_FALSE(place) << text;
    EXPECT_EQ(place.error().kind, ErrorKind::syntax) << text;
    EXPECT_EQ(place.error().text, text);
    EXPECT_EQ(place.error().column, column) << text << ": " << place.error().reason;
    EXPECT_THAT(place.error().reason, HasSubstr(reason)) << text;
  }
}

TEST(Place, SaysWhatOfTheMachineItNeeds) {
  const auto parts = [](const char* text) { return Place::parse(text)->parts(); };
  EXPECT_TRUE(parts("all,~3,N").empty());
  EXPECT_TRUE(parts("l3:0").has(Level::l3));
  EXPECT_TRUE(parts("l3:0").has(Level::package)) << "it decides in which order caches stand";
  EXPECT_FALSE(parts("l3:0").has(Level::core));
  EXPECT_TRUE(parts("smt").has(Level::core));
  EXPECT_FALSE(parts("smt").has(Level::l3));
  EXPECT_TRUE(parts("P").has_kinds());
  EXPECT_TRUE(parts("0,node:0.pu:0").has(Level::core));
}

}  // namespace
}  // namespace pinfold
