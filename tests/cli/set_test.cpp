#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <pinfold/cpu_list.h>

#include "support/program.h"

namespace pinfold {
namespace {

using test::mask_of;
using test::Output;
using test::Victim;
using Json = nlohmann::json;

class SetTest : public testing::Test {
 protected:
  std::string all_ = to_cpu_list(mask_of(0));
  std::string last_ = std::to_string(mask_of(0).last()->value());
  Victim victim_{{"quiet", "3"}};

  [[nodiscard]] std::string label() const { return "quiet (" + victim_.pid_text() + ")"; }

  void SetUp() override {
    // Without leave to trace, set works but says that it is not proved (tests/host).
    const Output probe = test::pinfold({"set", all_, victim_.pid_text()});
    if (probe.exit != 0) GTEST_SKIP() << probe.err;
    if (mask_of(0).count() == 1) GTEST_SKIP() << "one CPU leaves nothing to change";
  }
};

TEST_F(SetTest, SetsAllThreadsAndSaysFromWhereToWhere) {
  const Output output = test::pinfold({"set", last_, victim_.pid_text()});
  EXPECT_EQ(output.out, label() + ": 3 threads on " + last_ + ", before on " + all_ + "\n");
  EXPECT_EQ(output.err, "");
  EXPECT_EQ(output.exit, 0);
  for (const pid_t tid : victim_.stop())
    EXPECT_EQ(mask_of(tid), test::cpus(last_.c_str()));
}

TEST_F(SetTest, OneThreadOnly) {
  const Output output = test::pinfold({"set", last_, "tid:" + victim_.pid_text()});
  EXPECT_EQ(output.exit, 0);
  std::size_t changed = 0;
  for (const pid_t tid : victim_.stop())
    changed += mask_of(tid) == test::cpus(last_.c_str()) ? 1U : 0U;
  EXPECT_EQ(changed, 1U);
}

TEST_F(SetTest, JsonHasTheSchemaOfTheDesign) {
  const Output output = test::pinfold({"set", "--json", last_, victim_.pid_text()});
  EXPECT_EQ(output.exit, 0);
  const Json json = Json::parse(output.out);
  EXPECT_EQ(json["schema_version"], 1);
  EXPECT_EQ(json["done"], true);
  EXPECT_EQ(json["proved"], "clear");
  ASSERT_EQ(json["threads"].size(), 3U);
  const Json expected = {{"pid", victim_.pid()}, {"tid", victim_.pid()}, {"name", "quiet"},
                         {"before", all_},       {"asked", last_},       {"allowed", last_},
                         {"effective", last_},   {"result", "set"},      {"error", nullptr}};
  EXPECT_EQ(json["threads"][0], expected);
}

TEST_F(SetTest, TheSecondTimeNothingChanges) {
  ASSERT_EQ(test::pinfold({"set", last_, victim_.pid_text()}).exit, 0);
  const Json json = Json::parse(test::pinfold({"set", "--json", last_, victim_.pid_text()}).out);
  for (const Json& thread : json["threads"])
    EXPECT_EQ(thread["result"], "same");
}

TEST_F(SetTest, AllTargetsAreCheckedBeforeAnyIsChanged) {
  const Output output = test::pinfold({"set", last_, victim_.pid_text(), "1073741823"});
  EXPECT_EQ(output.exit, 1);
  EXPECT_EQ(output.out, "");
  EXPECT_EQ(output.err, "pinfold: process 1073741823 does not exist\n");
  EXPECT_EQ(to_cpu_list(mask_of(victim_.pid())), all_);
}

TEST_F(SetTest, SeveralTargets) {
  const Victim other({"quiet", "1"});
  const Output output = test::pinfold({"set", last_, victim_.pid_text(), other.pid_text()});
  EXPECT_EQ(output.exit, 0);
  EXPECT_EQ(std::ranges::count(output.out, '\n'), 2);
  EXPECT_EQ(to_cpu_list(mask_of(other.pid())), last_);
}

TEST_F(SetTest, CpusThatDoNotExistChangeNothing) {
  const Output output = test::pinfold({"set", last_ + ",99999", victim_.pid_text()});
  EXPECT_EQ(output.exit, 1);
  EXPECT_TRUE(output.err.starts_with("pinfold: CPU 99999 does not exist: this machine has "));
  EXPECT_EQ(to_cpu_list(mask_of(victim_.pid())), all_);
}

TEST_F(SetTest, ErrorsAreInTheJsonToo) {
  const Output output = test::pinfold({"set", "--json", "99999", victim_.pid_text()});
  EXPECT_EQ(output.exit, 1);
  const Json json = Json::parse(output.out);
  EXPECT_EQ(json["done"], false);
  EXPECT_EQ(json["error"]["kind"], "no_such_cpu");
  EXPECT_EQ(json["threads"].size(), 0U);
}

TEST_F(SetTest, ClipDropsAndSaysSo) {
  const Output output = test::pinfold({"set", "--clip", last_ + ",99999", victim_.pid_text()});
  EXPECT_EQ(output.exit, 0);
  EXPECT_EQ(output.err, "pinfold: note: 99999 cannot be used by " + label() + " and was dropped\n");
  EXPECT_EQ(to_cpu_list(mask_of(victim_.pid())), last_);
}

TEST_F(SetTest, DryRunChangesNothing) {
  const Output output = test::pinfold({"set", "--dry-run", last_, victim_.pid_text()});
  EXPECT_EQ(output.out, "would set " + label() + ", 3 threads, to " + last_ + "\n");
  EXPECT_EQ(to_cpu_list(mask_of(victim_.pid())), all_);
  const Json json =
      Json::parse(test::pinfold({"set", "--dry-run", "--json", last_, victim_.pid_text()}).out);
  EXPECT_EQ(json["dry_run"], true);
  EXPECT_EQ(json["done"], false);
}

TEST_F(SetTest, BadTextIsAUsageError) {
  EXPECT_EQ(test::pinfold({"set", "0-", victim_.pid_text()}).exit, 2);
  EXPECT_EQ(test::pinfold({"set", last_, "x"}).exit, 2);
  EXPECT_EQ(test::pinfold({"set", last_}).exit, 2);
  EXPECT_EQ(to_cpu_list(mask_of(victim_.pid())), all_);
}

TEST_F(SetTest, ResetGivesBackAllThatIsAllowed) {
  ASSERT_EQ(test::pinfold({"set", last_, victim_.pid_text()}).exit, 0);
  const Output output = test::pinfold({"reset", victim_.pid_text()});
  EXPECT_EQ(output.exit, 0);
  EXPECT_EQ(output.err, "");
  EXPECT_TRUE(output.out.starts_with(label() + ": 3 threads on ")) << output.out;
  EXPECT_TRUE(output.out.ends_with(", before on " + last_ + "\n")) << output.out;
  EXPECT_TRUE(mask_of(victim_.pid()).contains(mask_of(0)));
}

TEST_F(SetTest, ResetDryRunChangesNothing) {
  ASSERT_EQ(test::pinfold({"set", last_, victim_.pid_text()}).exit, 0);
  EXPECT_EQ(test::pinfold({"reset", "--dry-run", victim_.pid_text()}).exit, 0);
  EXPECT_EQ(to_cpu_list(mask_of(victim_.pid())), last_);
}

}  // namespace
}  // namespace pinfold
