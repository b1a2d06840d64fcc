#include "machine/description.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/make_machine.h"
#include "support/program.h"

namespace pinfold::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Machine machine(const char* text) {
  auto facts = read_description(text);
  if (!facts) throw std::invalid_argument(message(facts.error()));
  return Machine(std::move(*facts));
}

Error error(const std::string& text) {
  auto facts = read_description(text);
  EXPECT_FALSE(facts) << text;
  return facts ? Error{} : facts.error();
}

TEST(Description, CountsEachLevelInTheOneAbove) {
  const Machine m = machine("pack:2 numa:2 l3:2 core:2 pu:2");
  EXPECT_EQ(m.online(), cpus("0-31"));
  EXPECT_EQ(m.present(), m.online());
  EXPECT_EQ(m.possible(), m.online());
  EXPECT_THAT(lists(m, Level::package), ElementsAre("0-15", "16-31"));
  EXPECT_THAT(lists(m, Level::node), ElementsAre("0-7", "8-15", "16-23", "24-31"));
  EXPECT_THAT(m.objects(Level::l3), SizeIs(8));
  EXPECT_THAT(m.objects(Level::core), SizeIs(16));
  EXPECT_THAT(lists(m, Level::die), IsEmpty());
}

TEST(Description, KnowsEveryLevelOfOurs) {
  const Machine m = machine("pack:2 numa:1 die:1 l3:1 cluster:2 l2:1 l1d:1 core:1 pu:1");
  for (const Level level : {Level::package, Level::node, Level::die, Level::l3})
    EXPECT_THAT(lists(m, level), ElementsAre("0-1", "2-3")) << name(level);
  for (const Level level : {Level::cluster, Level::l2, Level::l1d, Level::core})
    EXPECT_THAT(lists(m, level), ElementsAre("0", "1", "2", "3")) << name(level);
}

TEST(Description, TakesTabsAndAnyCase) {
  EXPECT_THAT(lists(machine("\tPACK:2\t Core:1\tpU:2 "), Level::package),
              ElementsAre("0-1", "2-3"));
}

TEST(Description, OnlyMultipliesByGroups) {
  const Machine m = machine("group:2 pack:1 group:3 core:1 pu:1");
  EXPECT_THAT(lists(m, Level::package), ElementsAre("0-2", "3-5"));
  EXPECT_THAT(lists(m, Level::cluster), IsEmpty());
}

TEST(Description, HasOneNodeWhereNoneIsDescribed) {
  const Machine m = machine("pack:2 pu:2");
  EXPECT_THAT(lists(m, Level::node), ElementsAre("0-3"));
  EXPECT_EQ(m.objects(Level::node)[0].id, 0U);
  EXPECT_EQ(m.distance(0, 0), 10U);
}

TEST(Description, HasNodesThatAreNearAndFar) {
  const Machine m = machine("numa:3 pu:1");
  EXPECT_EQ(m.distance(1, 1), 10U);
  EXPECT_EQ(m.distance(1, 2), 20U);
  EXPECT_EQ(m.distance(2, 3), std::nullopt);
}

TEST(Description, GivesEachCpuToTheInnermostNode) {
  const Machine m = machine("pack:2 [numa(memory=4GiB)] core:2 [numa] [numa(memory=1kB)] pu:1");
  EXPECT_THAT(lists(m, Level::node), ElementsAre("0", "1", "2", "3", "", "", "", "", "", ""));
  const auto nodes = m.objects(Level::node);
  // As hwloc numbers them: core 0's are 0 and 1, core 1's 2 and 3, the package's is 4.
  EXPECT_EQ(nodes[1].id, 2U);
  EXPECT_EQ(nodes[4].id, 1U);
  EXPECT_EQ(nodes[4].size, 1000U);
  EXPECT_EQ(nodes[6].id, 4U);
  EXPECT_EQ(nodes[6].size, 4ULL << 30U);
}

TEST(Description, KeepsSizesThatAreSaid) {
  const Machine m = machine("numa:1(memory=2TB) l3:1(size=32MB) l2:1(size=512KiB) l1d:1 pu:1");
  EXPECT_EQ(m.objects(Level::node)[0].size, 2'000'000'000'000U);
  EXPECT_EQ(m.objects(Level::l3)[0].size, 32'000'000U);
  EXPECT_EQ(m.objects(Level::l2)[0].size, 512U * 1024);
  EXPECT_EQ(m.objects(Level::l1d)[0].size, 0U);
  EXPECT_EQ(machine("(memory=77) pu:1").objects(Level::node)[0].size, 77U);
}

TEST(Description, NumbersCpusNodesAndPackages) {
  const Machine m = machine("pack:2(indexes=4,3) numa:2(indexes=pack) core:1 pu:2(indexes=core)");
  EXPECT_THAT(lists(m, Level::node), ElementsAre("0,4", "1,5", "2,6", "3,7"));
  EXPECT_THAT(lists(m, Level::package), ElementsAre("0-1,4-5", "2-3,6-7"));
  EXPECT_EQ(m.objects(Level::package)[1].id, 3U);
  EXPECT_EQ(m.objects(Level::node)[1].id, 2U);
  EXPECT_EQ(m.objects(Level::core)[1].id, std::nullopt);
}

TEST(Description, HasLimits) {
  const Machine m = machine(
      "core:4 pu:2 ; isolated=6-7; offline=3 ;cpuset=0-5;possible=16;nohz_full=N;present=all,8");
  EXPECT_EQ(m.isolated(), cpus("6-7"));
  EXPECT_EQ(m.online(), cpus("0-2,4-7"));
  EXPECT_EQ(m.allowed(), cpus("0-2,4-5"));
  EXPECT_EQ(m.possible(), cpus("0-15"));
  EXPECT_EQ(m.present(), cpus("0-8"));
  EXPECT_EQ(m.nohz_full(), cpus("7"));
  ASSERT_TRUE(m.limits().cpuset);
  EXPECT_EQ(m.limits().cpuset->cgroup, "/");
  EXPECT_EQ(m.limits().cpuset->file, "the description");
  EXPECT_EQ(m.limits().cpuset->cpus, cpus("0-2,4-5"));
}

TEST(Description, TakesPossibleAsANumberOrAsAList) {
  EXPECT_EQ(machine("pu:2;possible=4").possible(), cpus("0-3"));
  EXPECT_EQ(machine("pu:2;possible=0-4").possible(), cpus("0-4"));
  EXPECT_EQ(machine("pu:2;possible=all,7").possible(), cpus("0-1,7"));
}

TEST(Description, MayHaveNoCpuset) { EXPECT_FALSE(machine("pu:2").limits().cpuset); }

TEST(Description, SaysWhereItIsWrong) {
  const struct {
    std::string text;
    std::size_t column;
    const char* reason;
  } wrong[] = {
      {"", 0, "levels are missing"},
      {"  ", 2, "levels are missing"},
      {";isolated=1", 0, "levels are missing"},
      {"[numa]", 6, "levels are missing"},
      {"sokcet:2 pu:2", 0, "unknown type \"sokcet\": did you mean socket?"},
      {"pack:2 banana:2 pu:2", 7, "unknown type \"banana\": there are package, die, numa"},
      {"pack:2 ?", 7, "expected a type or a number"},
      {"pack 2 pu:2", 4, "expected ':' and a number after the type"},
      {"machine:1 pu:2", 0, "the machine is all of it"},
      {"pack: 2 pu:2", 5, "a number is missing"},
      {"pack:-2 pu:2", 5, "a number is missing"},
      {"pack:02 pu:2", 5, "leading zero"},
      {"pack:0 pu:2", 5, "0 of a level"},
      {"pack:99999999999999999999 pu:2", 5, "too large: up to 1048576"},
      {"pack:1048577 pu:2", 5, "too large: up to 1048576"},
      {"pack:1024 core:1024 pu:2", 23, "at most 1048576 CPUs"},
      {"pu:1048576", 0, "more than 512 MB"},
      {"pack:1048576 pu:1", 0, "more than 512 MB"},
      {"numa:2048 pu:1", 0, "at most 1024"},
      {"numa:2(indexes=0,1024) pu:1", 17, "up to 1023"},
      {"pack:2x pu:2", 6, "expected a space"},
      {"pack:2 core:2", 13, "the last level must be pu"},
      {"pack:2 2 pu:2", 7, "either all levels have a type, or none"},
      {"l3:2 l2:2 l3:2 pu:1", 10, "a second level of the same type"},
      {"l1:2 l1d:2 pu:1", 5, "a second level of the same type"},
      {"pu:2 pu:2", 5, "a second level of the same type"},
      {"numa:2 [numa] pu:2", 8, "a level or stand in brackets, not both"},
      {"pack:2 [l3] pu:2", 8, "only numa"},
      {"pack:2 [numa pu:2", 12, "expected ']'"},
      {"pack:2 [numa:2] pu:2", 12, "expected ']'"},
      {"pack:2 [] pu:2", 8, "expected numa"},
      {"(memory=1GB) numa:2 pu:2", 0, "stands at the NUMA nodes"},
      {"(indexes=0) pu:2", 1, "it has no number"},
      {"l3:1(memory=1GB) pu:1", 5, "a cache has size="},
      {"pu:1(size=1)", 5, "only caches"},
      {"pack:1(memory=1) pu:1", 7, "only NUMA nodes"},
      {"l3:1(size=1 size=2) pu:1", 12, "a second time"},
      {"l3:1(size=1GX) pu:1", 11, "unknown unit"},
      {"l3:1(size=99999999TB) pu:1", 10, "the size is too large"},
      {"l3:1(color=3) pu:1", 5, "unknown attribute \"color\""},
      {"l3:1(3) pu:1", 5, "expected size=, memory=, indexes= or ')'"},
      {"l3:1(size=3", 11, "expected a space or ')'"},
      {"pu:2(indexes=)", 13, "indexes are missing"},
      {"pu:2(indexes=0)", 14, "1 indexes for 2"},
      {"pu:2(indexes=0,1,2)", 18, "3 indexes for 2"},
      {"pu:2(indexes=0,)", 15, "a number is missing"},
      {"pu:2(indexes=7,7)", 15, "7 a second time"},
      {"pu:2(indexes=0,1048576)", 15, "up to 1048575"},
      {"pu:2(indexes=0-1)", 14, "expected ','"},
      {"core:4 pu:2(indexes=2*2:1*2)", 20, "does not number 8 objects from 0 to 7"},
      {"pu:2(indexes=0*2)", 13, "0 in an interleaving"},
      {"pu:2(indexes=1*2:1)", 18, "expected '*'"},
      {"core:2 pu:2(indexes=l3)", 20, "there is no level l3 above"},
      {"core:2 pu:2(indexes=core:core)", 25, "the same level a second time"},
      {"core:2 pu:2(indexes=cor:?)", 24, "unknown type"},
      {"core:2 [numa] pu:2(indexes=numa)", 27, "there is no level numa above"},
      {"pu:2;", 5, "a limit is missing"},
      {"pu:2;;", 5, "a limit is missing"},
      {"pu:2;isolted=1", 5, "unknown limit \"isolted\": did you mean isolated?"},
      {"pu:2;speed=1", 5, "unknown limit \"speed\": there are isolated"},
      {"pu:2;isolated", 13, "expected '='"},
      {"pu:2;isolated=", 14, "a CPU number is missing"},
      {"pu:2;isolated=0,x", 16, "not a CPU number"},
      {"pu:2;isolated=1;isolated=1", 16, "isolated a second time"},
      {"pu:2;isolated=5", 14, "5 is not among the CPUs possible, 0-1"},
      {"pu:2;offline=5", 13, "5 is not among the CPUs present, 0-1"},
      {"pu:2;offline=all", 13, "no CPU is left online"},
      {"pu:2;cpuset=1;offline=1", 12, "none of these is online, which are 0"},
      {"pu:4;present=0-2", 13, "would be missing: 3"},
      {"pu:4;possible=3", 14, "would be missing: 3"},
      {"pu:4;possible=0", 14, "1 to 1048576"},
      {"pu:4;possible=1048577", 14, "1 to 1048576"},
  };
  for (const auto& [text, column, reason] : wrong) {
    const Error e = error(text);
    EXPECT_EQ(e.kind, ErrorKind::syntax) << text;
    EXPECT_EQ(e.text, text);
    EXPECT_EQ(e.column, column) << text << '\n' << message(e);
    EXPECT_THAT(e.reason, HasSubstr(reason)) << text;
  }
}

TEST(Description, ShowsItsErrorsBelowTheText) {
  EXPECT_EQ(message(error("sokcet:2 pu:2")),
            "unknown type \"sokcet\" at column 1: did you mean socket?\n  sokcet:2 pu:2\n  ^");
}

TEST(Description, OfTheLargestMachinesIsTaken) {
  EXPECT_THAT(machine("pack:16 numa:4 core:512 pu:2").objects(Level::core), SizeIs(32768));
  EXPECT_EQ(machine("core:512 pu:2048").online().count(), 1048576U);
  EXPECT_THAT(machine("numa:1024 pu:2").objects(Level::node), SizeIs(1024));
}

TEST(Description, IsToldFromTheNameOfAFile) {
  for (const char* text : {"pack:2 pu:2", "sokcet:2", "  8", "2 4", "8;offline=1", "[numa] pu:2",
                           "(memory=1GB) pu:1", "4(indexes=3,2,1,0)", "pu:"})
    EXPECT_TRUE(is_description(text)) << text;
  for (const char* text : {"", "host", "snapshot", "machines/epyc", "/sys", "./2", "2nd", "pu"})
    EXPECT_FALSE(is_description(text)) << text;
}

}  // namespace
}  // namespace pinfold::test
