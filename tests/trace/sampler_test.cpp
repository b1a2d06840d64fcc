// Passes over a system that does what the test says.
#include "trace/sampler.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/fake_kernel.h"
#include "support/program.h"

namespace pinfold::trace {
namespace {

using namespace std::chrono_literals;
using test::cpus;
using test::FakeClock;
using test::FakeKernel;

class SamplerTest : public testing::TestWithParam<bool> {
 protected:
  SamplerTest() {
    kernel.snapshots = GetParam();
    clock.sleep(1s);
    for (const pid_t tid : {100, 101})
      kernel.add(100, tid, cpus("0-3")).name = "server";
    kernel.add(200, 200, cpus("0-3"));
  }

  Sampler sampler(std::vector<Scope> whom = {Everybody{}}) {
    return {kernel,
            {.whom = std::move(whom),
             .interval = 100ms,
             .clock = &clock,
             .happened =
                 [this](Online) {
                   clock.sleep(takes);
                   return Happened{.triggers = std::exchange(triggers, {}),
                                   .missed = std::exchange(missed, false),
                                   .online = kernel.system.online};
                 },
             .cgroup_of = [this](Tid tid) { return kernel.tasks.at(tid.value()).cgroups.front(); },
             .lives = lives,
             .ticks = [this] { return ticks; }}};
  }

  std::vector<SetEvent> pass(Sampler& sampler) {
    clock.sleep(100ms);
    auto events = sampler.pass();
    EXPECT_TRUE(events);
    return events ? std::move(*events) : std::vector<SetEvent>();
  }

  static Trigger write_by(pid_t pid) {
    return {.kind = Trigger::Kind::cpuset_write,
            .actor = Actor{.pid = Pid(pid), .tid = Tid(pid), .start_time = 5, .comm = "writer"},
            .path = "/sys/fs/cgroup/cpuset.cpus",
            .cgroup = "/"};
  }

  CpuSet& mask(pid_t tid) { return kernel.tasks.at(tid).mask; }

  FakeKernel kernel{cpus("0-3")};
  FakeClock clock;
  std::vector<Trigger> triggers;
  bool missed = false;
  Clock::Duration takes{};
  bool lives = false;
  std::uint64_t ticks = 500;  ///< after boot
};

/// Who comes and goes, by "TID NAME" or "TID gone", and "born" behind those that were.
class SamplerLivesTest : public SamplerTest {
 protected:
  SamplerLivesTest() { lives = true; }

  static std::vector<std::string> told(Sampler& sampler) {
    std::vector<std::string> texts;
    for (const Life& life : sampler.take_lives()) {
      if (const auto* const alive = std::get_if<Alive>(&life)) {
        texts.push_back(std::to_string(alive->task.tid.value()) + ' ' + alive->task.comm +
                        (alive->born ? " born" : ""));
      } else {
        texts.push_back(std::to_string(std::get<Ended>(life).tid.value()) + " gone");
      }
    }
    std::ranges::sort(texts);
    return texts;
  }
  std::vector<std::string> pass_and_tell(Sampler& sampler) {
    pass(sampler);
    return told(sampler);
  }
  using Texts = std::vector<std::string>;
};

INSTANTIATE_TEST_SUITE_P(ByQuestionsAndBySnapshots, SamplerTest, testing::Bool(),
                         [](const auto& variant) {
                           return variant.param ? "Snapshot" : "Questions";
                         });

INSTANTIATE_TEST_SUITE_P(ByQuestionsAndBySnapshots, SamplerLivesTest, testing::Bool(),
                         [](const auto& variant) {
                           return variant.param ? "Snapshot" : "Questions";
                         });

TEST_P(SamplerTest, TellsWhoseMaskHasChanged) {
  Sampler sampling = sampler();
  EXPECT_EQ(sampling.start().value(), 3U);
  EXPECT_TRUE(pass(sampling).empty());
  mask(101) = cpus("2");
  const auto events = pass(sampling);
  ASSERT_EQ(events.size(), 1U);
  const SetEvent& event = events[0];
  ASSERT_TRUE(event.target);
  EXPECT_EQ(event.target->pid, Pid(100));
  EXPECT_EQ(event.target->tid, Tid(101));
  EXPECT_EQ(event.target->comm, "server");
  EXPECT_EQ(event.target->start_time, 100U);
  EXPECT_EQ(event.target->cgroup, "/");
  EXPECT_EQ(event.old, cpus("0-3"));
  EXPECT_EQ(event.old_from, OldFrom::remembered);
  EXPECT_EQ(event.effective, cpus("2"));
  EXPECT_EQ(event.cause, Cause::unknown);
  EXPECT_EQ(event.attribution, Attribution::unknown);
  EXPECT_FALSE(event.actor);
  EXPECT_TRUE(pass(sampling).empty()) << "once";
}

TEST_P(SamplerTest, ThreadsComeAndGo) {
  Sampler sampling = sampler();
  ASSERT_TRUE(sampling.start());
  kernel.add(100, 102, cpus("1"));
  kernel.tasks.erase(200);
  EXPECT_TRUE(pass(sampling).empty());
  EXPECT_EQ(sampling.threads(), 3U);
  mask(102) = cpus("0");
  EXPECT_EQ(pass(sampling).size(), 1U);
}

TEST_P(SamplerTest, ANumberThatIsUsedAgainIsNoChange) {
  Sampler sampling = sampler();
  ASSERT_TRUE(sampling.start());
  kernel.tasks.at(200).start_time = 900;
  mask(200) = cpus("1");
  EXPECT_TRUE(pass(sampling).empty());
}

TEST_P(SamplerTest, OnlyThoseWhoAreWantedAreLookedAt) {
  Sampler sampling = sampler({Pid(100)});
  EXPECT_EQ(sampling.start().value(), 2U);
  mask(101) = mask(200) = cpus("2");
  EXPECT_EQ(pass(sampling).size(), 1U);
  sampling.watch({Tid(200)});
  EXPECT_TRUE(pass(sampling).empty());
  mask(101) = mask(200) = cpus("1");
  const auto events = pass(sampling);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].target->tid, Tid(200));
}

TEST_P(SamplerTest, WhoseTargetsHaveAllEndedIsNoError) {
  Sampler sampling = sampler({Pid(200)});
  ASSERT_TRUE(sampling.start());
  kernel.tasks.erase(200);
  EXPECT_TRUE(pass(sampling).empty());
  EXPECT_EQ(sampling.threads(), 0U);
}

TEST_P(SamplerTest, ACpuThatIsOffChangesNoMaskByItself) {
  Sampler sampling = sampler();
  ASSERT_TRUE(sampling.start());
  kernel.system.online = cpus("0-2");
  EXPECT_TRUE(pass(sampling).empty());
  EXPECT_TRUE(pass(sampling).empty());
}

TEST_P(SamplerTest, AWriteThatIsReadDuringThePassExplainsIt) {
  Sampler sampling = sampler();
  ASSERT_TRUE(sampling.start());
  mask(101) = cpus("2");
  triggers = {write_by(50)};
  const auto events = pass(sampling);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].cause, Cause::cpuset_write);
  EXPECT_EQ(events[0].attribution, Attribution::inferred);
  ASSERT_TRUE(events[0].actor);
  EXPECT_EQ(events[0].actor->pid, Pid(50));
  EXPECT_EQ(events[0].by, "/sys/fs/cgroup/cpuset.cpus");
}

TEST_P(SamplerTest, AWriteBetweenThePassesExplainsIt) {
  Sampler sampling = sampler();
  ASSERT_TRUE(sampling.start());
  triggers = {write_by(50)};
  sampling.collect();
  mask(101) = cpus("2");
  EXPECT_EQ(pass(sampling).at(0).cause, Cause::cpuset_write);
}

TEST_P(SamplerTest, AWriteThatLaterPassesHaveSeenIsForgotten) {
  Sampler sampling = sampler();
  ASSERT_TRUE(sampling.start());
  triggers = {write_by(50)};
  EXPECT_TRUE(pass(sampling).empty());
  EXPECT_TRUE(pass(sampling).empty());
  mask(101) = cpus("2");
  EXPECT_EQ(pass(sampling).at(0).cause, Cause::unknown);
}

TEST_P(SamplerTest, WhatWasMissedIsNotGuessed) {
  Sampler sampling = sampler();
  ASSERT_TRUE(sampling.start());
  mask(101) = cpus("2");
  triggers = {write_by(50)};
  missed = true;
  EXPECT_EQ(pass(sampling).at(0).cause, Cause::unknown);
  mask(101) = cpus("1");
  triggers = {write_by(50)};
  EXPECT_EQ(pass(sampling).at(0).cause, Cause::unknown) << "it may have come during the last pass";
  mask(101) = cpus("2");
  triggers = {write_by(50)};
  EXPECT_EQ(pass(sampling).at(0).cause, Cause::cpuset_write);
}

TEST_P(SamplerTest, ItDoesWithoutAnybodyWhoTellsWhatHappened) {
  Sampler sampling(kernel, {.clock = &clock, .cgroup_of = [](Tid) { return std::nullopt; }});
  ASSERT_TRUE(sampling.start());
  sampling.collect();
  kernel.system.online = cpus("0-2");
  mask(101) = cpus("2");
  EXPECT_EQ(pass(sampling).at(0).cause, Cause::unknown);
  EXPECT_TRUE(pass(sampling).empty());
}

TEST_P(SamplerTest, ASlowPassIsFollowedByALongPause) {
  Sampler sampling = sampler();
  ASSERT_TRUE(sampling.start());
  EXPECT_EQ(sampling.pause(), 100ms);
  takes = 2ms;
  pass(sampling);
  EXPECT_EQ(sampling.pause(), 100ms);
  takes = 50ms;
  pass(sampling);
  EXPECT_EQ(sampling.pause(), 1s);
}

TEST_P(SamplerTest, WhoComesAndGoesIsNotToldUnwanted) {
  Sampler sampling = sampler();
  ASSERT_TRUE(sampling.start());
  kernel.tasks.erase(200);
  pass(sampling);
  EXPECT_TRUE(sampling.take_lives().empty());
}

TEST_P(SamplerLivesTest, WhoIsThereWhoComesAndWhoGoes) {
  Sampler sampling = sampler();
  ASSERT_TRUE(sampling.start());
  EXPECT_EQ(told(sampling), (Texts{"100 server", "101 server", "200 task"}));
  EXPECT_EQ(pass_and_tell(sampling), Texts());
  kernel.add(100, 102, cpus("1")).start_time = 510;
  kernel.tasks.erase(200);
  EXPECT_EQ(pass_and_tell(sampling), (Texts{"102 task born", "200 gone"}));
  EXPECT_EQ(pass_and_tell(sampling), Texts());
}

TEST_P(SamplerLivesTest, WhoIsOlderThanTheLastPassWasNotBornSince) {
  Sampler sampling = sampler({Pid(100)});
  ASSERT_TRUE(sampling.start());
  told(sampling);
  sampling.watch({Pid(100), Pid(200)});
  EXPECT_EQ(pass_and_tell(sampling), Texts{"200 task"});
}

TEST_P(SamplerLivesTest, ANumberThatIsUsedAgainIsAnother) {
  Sampler sampling = sampler();
  ASSERT_TRUE(sampling.start());
  told(sampling);
  kernel.tasks.at(200).start_time = 900;
  EXPECT_EQ(pass_and_tell(sampling), (Texts{"200 gone", "200 task born"}));
}

TEST_P(SamplerLivesTest, AnotherProgramHasAnotherName) {
  Sampler sampling = sampler();
  ASSERT_TRUE(sampling.start());
  told(sampling);
  kernel.tasks.at(200).name = "other";
  EXPECT_EQ(pass_and_tell(sampling), Texts{"200 other"});
}

TEST_P(SamplerLivesTest, ItIsAllowedWhatItWasBeforeWhatIsToldNext) {
  Sampler sampling = sampler();
  ASSERT_TRUE(sampling.start());
  told(sampling);
  kernel.tasks.at(200).name = "other";
  mask(200) = cpus("2");
  const auto events = pass(sampling);
  ASSERT_EQ(events.size(), 1U);
  const auto lives_told = sampling.take_lives();
  ASSERT_EQ(lives_told.size(), 1U);
  EXPECT_EQ(std::get<Alive>(lives_told[0]).allowed, cpus("0-3"));
  EXPECT_EQ(std::get<Alive>(lives_told[0]).task.start_time, events[0].target->start_time);
}

TEST_P(SamplerLivesTest, ThreadsThatTheKernelKeepsAreLeftOut) {
  kernel.add(300, 300, cpus("0")).kernel_thread = true;
  kernel.add(301, 301, cpus("0")).kernel_thread = true;
  kernel.tasks.at(301).bound_by_kernel = true;
  Sampler sampling = sampler({Pid(300), Pid(301)});
  ASSERT_TRUE(sampling.start());
  EXPECT_EQ(told(sampling), Texts{"300 task"});
}

}  // namespace
}  // namespace pinfold::trace
