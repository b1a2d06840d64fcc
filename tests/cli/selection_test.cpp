// Targets that say what processes are like: comm: and exe:.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <list>
#include <nlohmann/json.hpp>
#include <vector>

#include <pinfold/cpu_list.h>

#include "cli/copy_of_quiet.h"
#include "support/program.h"
#include "support/relay.h"

namespace pinfold {
namespace {

using test::CopyOfQuiet;
using test::mask_of;
using test::Output;
using test::Relay;
using test::Victim;
using Json = nlohmann::json;

std::vector<pid_t> pids_in(const Json& json) {
  std::vector<pid_t> pids;
  for (const Json& thread : json["threads"])
    pids.push_back(thread["pid"]);
  return pids;
}

TEST(GetSelection, ShowsWhoHasTheNameAndWhoRunsTheFile) {
  const CopyOfQuiet program;
  const Victim one({program.path(), "1"});
  const Victim other({program.path(), "1"});
  std::vector<pid_t> both = {one.pid(), other.pid()};
  std::ranges::sort(both);
  for (const std::string& target :
       {"comm:" + program.name(),
        "comm:" + program.name().substr(0, 4) + "*" + program.name().substr(4),
        "exe:" + program.path()}) {
    const Output output = test::pinfold({"get", "--json", target});
    EXPECT_EQ(output.exit, 0) << target;
    EXPECT_EQ(output.err, "") << target;
    EXPECT_EQ(pids_in(Json::parse(output.out)), both) << target;
  }
}

TEST(GetSelection, ShowsEachOnceHoweverOftenItIsMeant) {
  const CopyOfQuiet program;
  const Victim victim({program.path(), "1"});
  const Output output = test::pinfold({"get", "--json", victim.pid_text(), "comm:" + program.name(),
                                       "tid:" + victim.pid_text(), victim.pid_text()});
  EXPECT_EQ(pids_in(Json::parse(output.out)), std::vector{victim.pid()});
}

TEST(GetSelection, NamesASelectionThatMeansNobodyAndShowsTheOthers) {
  const Victim victim({"quiet", "1"});
  const Output output = test::pinfold({"get", "comm:no/body", victim.pid_text()});
  EXPECT_EQ(output.exit, 1);
  EXPECT_EQ(output.err, "pinfold: nobody matches comm:no/body\n");
  EXPECT_NE(output.out.find(victim.pid_text()), std::string::npos);
}

TEST(GetSelection, SelfGoesWithOthers) {
  const Victim victim({"quiet", "1"});
  const Json json = Json::parse(test::pinfold({"get", "--json", victim.pid_text(), "self"}).out);
  ASSERT_EQ(json["threads"].size(), 2U);
  EXPECT_EQ(json["threads"][0]["name"], "pinfold");
  EXPECT_EQ(json["threads"][1]["name"], "quiet");
}

TEST(GetSelection, AReplacedProgramIsNotTheFileThatOldProcessesRun) {
  const CopyOfQuiet program;
  const Victim victim({program.path(), "1"});
  program.replace();
  const Output output = test::pinfold({"get", "exe:" + program.path()});
  EXPECT_EQ(output.exit, 1);
  EXPECT_EQ(output.err, "pinfold: nobody matches exe:" + program.path() + ": " +
                            program.label(victim) +
                            " runs an older file, which has been replaced or removed\n"
                            "  give it by number, or by name: comm:" +
                            program.name() + "\n");
}

class SetSelection : public testing::Test {
 protected:
  std::string all_ = to_cpu_list(mask_of(0));
  std::string last_ = std::to_string(mask_of(0).last()->value());
  CopyOfQuiet program_;
  std::string by_name_ = "comm:" + program_.name();

  void SetUp() override {
    // Without leave to trace, set works but says that it is not proved (tests/host).
    const Victim victim({"quiet", "1"});
    const Output probe = test::pinfold({"set", all_, victim.pid_text()});
    if (probe.exit != 0) GTEST_SKIP() << probe.err;
    if (mask_of(0).count() == 1) GTEST_SKIP() << "one CPU leaves nothing to change";
  }
};

TEST_F(SetSelection, SetsAllThreadsOfEachAndNobodyElse) {
  Victim one({program_.path(), "3"});
  Victim other({program_.path(), "1"});
  const Victim bystander({"quiet", "1"});
  const Output output = test::pinfold({"set", last_, by_name_});
  const auto line = [&](const Victim& victim, const char* threads) {
    return program_.label(victim) + ": " + threads + " on " + last_ + ", before on " + all_ + "\n";
  };
  const std::string first = line(one, "3 threads");
  const std::string second = line(other, "1 thread");
  EXPECT_EQ(output.out, one.pid() < other.pid() ? first + second : second + first);
  EXPECT_EQ(output.err, "");
  EXPECT_EQ(output.exit, 0);
  for (Victim* victim : {&one, &other}) {
    for (const pid_t tid : victim->stop())
      EXPECT_EQ(to_cpu_list(mask_of(tid)), last_);
  }
  EXPECT_EQ(to_cpu_list(mask_of(bystander.pid())), all_);
  EXPECT_EQ(to_cpu_list(mask_of(0)), all_);
}

TEST_F(SetSelection, ResetToo) {
  const Victim victim({program_.path(), "2"});
  ASSERT_EQ(test::pinfold({"set", last_, by_name_}).exit, 0);
  const Output output = test::pinfold({"reset", "exe:" + program_.path()});
  EXPECT_EQ(output.exit, 0);
  EXPECT_TRUE(mask_of(victim.pid()).contains(mask_of(0)));
}

TEST_F(SetSelection, ManyAreSummedUp) {
  std::list<Victim> victims;
  for (int i = 0; i < 21; ++i)
    victims.emplace_back(std::vector<std::string>{program_.path(), "2"});
  Output output = test::pinfold({"set", "--dry-run", last_, by_name_});
  EXPECT_EQ(output.out, "would set 21 processes, 42 threads, to " + last_ + "\n");
  EXPECT_EQ(to_cpu_list(mask_of(victims.front().pid())), all_);

  output = test::pinfold({"set", last_, by_name_});
  EXPECT_EQ(output.out, "21 processes: 42 threads on " + last_ + ", before on " + all_ + "\n");
  EXPECT_EQ(output.err, "");
  EXPECT_EQ(output.exit, 0);
  for (const Victim& victim : victims)
    EXPECT_EQ(to_cpu_list(mask_of(victim.pid())), last_);

  output = test::pinfold({"set", "-v", last_, by_name_});
  EXPECT_EQ(std::ranges::count(output.out, '\n'), 21 + 42);
  const Json json = Json::parse(test::pinfold({"set", "--json", last_, by_name_}).out);
  EXPECT_EQ(json["threads"].size(), 42U);
  EXPECT_EQ(json["done"], true);
  EXPECT_EQ(json["proved"], "clear");
}

TEST_F(SetSelection, MoreThanTheLimitOfOpenFilesAreHeldAllTheSame) {
  std::list<Victim> victims;
  for (int i = 0; i < 110; ++i)
    victims.emplace_back(std::vector<std::string>{program_.path(), "1"});
  const Output output = test::run(
      {"/bin/sh", "-c",
       "ulimit -S -n 64; exec " + std::string(PINFOLD_COMMAND) + " set " + last_ + ' ' + by_name_});
  EXPECT_EQ(output.err, "");
  EXPECT_EQ(output.out, "110 processes: 110 threads on " + last_ + ", before on " + all_ + "\n");
}

TEST_F(SetSelection, OneThatMeansNobodyStopsAll) {
  const Victim victim({program_.path(), "1"});
  const Output output = test::pinfold({"set", last_, by_name_, "comm:no/body"});
  EXPECT_EQ(output.exit, 1);
  EXPECT_EQ(output.out, "");
  EXPECT_EQ(output.err, "pinfold: nobody matches comm:no/body\n");
  EXPECT_EQ(to_cpu_list(mask_of(victim.pid())), all_);
  const Json json = Json::parse(test::pinfold({"set", "--json", last_, "comm:no/body"}).out);
  EXPECT_EQ(json["done"], false);
  EXPECT_EQ(json["error"]["kind"], "no_match");
}

TEST_F(SetSelection, ACpuThatIsNotThereStopsAllBeforeAnyChange) {
  const Victim one({program_.path(), "1"});
  const Victim other({program_.path(), "1"});
  const Output output = test::pinfold({"set", last_ + ",99999", by_name_});
  EXPECT_EQ(output.exit, 1);
  EXPECT_EQ(output.out, "");
  EXPECT_EQ(to_cpu_list(mask_of(one.pid())), all_);
  EXPECT_EQ(to_cpu_list(mask_of(other.pid())), all_);
}

TEST_F(SetSelection, WhatClipDropsIsSaidOnce) {
  const Victim one({program_.path(), "1"});
  const Victim other({program_.path(), "1"});
  const Output output = test::pinfold({"set", "--clip", last_ + ",99999", by_name_});
  EXPECT_EQ(output.exit, 0);
  EXPECT_EQ(std::ranges::count(output.err, '\n'), 1) << output.err;
}

TEST_F(SetSelection, SelfMakesNoSense) {
  const std::string error =
      "pinfold: self would be pinfold, which ends at once: pinfold run starts a command on given "
      "CPUs\n";
  for (const Output& output :
       {test::pinfold({"set", last_, "self"}), test::pinfold({"reset", "self"})}) {
    EXPECT_EQ(output.exit, 2);
    EXPECT_EQ(output.err, error);
  }
}

TEST_F(SetSelection, TextThatDoesNotParseIsFoundBeforeAnythingElse) {
  const Victim victim({program_.path(), "1"});
  EXPECT_EQ(test::pinfold({"set", last_, "1073741823", by_name_, "comm:"}).exit, 2);
  EXPECT_EQ(to_cpu_list(mask_of(victim.pid())), all_);
}

// Processes that start each other, each ending at once: setting those that are there is not enough.
class SetRelay : public SetSelection, public testing::WithParamInterface<int> {};

TEST_P(SetRelay, EverySuccessorIsPinnedOrItIsTold) {
  const Relay relay(program_.name(), std::chrono::microseconds(GetParam()));
  const Output output = test::pinfold({"set", last_, by_name_});
  if (output.exit == 0) {
    EXPECT_EQ(output.err, "");
    EXPECT_EQ(to_cpu_list(relay.masks_of_next(20).any_has), last_);
  } else {
    EXPECT_EQ(output.err, "pinfold: " + by_name_ +
                              " is not proved: new processes match it faster than they can be set\n"
                              "  stop what starts them, or run this again\n");
  }
}

INSTANTIATE_TEST_SUITE_P(Pauses, SetRelay, testing::Values(0, 100, 1000, 5000, 20000),
                         testing::PrintToStringParamName());

TEST_F(SetSelection, SlowSuccessorsArePinned) {
  const Relay relay(program_.name(), std::chrono::milliseconds(50));
  const Output output = test::pinfold({"set", last_, by_name_});
  EXPECT_EQ(output.exit, 0) << output.err;
  EXPECT_EQ(to_cpu_list(relay.masks_of_next(3).any_has), last_);
}

}  // namespace
}  // namespace pinfold
