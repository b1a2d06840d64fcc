#include "document/page.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "document/markdown.h"
#include "document/rows.h"
#include "document/sections.h"
#include "sample.h"
#include "support/own_folder.h"

namespace pinfold::bench {
namespace {

using test::alone_line;
using test::ratio_line;
using test::sample;
using testing::HasSubstr;
using testing::Not;

// From a heading to the next one of its kind.
std::string part_of(const std::string& page, const std::string& heading) {
  const std::size_t begin = page.find('\n' + heading + '\n');
  if (begin == std::string::npos) return {};
  const std::string mark = '\n' + heading.substr(0, heading.find(' ') + 1);
  return page.substr(begin, page.find(mark, begin + 1) - begin);
}

TEST(BenchPage, PutsRowsSideBySideWithWhatTheyShouldReach) {
  const std::string text =
      page(sample({ratio_line("launch: run --on 0 -- true / taskset 1 true", 0.7, 0.8)}));
  EXPECT_THAT(part_of(text, "### Starting a program"),
              HasSubstr("| launch: run --on 0 -- true / taskset 1 true | 70.0 ns | 100 ns | 0.700 "
                        "| 0.630 to 0.770 | 0.8 | reached |\n"));
  EXPECT_THAT(text, HasSubstr("**1 of 1 numbers are reached.** 0 [fall short]"));
  EXPECT_THAT(part_of(text, "## What falls short"), HasSubstr("Nothing."));
}

TEST(BenchPage, ARowThatIsShortIsToldTwiceAndWithoutAReasonItIsNotHidden) {
  const std::string text = page(sample({ratio_line("nobody knows: 1 CPU / x", 1.1, 1.0)}));
  EXPECT_THAT(part_of(text, "### Others that have a number to reach"),
              HasSubstr("| 1 | **short**, by 10.0 % |\n"));
  EXPECT_THAT(part_of(text, "## What falls short"),
              HasSubstr("Not explained yet:\n\n- nobody knows: 1 CPU / x: 1.10 (middle half 0.990 "
                        "to 1.21), should be at most 1\n"));
}

TEST(BenchPage, AReasonIsGivenOnlyWhereItsRowIsShort) {
  const std::string row = "pin(Pid): 10,000 quiet threads / taskset -ap";
  const std::string reason(reason_for(row));
  ASSERT_FALSE(reason.empty());
  const std::string is_short =
      part_of(page(sample({ratio_line(row, 1.8, 1)})), "## What falls short");
  EXPECT_THAT(is_short, HasSubstr(reason + "\n\n- pin(Pid): 10,000 quiet threads"));
  EXPECT_THAT(is_short, Not(HasSubstr("Not explained yet")));
  EXPECT_THAT(page(sample({ratio_line(row, 0.8, 1)})), Not(HasSubstr(reason)));
}

TEST(BenchPage, ASectionWithoutRowsSaysSo) {
  EXPECT_THAT(part_of(page(sample({})), "### Parsing lists"),
              HasSubstr("Not measured in this run."));
  EXPECT_THAT(
      part_of(page(sample({}, {{.name = "sim: memory, 4,096 CPUs", .reason = "it failed"}})),
              "### Starting a simulated machine"),
      HasSubstr("Not measured: sim: memory, 4,096 CPUs, because it failed."));
}

TEST(BenchPage, WhatNoRowShowsIsNamedWithWhatShowsIt) {
  EXPECT_THAT(part_of(page(sample({})), "### Setting all threads of a process"),
              HasSubstr("PINFOLD_CHURN_RUNS=10000"));
}

TEST(BenchPage, RowsForInformationComeLastAndSkippedOnesWithTheirReason) {
  const std::string text =
      page(sample({ratio_line("set: 10 quiet threads / taskset -ap", 0.5)},
                  {{.name = "trace: by perf", .reason = "there is no perf | here"}}));
  EXPECT_THAT(part_of(text, "## For information"),
              HasSubstr("| set: 10 quiet threads / taskset -ap | 50.0 ns |"));
  EXPECT_THAT(part_of(text, "## Not measured"),
              HasSubstr("| trace: by perf | there is no perf \\| here |"));
}

TEST(BenchPage, SaysWhereAndWhenAndHowNoisyItWas) {
  Results results = sample({ratio_line("pin: a / b", 1, 1.05)});
  results.sources[0].conditions.is_virtual = true;
  const std::string text = page(results);
  EXPECT_THAT(text, HasSubstr("Abacus, 2 CPUs, 24 GiB; Linux 6.18.5 x86\\_64"));
  EXPECT_THAT(text,
              HasSubstr("| 2026-11-28 | 23487cf | 1 | all | each row's own | 0.500 | 0.100 % |"));
  EXPECT_THAT(text, HasSubstr("This is a virtual machine"));
  EXPECT_THAT(text, HasSubstr("within ±10.0 %"));
  EXPECT_THAT(text, Not(HasSubstr("Not for keeping")));
}

TEST(BenchPage, OfAQuickRunItSaysThatItIsNotForKeeping) {
  Results results = sample({});
  results.sources[0].conditions.rounds = "a tenth";
  EXPECT_THAT(page(results), HasSubstr("**Not for keeping"));
}

TEST(BenchPage, SaysWhetherAnyRunWasOfAllRows) {
  Results results = sample({ratio_line("pin: a / b", 1, 1.05)});
  EXPECT_THAT(part_of(page(results), "## Not measured"), HasSubstr("Nothing was left out."));
  results.sources[0].conditions.filter = "pin";
  EXPECT_THAT(part_of(page(results), "## Not measured"), HasSubstr("No run was of all rows"));
  EXPECT_THAT(page(results), Not(HasSubstr("Nothing was left out.")));
}

TEST(BenchPage, IsWrittenWithItsPictures) {
  const test::OwnFolder folder;
  const Results results = sample({alone_line("sim: start, 64 CPUs, again", 0.5, "ms"),
                                  alone_line("sim: start, 1,024 CPUs, again", 0.9, "ms")});
  ASSERT_TRUE(write_page(results, folder.path()));
  std::ifstream file(folder.path() + "/performance.md");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(text, page(results));
  EXPECT_THAT(text, HasSubstr("(growth-sim.svg)"));
  EXPECT_TRUE(std::filesystem::exists(folder.path() + "/growth-sim.svg"));
  EXPECT_FALSE(std::filesystem::exists(folder.path() + "/growth-cpuset.svg"));
  EXPECT_FALSE(write_page(results, folder.path() + "/missing"));
}

TEST(BenchRows, CostsThatAreAddedHaveASign) {
  Line line = ratio_line("sim: what any other call takes longer", 0, 35);
  line.stands = Stands::added;
  line.measured.ratio = 12.34;
  EXPECT_EQ(ratio_text(line, line.measured.ratio), "+12.3 ns");
  EXPECT_EQ(ratio_text(line, -0.5), "-0.500 ns");
  EXPECT_EQ(reach_text(line), "+35 ns");
}

TEST(BenchRows, ACountHasNoMiddleHalf) {
  const Line line = alone_line("trace: lost", 3, "events", 0);
  EXPECT_EQ(half_text(line), "–");
  EXPECT_EQ(reach_text(line), "0 events");
  EXPECT_EQ(verdict(line), "**short**");
}

TEST(BenchMarkdown, TextMeansNothingButItself) {
  EXPECT_EQ(markdown_text("/proc/*/task_x <a> [b] `c` | d"),
            "/proc/\\*/task\\_x \\<a\\> \\[b\\] \\`c\\` \\| d");
}

}  // namespace
}  // namespace pinfold::bench
