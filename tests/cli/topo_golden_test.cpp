// Drawings as they are in tests/cli/topo. CONTRIBUTING.md says how those are written anew.
#include <gtest/gtest.h>

#include "golden.h"
#include "support/make_machine.h"
#include "support/program.h"
#include "topo/drawing.h"

namespace pinfold::test {
namespace {

void compare_drawing(const std::string& name, const std::string& text) {
  compare_with_golden(GOLDEN_TOPO + ('/' + name) + ".txt", text);
}

struct Case {
  const char* name;
  const char* machine;
  const char* locale = "C.UTF-8";
};

void PrintTo(const Case& one, std::ostream* stream) { *stream << one.name; }

class TopoGolden : public ::testing::TestWithParam<Case> {};

TEST_P(TopoGolden, IsDrawnAsBefore) {
  const auto& [name, machine, locale] = GetParam();
  const Output output = run({"env", std::string("LC_ALL=") + locale, PINFOLD_COMMAND, "topo",
                             "--color=never", "--machine", machine});
  ASSERT_EQ(output.exit, 0) << output.err;
  EXPECT_EQ(output.err, "");
  compare_drawing(name, std::string("$ pinfold topo --machine \"") + machine + "\"\n" + output.out);
}

constexpr const char* laptop =
    "(memory=32GiB) pack:1 l3:1(size=12MiB) l2:4(size=1280KiB) core:1 pu:2";

INSTANTIATE_TEST_SUITE_P(
    Machines, TopoGolden,
    ::testing::Values(
        Case{"laptop", laptop}, Case{"laptop_in_ascii", laptop, "C"}, Case{"one_cpu", "pu:1"},
        Case{"siblings_half_apart",
             "pack:2 [numa(memory=128GiB)] l3:1(size=33MiB) l2:20(size=1MiB) core:1 "
             "pu:2(indexes=core:pack)"},
        Case{"alternating_packages", "pack:2 core:16 pu:2(indexes=pack:core)"},
        Case{"many_l3s",
             "pack:2 [numa(memory=256GiB)] l3:8(size=32MiB) l2:8(size=512KiB) core:1 "
             "pu:2(indexes=core:pack)"},
        Case{"clusters",
             "pack:2 numa:2(memory=126GiB) l3:1(size=32MiB) cluster:8 l2:4(size=512KiB) core:1 "
             "pu:1"},
        Case{"cpus_4096", "pack:8 numa:2 l3:16 core:8 pu:2"},
        Case{"cpus_4096_in_64_packages", "pack:64 numa:4 l3:4 core:2 pu:2"},
        Case{
            "limits",
            "pack:1 l3:1(size=24MiB) core:8 pu:2;offline=3;isolated=4-7;nohz_full=6-7;cpuset=0-11"},
        Case{"every_second_is_isolated", "l3:2 core:4 pu:2;isolated=1-15:2"},
        Case{"nodes_in_brackets", "pack:2 [numa] core:2 [numa] [numa(memory=1GiB)] pu:1"},
        Case{"memory_without_cpus",
             "pack:2 [numa(memory=64GiB)] [numa(memory=256GiB)] core:4 pu:1"},
        Case{"sparse_nodes", "pack:2 numa:2(indexes=0,8,32,40 memory=16GiB) core:4 pu:1"},
        Case{"each_core_a_package", "pack:6(indexes=0,2,4,6,8,10) l3:1(size=16MiB) core:1 pu:1"}),
    [](const auto& one) { return one.param.name; });

// What descriptions cannot say is built.

TEST(TopoDrawing, NamesTheKindsOfCpus) {
  MachineFacts facts =
      make_machine().packages(1).l3s(1).l2s(6).cores(1).smt(2).efficiency_cores(8).facts();
  for (Object& l2 : facts.objects[Level::l2])
    l2.size = l2.cpus.count() == 2 ? 1280U << 10U : 2U << 20U;
  facts.kinds[0].capacity = 446;
  facts.kinds[1].capacity = 1024;
  compare_drawing("hybrid", tool::draw(Machine(std::move(facts)), {}));
}

TEST(TopoDrawing, ShowsDistancesThatDiffer) {
  MachineFacts facts = make_machine().packages(2).nodes(2).cores(4).facts();
  facts.distances = {{10, 12, 32, 32}, {12, 10, 32, 32}, {32, 32, 10, 12}, {32, 32, 12, 10}};
  compare_drawing("distances", tool::draw(Machine(std::move(facts)), {}));
}

TEST(TopoDrawing, SumsUpDistancesOfManyNodes) {
  MachineFacts facts = make_machine().packages(5).nodes(2).cores(2).facts();
  facts.distances.assign(10, std::vector<unsigned>(10, 32));
  for (std::size_t i = 0; i < 10; ++i) {
    facts.distances[i][i] = 10;
    facts.distances[i][i ^ 1U] = i < 2 ? 11 : 12;
  }
  compare_drawing("distances_of_many_nodes", tool::draw(Machine(std::move(facts)), {}));
}

TEST(TopoDrawing, NamesTheCgroupThatAllowsLess) {
  MachineFacts facts = make_machine().packages(1).cores(8).cpuset("0-3").facts();
  facts.limits.cpuset->cgroup =
      "/kubepods.slice/kubepods-burstable.slice/pod-0a1b2c3d/cri-containerd-0123456789abcdef.scope";
  compare_drawing("cgroup", tool::draw(Machine(std::move(facts)), {}));
}

TEST(TopoDrawing, ShowsObjectsThatLieAcrossOthers) {
  MachineFacts facts = make_machine().packages(2).cores(4).facts();
  facts.objects[Level::l3] = {{.cpus = cpus("0-1")}, {.cpus = cpus("2-5")}, {.cpus = cpus("6-7")}};
  compare_drawing("crossing", tool::draw(Machine(std::move(facts)), {}));
}

}  // namespace
}  // namespace pinfold::test
