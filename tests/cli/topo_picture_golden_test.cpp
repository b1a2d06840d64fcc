// Pictures as they are in tests/cli/topo, and that of README.md. CONTRIBUTING.md says how those are
// written anew.
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "golden.h"
#include "support/make_machine.h"
#include "support/program.h"
#include "topo/picture.h"

namespace pinfold::test {
namespace {

void compare_picture(const std::string& name, const std::string& svg) {
  compare_with_golden(GOLDEN_TOPO + ('/' + name) + ".svg", svg);
}

std::string picture_of(const std::string& machine) {
  const Output output = pinfold({"topo", "--svg", "-", "--machine", machine});
  EXPECT_EQ(output.exit, 0);
  EXPECT_EQ(output.err, "");
  return output.out;
}

struct Case {
  const char* name;
  const char* machine;
};

void PrintTo(const Case& one, std::ostream* stream) { *stream << one.name; }

class TopoPictureGolden : public ::testing::TestWithParam<Case> {};

TEST_P(TopoPictureGolden, IsDrawnAsBefore) {
  compare_picture(GetParam().name, picture_of(GetParam().machine));
}

INSTANTIATE_TEST_SUITE_P(
    Machines, TopoPictureGolden,
    ::testing::Values(
        Case{"one_cpu", "pu:1"},
        Case{"laptop", "(memory=32GiB) pack:1 l3:1(size=12MiB) l2:4(size=1280KiB) core:1 pu:2"},
        Case{"server", "pack:2 numa:2(memory=64GiB) l3:2(size=32MiB) core:4 pu:2"},
        Case{
            "limits",
            "pack:1 l3:1(size=24MiB) core:8 pu:2;offline=3;isolated=4-7;nohz_full=6-7;cpuset=0-11"},
        Case{"memory_without_cpus",
             "pack:2 [numa(memory=64GiB)] [numa(memory=256GiB)] core:4 pu:1"},
        Case{"cpus_2048",
             "pack:4 numa:2(memory=64GiB) l3:8(size=32MiB) core:16 pu:2;isolated=8-15"}),
    [](const auto& one) { return one.param.name; });

TEST(TopoPictureGolden, ShowsKindsOfCpusAndTasks) {
  MachineFacts facts =
      make_machine().packages(1).l3s(1).l2s(6).cores(1).smt(2).efficiency_cores(8).facts();
  for (Object& l2 : facts.objects[Level::l2])
    l2.size = l2.cpus.count() == 2 ? 1280U << 10U : 2U << 20U;
  facts.kinds[0].capacity = 446;
  facts.kinds[1].capacity = 1024;
  const std::vector<tool::Pinned> tasks = {
      {.pid = Pid(4711), .name = "game", .threads = 3, .cpus = cpus("0-11")},
      {.pid = Pid(815), .name = "backup", .threads = 1, .cpus = cpus("12-15")}};
  compare_picture("hybrid_with_tasks", tool::picture(Machine(std::move(facts)), tasks));
}

TEST(TopoPictureGolden, ShowsDistancesAndWhatLiesAcrossOthers) {
  MachineFacts facts = make_machine().packages(2).nodes(1).cores(4).facts();
  facts.objects[Level::l3] = {{.cpus = cpus("0-1")}, {.cpus = cpus("2-5")}, {.cpus = cpus("6-7")}};
  facts.distances = {{10, 32}, {32, 10}};
  compare_picture("crossing", tool::picture(Machine(std::move(facts))));
}

// The picture's file and the command that makes it stand in one line of README.md each.
TEST(TopoPictureGolden, ThePictureOfTheReadmeIsWhatItsCommandWrites) {
  std::stringstream readme;
  readme << std::ifstream(PROJECT_FOLDER "/README.md").rdbuf();
  const std::string text = readme.str();
  std::smatch command;
  const std::regex pattern("pinfold topo --svg (\\S+\\.svg) --machine \"([^\"]+)\"");
  ASSERT_TRUE(std::regex_search(text, command, pattern));
  const std::string file = "docs/" + command[1].str();
  EXPECT_TRUE(text.contains("](" + file + ")"));
  compare_with_golden(PROJECT_FOLDER "/" + file, picture_of(command[2]));
}

}  // namespace
}  // namespace pinfold::test
