#include "document/results.h"

#include <gmock/gmock.h>

#include <vector>

#include "document/results_json.h"
#include "sample.h"

namespace pinfold::bench {
namespace {

using test::alone_line;
using test::ratio_line;
using test::sample_run;
using testing::HasSubstr;

TEST(BenchResults, ALaterRunTakesThePlaceOfItsRows) {
  const std::vector<bench::Run> runs = {
      sample_run({ratio_line("a", 1), ratio_line("b", 2)}, {{.name = "c", .reason = "no c"}}),
      sample_run({ratio_line("b", 3), ratio_line("c", 4)}, {{.name = "a", .reason = "no a"}})};
  const Results all = merge(runs);
  ASSERT_EQ(all.lines.size(), 3U);
  EXPECT_EQ(all.lines[0].measured.ratio, 1);
  EXPECT_EQ(all.lines[1].name, "b") << "in its old place";
  EXPECT_EQ(all.lines[1].measured.ratio, 3);
  EXPECT_EQ(all.lines[2].measured.ratio, 4);
  EXPECT_TRUE(all.skipped.empty()) << "each was measured once";
  ASSERT_EQ(all.sources.size(), 2U);
  EXPECT_EQ(all.sources[0].rows, 1U);
  EXPECT_EQ(all.sources[1].rows, 2U);
}

TEST(BenchResults, ASkippedRowIsToldOnceWithItsLastReason) {
  const std::vector<bench::Run> runs = {sample_run({}, {{.name = "c", .reason = "first"}}),
                                        sample_run({}, {{.name = "c", .reason = "last"}})};
  const Results all = merge(runs);
  ASSERT_EQ(all.skipped.size(), 1U);
  EXPECT_EQ(all.skipped[0].reason, "last");
}

TEST(BenchResults, JsonIsReadAsItWasWritten) {
  bench::Run run = sample_run({ratio_line("a \"quoted\" row", 0.5, 0.8), alone_line("b", 3, "MB")},
                              {{.name = "c", .reason = "no c"}});
  run.lines[0].stands = Stands::added;
  run.conditions.is_root = true;
  const auto read = parse_run(to_json(run));
  ASSERT_TRUE(read) << message(read.error());
  EXPECT_EQ(to_json(*read), to_json(run));
  EXPECT_EQ(read->lines[0].reach, 0.8);
  EXPECT_EQ(read->lines[1].reach, std::nullopt);
  EXPECT_EQ(read->lines[1].stands, Stands::alone);
}

TEST(BenchResults, WhatIsNoRunIsAnError) {
  EXPECT_FALSE(parse_run(""));
  EXPECT_FALSE(parse_run("{}"));
  EXPECT_FALSE(parse_run(R"({"rows":[],"skipped":[]})"));
  std::string json = to_json(sample_run({ratio_line("a", 1)}));
  json.replace(json.find("\"ratio\""), 7, "\"other\"");
  const auto read = parse_run(json);
  ASSERT_FALSE(read);
  EXPECT_THAT(message(read.error()), HasSubstr("not what pinfold-bench --json writes"));
}

}  // namespace
}  // namespace pinfold::bench
