#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include <pinfold/cpu_list.h>

#include "support/program.h"

namespace pinfold {
namespace {

using test::mask_of;
using test::Output;
using testing::HasSubstr;
using testing::StartsWith;
using Json = nlohmann::json;

// Two packages, each a node with two L3s of two cores with two PUs.
constexpr const char* machine = "pack:2 numa:1 l3:2 core:2 pu:2";

Output plan(std::vector<std::string> arguments, const char* on_machine = machine) {
  arguments.insert(arguments.begin(), {"plan", "--machine", on_machine});
  return test::pinfold(std::move(arguments));
}

std::string lists(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--as", "list"});
  const Output output = plan(std::move(arguments));
  EXPECT_EQ(output.exit, 0) << output.err;
  return output.out;
}

TEST(PlanCommand, PrintsATableForPeople) {
  const Output output = plan({"4"});
  EXPECT_EQ(output.out,
            "SLOT  CPUS   NODES\n"
            "   0  0-3    0\n"
            "   1  4-7    0\n"
            "   2  8-11   1\n"
            "   3  12-15  1\n");
  EXPECT_EQ(output.err, "");
  EXPECT_EQ(output.exit, 0);
}

TEST(PlanCommand, ServesEveryPolicy) {
  EXPECT_EQ(lists({"4", "--policy", "compact"}), "0-3\n4-7\n8-11\n12-15\n");
  EXPECT_EQ(lists({"4", "--policy", "spread"}), "0-3\n8-11\n4-7\n12-15\n");
  EXPECT_EQ(lists({"2", "--policy", "core"}), "0-1\n2-3\n");
  EXPECT_EQ(lists({"2", "--policy", "l3"}), "0-3\n4-7\n");
  EXPECT_EQ(lists({"2", "--policy=node"}), "0-7\n8-15\n");
  EXPECT_EQ(lists({"2", "--policy=package"}), "0-7\n8-15\n");
  EXPECT_EQ(lists({"2", "--policy=pu"}), "0\n1\n");
}

TEST(PlanCommand, StaysInThePlace) {
  EXPECT_EQ(lists({"2", "--on", "2-5,12-15"}), "2-5\n12-15\n");
  EXPECT_EQ(lists({"--on=package:1", "2"}), "8-11\n12-15\n");
}

TEST(PlanCommand, WritesTheFormsThatOtherProgramsTake) {
  const auto form = [](const char* name, std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--as", name});
    return plan(std::move(arguments)).out;
  };
  EXPECT_EQ(form("list", {"2"}), "0-7\n8-15\n");
  EXPECT_EQ(form("mask", {"2"}), "0xff\n0xff00\n");
  EXPECT_EQ(form("taskset", {"2"}), "taskset -c 0-7\ntaskset -c 8-15\n");
  EXPECT_EQ(form("slurm", {"2"}), "--cpu-bind=mask_cpu:0xff,0xff00\n");
  EXPECT_EQ(form("omp", {"2"}),
            "OMP_NUM_THREADS=2 OMP_PROC_BIND=close OMP_PLACES=\"{0:8},{8:8}\"\n");
  EXPECT_EQ(form("omp", {"2", "--on", "0,2-3,5,8-10,12"}),
            "OMP_NUM_THREADS=2 OMP_PROC_BIND=close OMP_PLACES=\"{0,2:2,5},{8:3,12}\"\n");
  EXPECT_EQ(form("gomp", {"2", "--on", "3,5"}), "GOMP_CPU_AFFINITY=\"3 5\"\n");
}

// A shell would make several words of braces with a comma.
TEST(PlanCommand, OpenMpVariablesCanBeExportedByAShell) {
  constexpr const char* script = R"sh(
    eval "export $("$0" plan 2 --machine "$1" --on 0,2,4,6 --as omp)" &&
      printf %s "$OMP_PLACES $OMP_NUM_THREADS")sh";
  const Output exported = test::run({"bash", "-c", script, PINFOLD_COMMAND, machine});
  EXPECT_EQ(exported.out, "{0,2},{4,6} 2") << exported.err;
}

TEST(PlanCommand, SaysWhatLibgompMakesOfSlotsWithSeveralCpus) {
  const Output output = plan({"2", "--as", "gomp"});
  EXPECT_EQ(output.out, "GOMP_CPU_AFFINITY=\"0-7 8-15\"\n");
  EXPECT_EQ(output.err,
            "pinfold: note: libgomp reads one flat list and binds each thread to one CPU of it, in "
            "turn: --as omp keeps slots whole\n");
  EXPECT_EQ(plan({"16", "--as", "gomp"}).err, "");
}

TEST(PlanCommand, JsonHasTheSchemaOfTheDesign) {
  const Output output = plan({"2", "--json", "--on", "6-9"});
  const Json expected = {{"schema_version", 1},
                         {"slots",
                          {{{"slot", 0}, {"cpus", "6-7"}, {"nodes", "0"}},
                           {{"slot", 1}, {"cpus", "8-9"}, {"nodes", "1"}}}}};
  EXPECT_EQ(Json::parse(output.out), expected);
  EXPECT_EQ(output.exit, 0);
}

TEST(PlanCommand, SaysWhatIsLeftOver) {
  const Output output = plan({"3", "--policy", "core", "--as", "list"});
  EXPECT_EQ(output.out, "0-1\n2-3\n4-5\n");
  EXPECT_EQ(output.err, "pinfold: note: left over: CPUs 6-15 (10 of 16)\n");
  EXPECT_EQ(output.exit, 0);
}

TEST(PlanCommand, MoreWorkersThanThereIsRoomForNeedShare) {
  const Output output = plan({"17"});
  EXPECT_EQ(output.out, "");
  EXPECT_EQ(output.err,
            "pinfold: 17 workers have no room: 0-15 has 16 CPUs\n"
            "  --share gives several workers the same CPUs\n");
  EXPECT_EQ(output.exit, 1);
  EXPECT_EQ(lists({"3", "--on", "4-5", "--share"}), "4\n5\n4\n");
}

TEST(PlanCommand, NamesThePolicyThatHasRoom) {
  EXPECT_EQ(plan({"9", "--policy", "core"}).err,
            "pinfold: 9 workers have no room: 0-15 has 8 cores\n"
            "  --share gives several workers the same CPUs\n"
            "  --policy pu has a CPU for each\n");
}

TEST(PlanCommand, ErrorsAreInTheJsonToo) {
  const Output output = plan({"17", "--json"});
  EXPECT_EQ(output.exit, 1);
  EXPECT_THAT(output.err, StartsWith("pinfold: 17 workers have no room"));
  const Json json = Json::parse(output.out);
  EXPECT_EQ(json["slots"], Json::array());
  EXPECT_EQ(json["error"]["kind"], "no_room");
  EXPECT_EQ(json["error"]["message"], "17 workers have no room: 0-15 has 16 CPUs");
}

TEST(PlanCommand, APolicyThatTheMachineCannotServeNamesThoseThatItCan) {
  const Output output = plan({"2", "--policy", "l3"}, "core:4 pu:2");
  EXPECT_EQ(output.out, "");
  EXPECT_THAT(output.err, StartsWith("pinfold: this machine tells of no l3: policies that can be "
                                     "served are compact, spread, core, node, "));
  EXPECT_EQ(output.exit, 1);
}

TEST(PlanCommand, CpusThatCannotBeUsedAreAnErrorUnlessTheyAreClipped) {
  const Output output = plan({"1", "--on", "15-16"});
  EXPECT_EQ(output.err,
            "pinfold: CPU 16 does not exist: this machine has 0-15\n"
            "  --clip drops CPUs that cannot be used\n");
  EXPECT_EQ(output.exit, 1);
  const Output clipped = plan({"1", "--on", "15-16", "--clip", "--as", "list"});
  EXPECT_EQ(clipped.out, "15\n");
  EXPECT_EQ(clipped.err, "pinfold: note: dropped: CPU 16 does not exist: this machine has 0-15\n");
}

TEST(PlanCommand, LimitsOfAnotherMachineAreRespected) {
  constexpr const char* limited = "core:8 pu:1;offline=1;cpuset=0-4";
  EXPECT_EQ(plan({"2", "--as", "list"}, limited).out, "0,2\n3-4\n");
  EXPECT_EQ(plan({"1", "--on", "1"}, limited).exit, 1);
  EXPECT_EQ(plan({"1", "--on", "5"}, limited).exit, 1);
}

TEST(PlanCommand, WithoutAPlaceTakesWhatItWasGiven) {
  const test::MaskGuard guard;
  const std::string last = std::to_string(mask_of(0).last()->value());
  const Output output =
      test::run({PINFOLD_COMMAND, "run", "--on", last, "--", PINFOLD_COMMAND, "plan", "1"});
  EXPECT_THAT(output.out, HasSubstr("\n   0  " + last + "  "));
  EXPECT_EQ(output.err, "");
}

TEST(PlanCommand, WhatMakesNoSenseIsAUsageError) {
  const std::vector<std::vector<std::string>> mistakes = {
      {},
      {"0"},
      {"-1"},
      {"x"},
      {"1", "2"},
      {"1048577"},
      {"1", "--on", "0-"},
      {"1", "--policy", "l4"},
      {"1", "--as", "table"},
      {"1", "--as", "list", "--json"},
  };
  for (const std::vector<std::string>& mistake : mistakes) {
    const Output output = plan(mistake);
    EXPECT_EQ(output.exit, 2) << testing::PrintToString(mistake);
    EXPECT_EQ(output.out, "") << testing::PrintToString(mistake);
    EXPECT_THAT(output.err, StartsWith("pinfold: ")) << testing::PrintToString(mistake);
  }
  EXPECT_EQ(plan({"1", "--policy", "l4"}).err,
            "pinfold: plan: unknown policy \"l4\": did you mean l3?\n"
            "  pinfold plan --help shows how it is used\n");
  EXPECT_THAT(plan({"1", "--policy", "scatter"}).err,
              HasSubstr("there are compact, spread, core, l3, node, package, pu\n"));
}

}  // namespace
}  // namespace pinfold
