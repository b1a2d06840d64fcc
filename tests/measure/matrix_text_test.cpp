#include "bench/matrix_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "recorded.h"

namespace pinfold::test {
namespace {

using testing::HasSubstr;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line);
  return lines;
}

TEST(MatrixText, ShowsEachPairOfAFewCpus) {
  const auto lines = lines_of(tool::matrix_text(recorded(16)));
  EXPECT_EQ(lines[4], "         0   8   1   9   2  10   3  11   4  12   5  13   6  14   7  15");
  EXPECT_EQ(lines[5], "     0   . 7.3  22  20  22  22  22  22  78  79  82  80  78  78  80  76");
  EXPECT_EQ(lines[13], "") << "between one L3 and the other";
}

TEST(MatrixText, ShowsManyCpusByWhatTheyStandIn) {
  const std::string text = tool::matrix_text(recorded(128));
  EXPECT_THAT(text, HasSubstr("Between CPUs of each l3"));
  EXPECT_THAT(text, HasSubstr("\n     0  22  90  89  91 112 104 110 109 194 190"));
}

TEST(MatrixText, FitsOnATerminal) {
  for (const unsigned cpus : {2U, 16U, 128U}) {
    for (const std::string& line : lines_of(tool::matrix_text(recorded(cpus))))
      EXPECT_LE(line.size(), 80U) << line;
  }
}

TEST(MatrixText, ConcludesInWordsHowMuchSharingIsWorth) {
  EXPECT_THAT(
      tool::matrix_text(recorded(16)),
      HasSubstr("A cache line takes 7.05 ns between SMT siblings, 21.7 ns between cores with "
                "one\nL3 (x 3.1) and 78.3 ns within a node (x 11)."));
}

TEST(MatrixText, SaysOfEveryPairWithoutANumberWhy) {
  const std::string text = tool::matrix_text(recorded(16));
  EXPECT_THAT(text, HasSubstr("no number for 5-6: other tasks ran on CPU 6"));
  EXPECT_THAT(text, HasSubstr("no number for 3-7: the samples lie too far apart"));
  EXPECT_THAT(
      tool::matrix_text(recorded(128)),
      HasSubstr("no number for 0-37, 64-37, 1-37 and 124 others: the pin to CPU 37 did not"));
}

TEST(MatrixText, SaysWhatSpeaksAgainstTheNumbers) {
  EXPECT_THAT(tool::matrix_text(recorded(16)),
              HasSubstr("note: others used CPUs 0-15 for 7 % of the time"));
}

TEST(MatrixCsv, HasALineForEachPairAndNothingInPlaceOfANumberThatIsNotThere) {
  const auto lines = lines_of(tool::matrix_csv(recorded(16)));
  ASSERT_EQ(lines.size(), 1U + 16 * 15 / 2);
  EXPECT_EQ(lines[0], "cpu_a,cpu_b,sharing,one_way_ns,low_ns,high_ns,samples,reason");
  EXPECT_THAT(lines[1], testing::StartsWith("0,8,SMT siblings,7.29,"));
  EXPECT_NE(std::ranges::find(
                lines,
                "5,6,same L3,,,,,\"other tasks ran on CPU 6 or its partner in 74 of 102 samples\""),
            lines.end());
  for (const std::string& line : lines)
    EXPECT_EQ(std::ranges::count(line.substr(0, line.find('"')), ','), 7) << line;
}

}  // namespace
}  // namespace pinfold::test
