#include <gtest/gtest.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include <pinfold/cpu_list.h>

#include "support/own_state.h"
#include "support/program.h"
#include "support/undo_note.h"

namespace pinfold::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr const char* nothing_to_undo =
    "pinfold: nothing to undo: no change is known whose processes are still there\n";

void set_mask(pid_t tid, const std::string& list) {
  const CpuSet set = cpus(list.c_str());
  ASSERT_EQ(::syscall(SYS_sched_setaffinity, tid, set.words().size_bytes(), set.words().data()), 0);
}

std::string list_of(pid_t tid) { return to_cpu_list(mask_of(tid)); }

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class UndoTest : public testing::Test {
 protected:
  std::string all_ = to_cpu_list(mask_of(0));
  std::string first_ = std::to_string(mask_of(0).first()->value());
  std::string last_ = std::to_string(mask_of(0).last()->value());
  Victim victim_{{"quiet", "3"}};

  void SetUp() override {
    if (mask_of(0).count() == 1) GTEST_SKIP() << "one CPU leaves nothing to change";
    if (OwnState::folder().empty()) GTEST_SKIP() << "the machine's journal is not for tests";
    fs::remove_all(OwnState::folder());
    const Output probe = set();
    if (probe.exit != 0) GTEST_SKIP() << probe.err;
    ASSERT_EQ(pinfold({"undo"}).exit, 0);
  }
  ~UndoTest() override {
    if (!OwnState::folder().empty()) fs::remove_all(OwnState::folder());
  }

  [[nodiscard]] std::string label() const { return "quiet (" + victim_.pid_text() + ")"; }
  [[nodiscard]] Output set() const { return pinfold({"set", first_, victim_.pid_text()}); }
  [[nodiscard]] static std::string file(const char* number) {
    return OwnState::folder() + "/journal/" + number;
  }
  // "undoing change 1 of 2026-11-22 02:38:53: set 0 1234" without the time.
  [[nodiscard]] static std::string without_time(std::string text) {
    const auto at = text.find(" of ");
    return at == std::string::npos ? text : text.erase(at, sizeof " of 2026-11-22 02:38:53" - 1);
  }
  static void edit(const char* number, const std::string& from, const std::string& to) {
    std::string text = text_of(file(number));
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from << " in " << text;
    std::ofstream(file(number)) << text.replace(at, from.size(), to);
  }
  void expect_masks(const std::string& list) const {
    for (const pid_t tid : threads_of(victim_.pid()))
      EXPECT_EQ(list_of(tid), list);
  }
};

TEST_F(UndoTest, PutsBackTheNewestChangeThenTheOneBefore) {
  ASSERT_EQ(set().exit, 0);
  ASSERT_EQ(pinfold({"set", last_, victim_.pid_text()}).exit, 0);
  const Output undo = pinfold({"undo"});
  EXPECT_EQ(without_time(undo.out), "undoing change 2: set " + last_ + ' ' + victim_.pid_text() +
                                        '\n' + label() + ": 3 threads on " + first_ +
                                        ", before on " + last_ + '\n');
  EXPECT_EQ(undo.err,
            "pinfold: note: what 3 threads had asked for was not known: put back is "
            "what was allowed\n");
  EXPECT_EQ(undo.exit, 0);
  expect_masks(first_);
  const Output second = pinfold({"undo"});
  EXPECT_EQ(second.err, "") << "who had all that there is had no wish";
  EXPECT_EQ(second.exit, 0);
  expect_masks(all_);
  const Output nothing = pinfold({"undo"});
  EXPECT_EQ(nothing.out, "");
  EXPECT_EQ(nothing.err, nothing_to_undo);
  EXPECT_EQ(nothing.exit, 1);
}

TEST_F(UndoTest, PutsBackEachThreadsOwnMask) {
  const auto threads = threads_of(victim_.pid());
  set_mask(threads[1], last_);
  ASSERT_EQ(set().exit, 0);
  ASSERT_EQ(pinfold({"undo"}).exit, 0);
  EXPECT_EQ(list_of(threads[0]), all_);
  EXPECT_EQ(list_of(threads[1]), last_);
  EXPECT_EQ(list_of(threads[2]), all_);
}

TEST_F(UndoTest, OfAResetGivesBackTheNarrowMask) {
  for (const pid_t tid : threads_of(victim_.pid()))
    set_mask(tid, last_);
  ASSERT_EQ(pinfold({"reset", victim_.pid_text()}).exit, 0);
  expect_masks(all_);
  EXPECT_EQ(pinfold({"undo"}).exit, 0);
  expect_masks(last_);
}

TEST_F(UndoTest, OfOneThreadLeavesTheOthers) {
  const auto threads = threads_of(victim_.pid());
  ASSERT_EQ(pinfold({"set", last_, "tid:" + std::to_string(threads[1])}).exit, 0);
  set_mask(threads[2], first_);
  EXPECT_EQ(pinfold({"undo"}).exit, 0);
  EXPECT_EQ(list_of(threads[1]), all_);
  EXPECT_EQ(list_of(threads[2]), first_);
}

TEST_F(UndoTest, ListShowsTheNewestFirstAndChangesNothing) {
  ASSERT_EQ(set().exit, 0);
  ASSERT_EQ(pinfold({"reset", victim_.pid_text()}).exit, 0);
  const Output list = pinfold({"undo", "--list"});
  EXPECT_EQ(list.exit, 0);
  EXPECT_EQ(list.err, "");
  const auto newest = list.out.find("   2  ");
  const auto oldest = list.out.find("   1  ");
  EXPECT_LT(newest, oldest) << list.out;
  EXPECT_NE(list.out.find("  reset " + victim_.pid_text() + "  1 process, 3 threads\n"),
            std::string::npos)
      << list.out;
  expect_masks(all_);
}

TEST_F(UndoTest, ListAsJson) {
  ASSERT_EQ(set().exit, 0);
  Json json = Json::parse(pinfold({"undo", "--list", "--json"}).out);
  EXPECT_EQ(json["schema_version"], 1);
  ASSERT_EQ(json["changes"].size(), 1U);
  EXPECT_TRUE(json["changes"][0]["time"].is_number_integer());
  json["changes"][0].erase("time");
  const Json expected = {{"change", 1},
                         {"command", "set " + first_ + ' ' + victim_.pid_text()},
                         {"state", "whole"},
                         {"processes", 1},
                         {"threads", 3}};
  EXPECT_EQ(json["changes"][0], expected);
}

TEST_F(UndoTest, UndoAsJsonIsThatOfSetWithTheChangesNumber) {
  ASSERT_EQ(set().exit, 0);
  const Output undo = pinfold({"undo", "--json"});
  EXPECT_EQ(undo.exit, 0);
  const Json json = Json::parse(undo.out);
  EXPECT_EQ(json["schema_version"], 1);
  EXPECT_EQ(json["done"], true);
  EXPECT_EQ(json["change"], 1);
  ASSERT_EQ(json["threads"].size(), 3U);
  EXPECT_EQ(json["threads"][0]["before"], first_);
  EXPECT_EQ(json["threads"][0]["effective"], all_);
  EXPECT_EQ(json["threads"][0]["result"], "set");
}

TEST_F(UndoTest, EmptyJournalListsNothing) {
  const Output list = pinfold({"undo", "--list"});
  EXPECT_EQ(list.out, "");
  EXPECT_EQ(list.err, "pinfold: note: nothing to undo\n");
  EXPECT_EQ(list.exit, 0);
  const Json json = Json::parse(pinfold({"undo", "--list", "--json"}).out);
  EXPECT_EQ(json["changes"], Json::array());
}

TEST_F(UndoTest, ThreadsChangedSinceAreNamedAndLeft) {
  // Neither what it had nor what it got.
  for (const pid_t tid : threads_of(victim_.pid()))
    set_mask(tid, last_);
  ASSERT_EQ(set().exit, 0);
  const pid_t changed = threads_of(victim_.pid())[1];
  set_mask(changed, all_);

  const Output undo = pinfold({"undo"});
  EXPECT_EQ(without_time(undo.out), "undoing change 1: set " + first_ + ' ' + victim_.pid_text() +
                                        '\n' + label() + ": 2 threads on " + last_ +
                                        ", before on " + first_ + '\n');
  EXPECT_EQ(without_guess(undo.err), "pinfold: " + label() + ": tid:" + std::to_string(changed) +
                                         " left alone: changed since, now on " + all_ +
                                         "\n  --force puts them back all the same\n");
  EXPECT_EQ(undo.exit, 1);
  EXPECT_EQ(list_of(changed), all_);
  EXPECT_EQ(list_of(victim_.pid()), last_);

  // It is done with, but for those.
  EXPECT_EQ(pinfold({"undo"}).err, nothing_to_undo);
  const Json json = Json::parse(pinfold({"undo", "--list", "--json"}).out);
  EXPECT_EQ(json["changes"][0]["state"], "undone");
  EXPECT_EQ(pinfold({"undo", "--force"}).exit, 0);
  EXPECT_EQ(list_of(changed), last_);
  EXPECT_EQ(pinfold({"undo", "--force"}).exit, 1);
}

TEST_F(UndoTest, ThreadsStartedSinceGetWhatTheirProcessHad) {
  Victim churn({"churn", "8", "500"});
  const auto before = threads_of(churn.pid());
  ASSERT_EQ(pinfold({"set", first_, churn.pid_text()}).exit, 0);
  // All but the leader are others by now.
  for (;;) {
    const auto now = threads_of(churn.pid());
    const bool one_is_left = std::ranges::any_of(now, [&](pid_t tid) {
      return tid != churn.pid() && std::ranges::find(before, tid) != before.end();
    });
    if (!one_is_left) break;
    ::sched_yield();
  }
  const Output undo = pinfold({"undo"});
  EXPECT_EQ(undo.exit, 0) << undo.err;
  for (const pid_t tid : churn.stop())
    EXPECT_EQ(list_of(tid), all_);
}

TEST_F(UndoTest, ProcessThatHasEndedIsPassedOver) {
  {
    const Victim gone({"quiet", "1"});
    ASSERT_EQ(pinfold({"set", first_, victim_.pid_text(), gone.pid_text()}).exit, 0);
  }
  const Output undo = pinfold({"undo"});
  EXPECT_TRUE(undo.out.ends_with("1 process has ended since\n")) << undo.out;
  EXPECT_EQ(undo.exit, 0);
  expect_masks(all_);
}

TEST_F(UndoTest, ChangeWhoseProcessesHaveAllEndedIsPassedOver) {
  ASSERT_EQ(set().exit, 0);
  {
    const Victim gone({"quiet", "1"});
    ASSERT_EQ(pinfold({"set", first_, gone.pid_text()}).exit, 0);
  }
  const Output undo = pinfold({"undo"});
  EXPECT_EQ(without_time(undo.out).substr(0, 17), "undoing change 1:") << undo.out;
  EXPECT_EQ(undo.exit, 0);
  EXPECT_FALSE(fs::exists(file("000002")));
}

TEST_F(UndoTest, AnotherProcessWithThatNumberIsNotTouched) {
  ASSERT_EQ(set().exit, 0);
  const std::string text = text_of(file("000001"));
  const auto process = text.find("\"pid\":");
  const auto at = text.find("\"start_time\":", process);
  const auto end = text.find(',', at);
  edit("000001", text.substr(process, end - process),
       text.substr(process, at - process) + "\"start_time\":1");
  EXPECT_EQ(pinfold({"undo"}).err, nothing_to_undo);
  expect_masks(first_);
}

TEST_F(UndoTest, ChangesOfAnotherBootAreTakenAway) {
  ASSERT_EQ(set().exit, 0);
  edit("000001", "\"boot\":\"", "\"boot\":\"x");
  EXPECT_EQ(pinfold({"undo", "--list"}).err, "pinfold: note: nothing to undo\n");
  EXPECT_EQ(pinfold({"undo"}).err, nothing_to_undo);
  EXPECT_FALSE(fs::exists(file("000001")));
  expect_masks(first_);
}

TEST_F(UndoTest, ChangesInAnotherPidNamespaceAreListedAndLeft) {
  ASSERT_EQ(set().exit, 0);
  edit("000001", "\"pid_namespace\":", "\"pid_namespace\":1");
  const Output list = pinfold({"undo", "--list"});
  EXPECT_TRUE(list.out.ends_with("1 process, 3 threads; in another pid namespace\n")) << list.out;
  EXPECT_EQ(pinfold({"undo"}).err, nothing_to_undo);
  EXPECT_TRUE(fs::exists(file("000001")));
  expect_masks(first_);
}

TEST_F(UndoTest, LastLineThatWasCutOffIsAsIfItWereNotThere) {
  ASSERT_EQ(set().exit, 0);
  std::ofstream(file("000001"), std::ios::app) << R"({"pid":1,"tid":0,"na)";
  const Output undo = pinfold({"undo"});
  EXPECT_EQ(undo.err, "");
  EXPECT_EQ(undo.exit, 0);
  expect_masks(all_);
}

TEST_F(UndoTest, DamagedFileIsToldWithItsPathAndLosesNothingElse) {
  ASSERT_EQ(set().exit, 0);
  std::ofstream(file("000002")) << "junk\n";
  ASSERT_EQ(::chmod(file("000002").c_str(), 0600), 0);
  const std::string told = "pinfold: " + file("000002") +
                           ": not what this version of pinfold writes (not JSON)\n"
                           "  it is left out, and can be removed\n";
  const Output list = pinfold({"undo", "--list"});
  EXPECT_EQ(list.err, told);
  EXPECT_TRUE(list.out.starts_with("   1  ")) << list.out;
  EXPECT_EQ(list.exit, 0);
  const Output undo = pinfold({"undo"});
  EXPECT_EQ(undo.err, told);
  EXPECT_EQ(undo.exit, 0);
  expect_masks(all_);
  EXPECT_EQ(text_of(file("000002")), "junk\n");
  // What comes next gets a number of its own.
  ASSERT_EQ(set().err, "");
  EXPECT_EQ(pinfold({"undo"}).exit, 0);
  expect_masks(all_);
}

TEST_F(UndoTest, WhatIsNoFileIsToldWithItsPath) {
  ASSERT_EQ(set().exit, 0);
  fs::create_directory(file("000002"));
  std::ofstream(file("000003")) << "{}\n";
  ASSERT_EQ(::chmod(file("000003").c_str(), 0644), 0);
  const Output undo = pinfold({"undo"});
  EXPECT_EQ(undo.err, "pinfold: " + file("000003") +
                          ": others may use it: chmod go= makes it yours\n"
                          "  it is left out, and can be removed\n"
                          "pinfold: " +
                          file("000002") +
                          ": Is a directory\n"
                          "  it is left out, and can be removed\n");
  EXPECT_EQ(undo.exit, 0);
  expect_masks(all_);
}

TEST_F(UndoTest, FolderThatOthersMayUseIsNotUsed) {
  ASSERT_EQ(::chmod(OwnState::folder().c_str(), 0755), 0);
  const std::string why = OwnState::folder() + ": others may use it: chmod go= makes it yours\n";
  const Output set = this->set();
  EXPECT_EQ(set.err, "pinfold: note: undo will not know of this: " + why);
  EXPECT_EQ(set.exit, 0);
  expect_masks(first_);
  const Output undo = pinfold({"undo"});
  EXPECT_EQ(undo.err, "pinfold: " + why);
  EXPECT_EQ(undo.exit, 1);
}

TEST_F(UndoTest, LinkInThePlaceOfTheFolderIsNotFollowed) {
  fs::remove_all(OwnState::folder());
  const std::string elsewhere = OwnState::folder() + "-elsewhere";
  fs::create_directory(elsewhere);
  fs::create_directory_symlink(elsewhere, OwnState::folder());
  const Output set = this->set();
  EXPECT_EQ(set.err, "pinfold: note: undo will not know of this: " + OwnState::folder() +
                         ": it is not a folder\n");
  EXPECT_EQ(set.exit, 0);
  EXPECT_TRUE(fs::is_empty(elsewhere));
  fs::remove(OwnState::folder());
  fs::remove(elsewhere);
}

TEST_F(UndoTest, OnlyTheNewestChangesAreKept) {
  constexpr int most = 256;
  for (int i = 0; i < most + 2; ++i)
    ASSERT_EQ(pinfold({"set", i % 2 == 0 ? first_ : last_, victim_.pid_text()}).err, "");
  const Json json = Json::parse(pinfold({"undo", "--list", "--json"}).out);
  ASSERT_EQ(json["changes"].size(), std::size_t{most});
  EXPECT_EQ(json["changes"][0]["change"], most + 2);
  EXPECT_EQ(json["changes"][most - 1]["change"], 3);
}

TEST_F(UndoTest, DryRunsAndFailuresBeforeAnyChangeAreNotInTheJournal) {
  ASSERT_EQ(pinfold({"set", "--dry-run", first_, victim_.pid_text()}).exit, 0);
  ASSERT_EQ(pinfold({"set", first_, victim_.pid_text(), "1073741823"}).exit, 1);
  EXPECT_EQ(pinfold({"undo", "--list"}).err, "pinfold: note: nothing to undo\n");
}

TEST_F(UndoTest, AnArgumentIsAUsageError) {
  const Output undo = pinfold({"undo", "1"});
  EXPECT_EQ(undo.exit, 2);
  EXPECT_EQ(undo.out, "");
  EXPECT_NE(undo.err.find("unexpected argument 1"), std::string::npos) << undo.err;
}

// Each of many victims has a mask of its own to come back to.
TEST_F(UndoTest, NoneOfManyAtOnceIsLost) {
  constexpr std::size_t count = 12;
  std::vector<std::unique_ptr<Victim>> victims;
  for (std::size_t i = 0; i < count; ++i) {
    victims.push_back(std::make_unique<Victim>(std::vector<std::string>{"quiet", "2"}));
    if (i % 2 == 1) {
      for (const pid_t tid : threads_of(victims.back()->pid()))
        set_mask(tid, last_);
    }
  }
  std::vector<Output> outputs(count);
  const auto all_at_once = [&](const auto& arguments) {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < count; ++i)
      threads.emplace_back([&, i] { outputs[i] = pinfold(arguments(i)); });
    threads.clear();
    for (const Output& output : outputs) {
      EXPECT_EQ(without_guess(output.err), "");
      EXPECT_EQ(output.exit, 0);
    }
  };
  using Words = std::vector<std::string>;
  for (int round = 0; round < 5; ++round) {
    all_at_once([&](std::size_t i) { return Words{"set", first_, victims[i]->pid_text()}; });
    for (const auto& victim : victims)
      EXPECT_EQ(list_of(victim->pid()), first_);
    all_at_once([](std::size_t) { return Words{"undo"}; });
    for (std::size_t i = 0; i < count; ++i)
      EXPECT_EQ(list_of(victims[i]->pid()), i % 2 == 1 ? last_ : all_);
    EXPECT_EQ(pinfold({"undo"}).err, nothing_to_undo);
  }
}

// The same victim: whatever comes first, each mask that it has was asked for, and all of it can be
// undone.
TEST_F(UndoTest, SetsOfOneVictimAtOnceCanAllBeUndone) {
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 6; ++i) {
      threads.emplace_back(
          [&, i] { pinfold({"set", i % 2 == 0 ? first_ : last_, victim_.pid_text()}); });
    }
  }
  for (const pid_t tid : threads_of(victim_.pid()))
    EXPECT_TRUE(list_of(tid) == first_ || list_of(tid) == last_);
  for (int i = 0; i < 6; ++i)
    pinfold({"undo", "--force"});
  EXPECT_EQ(pinfold({"undo"}).err, nothing_to_undo);
  for (const pid_t tid : threads_of(victim_.pid())) {
    const std::string now = list_of(tid);
    EXPECT_TRUE(now == first_ || now == last_ || now == all_) << now;
  }
}

}  // namespace
}  // namespace pinfold::test
