// What the kernel under us does to a process, found by comparing masks.
#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "linux/kernel.h"
#include "support/cpuset_v1.h"
#include "support/program.h"
#include "trace/sampler.h"

namespace pinfold::trace {
namespace {

using test::CpusetV1;
using test::Victim;

class SamplerSystemTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string reason = CpusetV1::missing(); !reason.empty()) GTEST_SKIP() << reason;
    all = CpusetV1::parent_cpus();
    if (all.count() < 2) GTEST_SKIP() << "needs two CPUs";
    one = CpuSet{*all.first()};
  }

  Sampler sampler(std::vector<Scope> whom) {
    return {kernel, {.whom = std::move(whom), .happened = [this](Online online) {
                       return watches.read(online);
                     }}};
  }

  // Moments of the clock are some milliseconds long.
  static std::vector<SetEvent> pass(Sampler& sampler) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    auto events = sampler.pass();
    if (!events) throw std::runtime_error(message(events.error()));
    return std::move(*events);
  }

  static void expect_us(const SetEvent& event) {
    EXPECT_EQ(event.attribution, Attribution::inferred);
    ASSERT_TRUE(event.actor);
    EXPECT_EQ(event.actor->pid, Pid(::getpid()));
  }

  LinuxKernel kernel;
  Watches watches{kernel};
  CpuSet all;
  CpuSet one;
};

TEST_F(SamplerSystemTest, AMoveHasItsMover) {
  CpusetV1 cpuset(one);
  const Victim victim({"quiet", "2"});
  Sampler sampling = sampler({Pid(victim.pid())});
  EXPECT_EQ(sampling.start().value(), test::threads_of(victim.pid()).size());
  cpuset.move_in(victim.pid());
  const auto events = pass(sampling);
  ASSERT_EQ(events.size(), sampling.threads());
  for (const SetEvent& event : events) {
    EXPECT_EQ(event.cause, Cause::cgroup_move);
    EXPECT_EQ(event.by, cpuset.name());
    EXPECT_EQ(event.old, all);
    EXPECT_EQ(event.effective, one);
    expect_us(event);
  }
}

TEST_F(SamplerSystemTest, AWriteHasItsWriter) {
  CpusetV1 cpuset(all);
  const Victim victim({"quiet", "2"});
  cpuset.move_in(victim.pid());
  Sampler sampling = sampler({Everybody{}});
  ASSERT_TRUE(sampling.start());
  // what was told of the move is too old for the next pass but one
  pass(sampling);
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  pass(sampling);
  cpuset.set_cpus(one);
  auto events = pass(sampling);
  std::erase_if(events,
                [&](const SetEvent& event) { return event.target->pid != Pid(victim.pid()); });
  ASSERT_EQ(events.size(), test::threads_of(victim.pid()).size());
  for (const SetEvent& event : events) {
    EXPECT_EQ(event.cause, Cause::cpuset_write);
    EXPECT_EQ(event.by, cpuset.file("cpuset.cpus"));
    EXPECT_EQ(event.target->cgroup, cpuset.name());
    expect_us(event);
  }
}

TEST_F(SamplerSystemTest, ACallIsAChangeOfUnknownCause) {
  const Victim victim({"quiet", "2"});
  Sampler sampling = sampler({Pid(victim.pid())});
  ASSERT_TRUE(sampling.start());
  ASSERT_TRUE(kernel.set_affinity(Tid(victim.pid()), one));
  const auto events = pass(sampling);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].target->tid, Tid(victim.pid()));
  EXPECT_EQ(events[0].cause, Cause::unknown);
  EXPECT_FALSE(events[0].actor);
}

}  // namespace
}  // namespace pinfold::trace
