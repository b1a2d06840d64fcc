// "Applications that need to be distributed across CPU cores": N workers on N different cores.
#include <gtest/gtest.h>
#include <sched.h>

#include <barrier>
#include <thread>
#include <vector>

#include <pinfold/cpu_list.h>
#include <pinfold/plan.h>
#include <pinfold/thread_on.h>

#include "claims/claims.h"
#include "support/make_machine.h"

namespace pinfold::test {
namespace {

struct Worker {
  CpuSet slot;
  CpuSet mask = {};
  CpuId at_start = {};
  CpuId beside_the_others = {};
};

CpuId here() { return CpuId(static_cast<unsigned>(::sched_getcpu())); }

// A thread on each slot; none ends before all have been running.
std::vector<Worker> work_on(const std::vector<CpuSet>& slots) {
  std::vector<Worker> workers;
  for (const CpuSet& slot : slots)
    workers.push_back({.slot = slot});
  std::barrier all(static_cast<std::ptrdiff_t>(slots.size()));
  std::vector<std::jthread> threads;
  for (Worker& worker : workers) {
    auto thread = thread_on(worker.slot, [&all, &worker] {
      worker.at_start = here();
      worker.mask = mask_of(0);
      all.arrive_and_wait();
      worker.beside_the_others = here();
    });
    if (!thread) {
      ADD_FAILURE() << message(thread.error());
      (void)all.arrive();
      continue;
    }
    threads.push_back(std::move(*thread));
  }
  threads.clear();
  return workers;
}

CpuSet cpus_of(const std::vector<Worker>& workers) {
  CpuSet cpus;
  for (const Worker& worker : workers)
    cpus.add(worker.beside_the_others);
  return cpus;
}

std::vector<CpuSet> cores_within(const Machine& machine, const CpuSet& place) {
  std::vector<CpuSet> cores;
  for (const Object& core : machine.objects(Level::core)) {
    if (core.cpus.intersects(place)) cores.push_back(core.cpus & place);
  }
  return cores;
}

TEST_F(Claims, T10_WorkersRunOnDifferentCpusFromTheirStart) {
  if (lonely) GTEST_SKIP() << needs_two_cpus;
  const Machine machine = Machine::host().value();
  const auto count = static_cast<unsigned>(own.count());
  const auto slots = plan(machine, {.workers = count, .policy = Policy::pu, .place = own}).value();
  const std::vector<Worker> workers = work_on(slots);
  for (const Worker& worker : workers) {
    EXPECT_EQ(worker.mask, worker.slot);
    EXPECT_TRUE(worker.slot.contains(worker.at_start));
    EXPECT_TRUE(worker.slot.contains(worker.beside_the_others));
  }
  EXPECT_EQ(cpus_of(workers), own);
}

TEST_F(Claims, T10_WorkersRunOnDifferentCores) {
  const Machine machine = Machine::host().value();
  const std::vector<CpuSet> cores = cores_within(machine, own);
  if (cores.size() < 2) GTEST_SKIP() << "needs two cores, this process has one";
  const auto count = static_cast<unsigned>(cores.size());
  const auto slots =
      plan(machine, {.workers = count, .policy = Policy::core, .place = own}).value();
  const CpuSet cpus = cpus_of(work_on(slots));
  for (const CpuSet& core : cores)
    EXPECT_EQ((cpus & core).count(), 1U) << to_cpu_list(core);
}

TEST_F(Claims, T10_AlsoWhereCoresHaveSeveralCpusWithNumbersThatSayNothing) {
  const Machine machine = make_machine().packages(2).cores(16).smt(2).numbered("pack:core").build();
  const auto slots = plan(machine, {.workers = 32, .policy = Policy::core}).value();
  ASSERT_EQ(slots.size(), 32U);
  for (std::size_t i = 0; i < slots.size(); ++i)
    EXPECT_EQ(slots[i], machine.objects(Level::core)[i].cpus);
}

TEST_F(Claims, T10_TheCommandTellsAnyProgramWhichCpusItsWorkersHave) {
  std::string expected;
  for (const CpuId cpu : own)
    expected += to_cpu_list({cpu}) + '\n';
  const Output output = pinfold({"plan", std::to_string(own.count()), "--on", to_cpu_list(own),
                                 "--policy", "pu", "--as", "list"});
  EXPECT_EQ(output.exit, 0) << output.err;
  // In logical order, which need not be that of the numbers.
  EXPECT_EQ(output.out.size(), expected.size());
  for (const CpuId cpu : own)
    EXPECT_NE(('\n' + output.out).find('\n' + to_cpu_list({cpu}) + '\n'), std::string::npos);
}

}  // namespace
}  // namespace pinfold::test
