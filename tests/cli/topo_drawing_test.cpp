// What holds for the drawing of every machine.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <sstream>

#include <pinfold/cpu_list.h>

#include "any_machine.h"
#include "topo/cpu_text.h"
#include "topo/drawing.h"
#include "topo/rows.h"

namespace pinfold::test {
namespace {

using tool::Branch;
using tool::Charset;
using tool::Look;
using tool::Row;

void check_lines(const std::string& text, const Look& look) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    RC_ASSERT(tool::width_of(line) <= look.width);
    RC_ASSERT(!line.ends_with(' '));
    RC_ASSERT(look.charset == Charset::unicode ||
              std::ranges::all_of(line, [](char c) { return static_cast<signed char>(c) > 0; }));
  }
}

RC_GTEST_PROP(TopoDrawing, NoLineIsLongerThanItMayBe, ()) {
  const std::string text = any_machine();
  RC_LOG() << text << std::endl;
  const auto machine = Machine::open(text);
  RC_PRE(machine.has_value());
  const Look look{.width = *rc::gen::element<std::size_t>(60, 80, 132),
                  .charset = *rc::gen::element(Charset::ascii, Charset::unicode)};
  check_lines(tool::draw(*machine, look), look);
}

RC_GTEST_PROP(TopoCpuText, AShortListNamesTheSameCpus, ()) {
  CpuSet set;
  unsigned next = 0;
  for (int i = *rc::gen::inRange(0, 6); i > 0; --i) {
    next += *rc::gen::inRange(0U, 10U);
    const unsigned length = *rc::gen::inRange(1U, 4U);
    const unsigned stride = length + *rc::gen::inRange(1U, 5U);
    for (unsigned times = *rc::gen::inRange(1U, 9U); times > 0; --times, next += stride)
      set.add_range(CpuId(next), CpuId(next + length - 1));
  }
  RC_PRE(!set.empty());
  const std::string list = tool::short_list(set);
  const auto parsed = parse_cpu_list(list);
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(*parsed == set);
  RC_ASSERT(list.size() <= to_cpu_list(set).size());
}

TEST(TopoText, SizesHaveThreeDigits) {
  EXPECT_EQ(tool::size_text(512U << 10U), "512 KiB");
  EXPECT_EQ(tool::size_text(1280U << 10U), "1.25 MiB");
  EXPECT_EQ(tool::size_text(33269227520), "31 GiB");
  EXPECT_EQ(tool::size_text(std::uint64_t{64307} << 20U), "62.8 GiB");
  EXPECT_EQ(tool::size_text(std::uint64_t{1536} << 30U), "1.5 TiB");
  EXPECT_EQ(tool::size_text(10238U), "10 KiB");
}

TEST(TopoText, BreaksWordsThatAreLongerThanALine) {
  using Lines = std::vector<std::string>;
  EXPECT_EQ(tool::wrap({"0-1", "2-3", "4-5"}, 2, 8), (Lines{"0-1  2-3", "4-5"}));
  EXPECT_EQ(tool::wrap({"0", "10,20,30"}, 2, 6), (Lines{"0", "10,20,", "30"}));
  EXPECT_EQ(tool::wrap({"123456789"}, 2, 4), (Lines{"1234", "5678", "9"}));
}

std::size_t cores_in(const Branch& branch) {
  std::size_t count = branch.objects.back().level == Level::core ? 1 : 0;
  for (const Branch& child : branch.children)
    count += cores_in(child);
  return count;
}

RC_GTEST_PROP(TopoRows, EachCoreStandsInOneRow, ()) {
  const std::string text = any_machine();
  RC_LOG() << text << std::endl;
  const auto machine = Machine::open(text);
  RC_PRE(machine.has_value());
  const auto tree = tool::tree_of(*machine);
  RC_PRE(tree.crossing.empty());
  std::size_t cores = 0;
  for (const Row& row : tool::plan_rows(tree, *rc::gen::inRange<std::size_t>(0, 60))) {
    const bool below = row.within == Row::Within::below && !row.branches.front().children.empty();
    for (const Branch& branch : row.branches)
      cores += below ? 0 : cores_in(branch);
  }
  RC_ASSERT(cores == machine->objects(Level::core).size());
}

TEST(TopoDrawing, AMachineOfManyCpusFitsOnAScreen) {
  for (const char* text :
       {"pack:8 numa:2 l3:16 core:8 pu:2", "pack:64 numa:4 l3:4 core:2 pu:2", "core:4096 pu:1",
        "pack:2 l3:128 core:8 pu:2", "pack:16 die:2 l3:4 l2:4 core:4 pu:2",
        "pack:1024 core:2 pu:2(indexes=core:pack)"}) {
    const auto machine = Machine::open(text);
    ASSERT_TRUE(machine) << message(machine.error());
    const std::string drawing = tool::draw(*machine, {});
    EXPECT_LE(std::ranges::count(drawing, '\n'), 40) << drawing;
  }
}

TEST_F(Snapshots, OfRealMachinesAreDrawnWithin80Columns) {
  for (const std::string& text : machines_) {
    const auto machine = Machine::open(text);
    ASSERT_TRUE(machine) << text << ": " << message(machine.error());
    std::istringstream drawing(tool::draw(*machine, {}));
    std::size_t count = 0;
    for (std::string line; std::getline(drawing, line); ++count)
      EXPECT_LE(tool::width_of(line), 80U) << text << '\n' << line;
    EXPECT_GE(count, 3U) << text;
  }
}

}  // namespace
}  // namespace pinfold::test
