// Where tasks are, and where they go when a CPU goes.
#include <gtest/gtest.h>

#include <cerrno>

#include "model/model_system.h"

namespace pinfold::test {
namespace {

using model::Hierarchy;

class Placing : public ModelSystem {
 protected:
  Placing() {
    boot("pack:2 numa:1 core:2 pu:2", "6.12", Hierarchy::v2);
    listen();
  }
  void listen() {
    system().on_log = [this](std::string_view line) { log_.emplace_back(line); };
  }
  model::Task& busy(const char* mask) {
    model::Task& task = fork();
    EXPECT_EQ(set(task.number, cpus(mask)), 0);
    system().wake(task);
    return task;
  }
  void offline(unsigned cpu) { ASSERT_EQ(system().take_offline(CpuId(cpu)), 0); }
  void online(unsigned cpu) { ASSERT_EQ(system().bring_online(CpuId(cpu)), 0); }

  std::vector<std::string> log_;
};

TEST_F(Placing, WhoRunsOnACpuThatGoesPrefersItsNode) {
  model::Task& task = busy("1-2,6");
  ASSERT_EQ(set(task.number, cpus("1")), 0);
  ASSERT_EQ(set(task.number, cpus("1-2,6")), 0);
  ASSERT_EQ(task.cpu, 1U);
  offline(1);
  EXPECT_EQ(task.cpu, 2U);
  EXPECT_EQ(*task.allowed, cpus("1-2,6"));
  EXPECT_TRUE(log_.empty());
}

TEST_F(Placing, WhoCanRunNowhereElseLosesItsRequestForGood) {
  model::Task& task = busy("1");
  offline(1);
  EXPECT_EQ(*task.allowed, cpus("0-7"));
  EXPECT_FALSE(task.request);
  ASSERT_EQ(log_.size(), 1U);
  EXPECT_EQ(log_[0], "process " + std::to_string(task.number) + " (init) no longer affine to cpu1");
  online(1);
  EXPECT_EQ(mask_of(task), cpus("0-7"));
}

TEST_F(Placing, WhoSleepsKeepsItsMaskAndReadsNothingMeanwhile) {
  model::Task& task = fork();
  ASSERT_EQ(set(task.number, cpus("1")), 0);
  offline(1);
  EXPECT_EQ(mask_of(task), CpuSet());
  EXPECT_EQ(*task.allowed, cpus("1"));
  online(1);
  EXPECT_EQ(mask_of(task), cpus("1"));
}

TEST_F(Placing, WhoWakesWhileItsOnlyCpuIsOfflineLosesItToo) {
  model::Task& task = fork();
  ASSERT_EQ(set(task.number, cpus("1")), 0);
  offline(1);
  system().wake(task);
  EXPECT_EQ(*task.allowed, cpus("0-7"));
  EXPECT_NE(task.cpu, 1U);
}

TEST_F(Placing, InACpusetItGetsTheCpuset) {
  confine(caller(), "0-3");
  model::Task& task = busy("1");
  offline(1);
  EXPECT_EQ(mask_of(task), cpus("0,2-3"));
  online(1);
  EXPECT_EQ(mask_of(task), cpus("0-3"));
}

TEST_F(Placing, TheMaskThatATaskHasIsTakenAlsoWhileNoneOfItsCpusIsActive) {
  model::Task& task = fork();
  ASSERT_EQ(set(task.number, cpus("1")), 0);
  offline(1);
  EXPECT_EQ(set(task.number, cpus("1")), 0);
  EXPECT_EQ(set(caller().number, cpus("1")), -EINVAL);
}

TEST_F(Placing, TheLastCpuStays) {
  for (unsigned cpu = 1; cpu < 8; ++cpu)
    offline(cpu);
  EXPECT_EQ(system().take_offline(CpuId(0)), -EBUSY);
  EXPECT_EQ(system().take_offline(CpuId(8)), -EINVAL);
}

TEST_F(Placing, BoundKernelThreadsStayOnTheirCpu) {
  model::Task& bound = *system().kernel_thread("ksoftirqd/1");
  system().wake(bound);
  offline(1);
  EXPECT_EQ(*bound.allowed, cpus("1"));
}

TEST_F(Placing, ManyTasksOfOneMaskSpread) {
  CpuSet used;
  for (int i = 0; i < 4; ++i) {
    model::Task& task = busy("0");
    ASSERT_EQ(set(task.number, cpus("4-7")), 0);
    used.add(CpuId(task.cpu));
  }
  EXPECT_EQ(used, cpus("4-7"));
}

TEST_F(Placing, OldKernelsMoveSleepersToo) {
  boot("core:4 pu:1", "2.6.9");
  listen();
  model::Task& task = fork();
  ASSERT_EQ(set(task.number, cpus("1")), 0);
  system().wake(task);
  system().sleep(task);
  ASSERT_EQ(task.cpu, 1U);
  offline(1);
  EXPECT_NE(task.cpu, 1U);
  EXPECT_TRUE(task.allowed->contains(cpus("0,2-3")));
  EXPECT_EQ(log_.size(), 1U);
}

TEST_F(Placing, ACallerRunsOnItsNewCpuWhenTheCallReturns) {
  system().wake(caller());
  model::Task& other = busy("5");
  ASSERT_EQ(set(0, cpus("5")), 0);
  EXPECT_EQ(caller().cpu, 5U);
  EXPECT_TRUE(system().is_running(caller()));
  EXPECT_FALSE(system().is_running(other));
}

}  // namespace
}  // namespace pinfold::test
