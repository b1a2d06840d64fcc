// What every Kernel promises (src/kernel/kernel.h).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "kernel/guarded_buffer.h"
#include "kernel/layout.h"
#include "kernel/world.h"

namespace pinfold::test {
namespace {

using testing::AnyOf;
using testing::Contains;
using testing::ElementsAreArray;
using testing::Not;

// A Result that holds an error of that kind.
MATCHER_P(FailsWith, kind, "") { return !arg.has_value() && arg.error().kind == kind; }
MATCHER_P2(FailsWith, kind, number, "") {
  return !arg.has_value() && arg.error().kind == kind && arg.error().number == number;
}

class Contract : public WorldTest {
 protected:
  static std::unique_ptr<Process> open(const TestProcess& process) {
    return std::move(kernel().process(process.pid()).value());
  }
};

// Affinity

TEST_F(Contract, EffectiveIsWhatWasSet) {
  const auto process = world().process();
  const Tid tid = process->pid().leader();
  ASSERT_TRUE(kernel().set_affinity(tid, last()));
  EXPECT_EQ(kernel().effective(tid).value(), last());
  EXPECT_EQ(mask_of(tid), last());
}

TEST_F(Contract, TidNoughtIsTheCaller) {
  ASSERT_TRUE(kernel().set_affinity(Tid(), first()));
  EXPECT_EQ(kernel().effective(Tid()).value(), first());
  EXPECT_EQ(kernel().effective(world().self()).value(), first());
  EXPECT_EQ(kernel().allowed(Tid()).value(), first());
  EXPECT_EQ(kernel().task(Tid())->tid, world().self());
}

TEST_F(Contract, CpusThatThereAreNotAreLeftOutSilently) {
  ASSERT_TRUE(kernel().set_affinity(Tid(), first() | CpuSet{CpuId(machine().cpu_ids)}));
  EXPECT_EQ(kernel().effective(Tid()).value(), first());
}

TEST_F(Contract, CpusFarBehindTheKernelsMaskAreLeftOutToo) {
  ASSERT_TRUE(kernel().set_affinity(Tid(), first() | CpuSet{CpuId(100'000)}));
  EXPECT_EQ(kernel().effective(Tid()).value(), first());
}

TEST_F(Contract, MaskWithoutAUsableCpuIsTheKernelsEinval) {
  EXPECT_THAT(kernel().set_affinity(Tid(), {}), FailsWith(ErrorKind::system, EINVAL));
  EXPECT_THAT(kernel().set_affinity(Tid(), CpuSet{CpuId(machine().cpu_ids)}),
              FailsWith(ErrorKind::system, EINVAL));
  EXPECT_EQ(kernel().effective(Tid()).value(), machine().usable);
}

TEST_F(Contract, AffinityOfATaskThatIsNotThereIsTheKernelsEsrch) {
  const Tid gone = world().vanished();
  EXPECT_THAT(kernel().effective(gone), FailsWith(ErrorKind::system, ESRCH));
  EXPECT_THAT(kernel().set_affinity(gone, first()), FailsWith(ErrorKind::system, ESRCH));
}

TEST_F(Contract, SetReachesOneThreadOnly) {
  const auto process = world().process();
  const Tid thread = process->start(Work::sleep);
  ASSERT_TRUE(kernel().set_affinity(process->pid().leader(), first()));
  EXPECT_EQ(kernel().effective(thread).value(), machine().usable);
}

TEST_F(Contract, AllowedIsWhatTheKernelKeeps) {
  const auto process = world().process();
  const Tid tid = process->pid().leader();
  EXPECT_EQ(kernel().allowed(tid).value() & machine().online, machine().usable);
  ASSERT_TRUE(kernel().set_affinity(tid, first()));
  EXPECT_EQ(kernel().allowed(tid).value(), first());
}

TEST_F(Contract, RunningTaskIsOnACpuOfTheMaskAtOnce) {
  const auto process = world().process();
  const Tid busy = process->start(Work::compute);
  for (int round = 0; round < 20; ++round) {
    const CpuSet cpu = round % 2 == 0 ? first() : last();
    ASSERT_TRUE(kernel().set_affinity(busy, cpu));
    EXPECT_TRUE(cpu.contains(kernel().task(busy)->cpu));
  }
}

// Inheritance

TEST_F(Contract, ForkedChildHasItsParentsMask) {
  const auto process = world().process();
  ASSERT_TRUE(kernel().set_affinity(process->pid().leader(), first()));
  const auto child = process->fork();
  ASSERT_TRUE(child);
  EXPECT_EQ(kernel().effective(child->leader()).value(), first());
}

TEST_F(Contract, ExecKeepsTheMask) {
  const auto process = world().process();
  ASSERT_TRUE(kernel().set_affinity(process->pid().leader(), last()));
  process->exec();
  EXPECT_EQ(kernel().effective(process->pid().leader()).value(), last());
}

TEST_F(Contract, ThreadHasTheMaskOfTheThreadThatMadeIt) {
  const auto process = world().process();
  const Tid creator = process->start(Work::sleep);
  ASSERT_TRUE(kernel().set_affinity(process->pid().leader(), first()));
  ASSERT_TRUE(kernel().set_affinity(creator, last()));
  EXPECT_EQ(kernel().effective(process->start(Work::sleep)).value(), first());
  EXPECT_EQ(kernel().effective(process->start(Work::sleep, creator)).value(), last());
}

// The system

TEST_F(Contract, CpusAreThoseOfTheMachine) {
  const auto cpus = kernel().cpus();
  ASSERT_TRUE(cpus);
  EXPECT_EQ(cpus->possible, machine().possible);
  EXPECT_EQ(cpus->online, machine().online);
  EXPECT_TRUE(cpus->possible.contains(cpus->present));
  EXPECT_TRUE(cpus->present.contains(cpus->online));
  EXPECT_TRUE(cpus->possible.contains(cpus->isolated));
  EXPECT_TRUE(cpus->online.contains(machine().usable));
}

TEST_F(Contract, CpusetIsWhatTheCallerGetsThatAsksForEverything) {
  const auto limit = kernel().cpuset(Tid());
  ASSERT_TRUE(limit);
  if (!*limit) GTEST_SKIP() << "no cgroup with a cpuset to be seen here";
  EXPECT_EQ((*limit)->cpus & machine().online, machine().usable);
  EXPECT_TRUE((*limit)->cgroup.starts_with('/'));
  EXPECT_FALSE((*limit)->file.empty());
}

TEST_F(Contract, CpusetOfATaskThatIsNotThereIsNoSuchTask) {
  EXPECT_THAT(kernel().cpuset(world().vanished()), FailsWith(ErrorKind::no_such_task));
}

TEST_F(Contract, CpusetsBeginWithTheTasksOwnAndLeaveLessFromTheRootOn) {
  const auto levels = kernel().cpusets(Tid());
  ASSERT_TRUE(levels);
  if (levels->empty()) GTEST_SKIP() << "no cgroup with a cpuset to be seen here";
  EXPECT_EQ(levels->front().limit.cpus, (*kernel().cpuset(Tid()))->cpus);
  for (std::size_t i = 0; i < levels->size(); ++i) {
    const CpusetLevel& level = (*levels)[i];
    EXPECT_TRUE(level.limit.cgroup.starts_with('/'));
    EXPECT_FALSE(level.limit.file.empty());
    if (i == 0) continue;
    EXPECT_TRUE((*levels)[i - 1].limit.cgroup.starts_with(level.limit.cgroup));
    EXPECT_TRUE(level.limit.cpus.contains((*levels)[i - 1].limit.cpus));
  }
}

TEST_F(Contract, CpusetsOfATaskThatIsNotThereIsNoSuchTask) {
  EXPECT_THAT(kernel().cpusets(world().vanished()), FailsWith(ErrorKind::no_such_task));
}

TEST_F(Contract, PartitionsHaveCpusOfTheMachine) {
  const auto partitions = kernel().partitions();
  ASSERT_TRUE(partitions);
  const CpuSet isolated = kernel().cpus()->isolated;
  for (const Partition& partition : *partitions) {
    EXPECT_TRUE(machine().possible.contains(partition.cpus)) << partition.cgroup;
    EXPECT_TRUE(!partition.isolated || isolated.contains(partition.cpus)) << partition.cgroup;
  }
}

// Memory

class MemoryContract : public Contract {
 protected:
  void SetUp() override {
    const auto policy = kernel().memory_policy();
    if (!policy) GTEST_SKIP() << "no memory policies here: " << message(policy.error());
    before_ = *policy;
    const auto limits = kernel().memory_limits();
    ASSERT_TRUE(limits) << message(limits.error());
    limits_ = *limits;
  }
  void TearDown() override { EXPECT_TRUE(kernel().set_memory_policy(before_)); }

  static void expect_taken(const MemoryPolicy& policy) {
    ASSERT_TRUE(kernel().set_memory_policy(policy));
    const auto now = kernel().memory_policy();
    ASSERT_TRUE(now) << message(now.error());
    EXPECT_EQ(*now, policy);
  }

  MemoryPolicy before_;
  MemoryLimits limits_;
};

TEST_F(MemoryContract, NodesAreThoseOfTheMachine) {
  EXPECT_FALSE(limits_.usable().empty());
  EXPECT_TRUE(limits_.present.contains(limits_.with_memory));
  if (limits_.cpuset) {
    EXPECT_EQ(limits_.cpuset->nodes, limits_.allowed);
  }
}

TEST_F(MemoryContract, PolicyIsWhatWasSet) {
  expect_taken({.mode = MemoryMode::bind, .nodes = limits_.usable()});
  expect_taken({.mode = MemoryMode::interleave, .nodes = limits_.usable()});
  const std::string list = to_node_list(limits_.usable());
  const auto first = parse_node_list(list.substr(0, list.find_first_of(",-")));
  expect_taken({.mode = MemoryMode::preferred, .nodes = first.value()});
  expect_taken({.mode = MemoryMode::local});
  expect_taken({.mode = MemoryMode::standard});
}

TEST_F(MemoryContract, NodesThatThereAreNotAreLeftOutSilently) {
  NodeSet nodes = limits_.usable();
  nodes.add_range(200, 1000);
  const auto set = kernel().set_memory_policy({.mode = MemoryMode::bind, .nodes = nodes});
  // A kernel that cannot have so many nodes refuses the number.
  if (!set) {
    EXPECT_THAT(set, FailsWith(ErrorKind::system, EINVAL));
    return;
  }
  EXPECT_EQ(kernel().memory_policy()->nodes, limits_.usable());
}

TEST_F(MemoryContract, NoNodeWithMemoryIsTheKernelsEinval) {
  const MemoryPolicy nowhere = {.mode = MemoryMode::bind, .nodes = {100'000}};
  EXPECT_THAT(kernel().set_memory_policy(nowhere), FailsWith(ErrorKind::system, EINVAL));
  EXPECT_THAT(kernel().set_memory_policy({.mode = MemoryMode::bind}),
              FailsWith(ErrorKind::system, EINVAL));
  EXPECT_EQ(kernel().memory_policy().value(), before_);
}

// Tasks

TEST_F(Contract, TaskTellsItsParent) {
  const auto process = world().process();
  const auto child = process->fork();
  ASSERT_TRUE(child);
  EXPECT_EQ(kernel().task(child->leader())->parent, process->pid());
  EXPECT_EQ(kernel().task(process->start(Work::sleep))->parent,
            kernel().task(process->pid().leader())->parent);
}

TEST_F(Contract, ProgramOfTheTestsOwnIsAsWideAsTheTest) {
  const auto process = world().process();
  EXPECT_EQ(kernel().runs_32_bit(process->pid().leader()), sizeof(void*) == 4);
  EXPECT_FALSE(kernel().runs_32_bit(world().vanished()));
}

TEST_F(Contract, TaskTellsProcessThreadAndState) {
  const auto process = world().process();
  const Tid thread = process->start(Work::sleep);
  ASSERT_TRUE(asleep(thread));
  const auto task = kernel().task(thread);
  ASSERT_TRUE(task);
  EXPECT_EQ(task->pid, process->pid());
  EXPECT_EQ(task->tid, thread);
  EXPECT_TRUE(machine().possible.contains(task->cpu));
  EXPECT_FALSE(task->kernel_thread);
  EXPECT_FALSE(task->bound_by_kernel);
  EXPECT_FALSE(task->deadline);
}

TEST_F(Contract, ComputingThreadIsRunning) {
  const auto process = world().process();
  EXPECT_EQ(kernel().task(process->start(Work::compute))->state, 'R');
}

TEST_F(Contract, ZombieIsATaskStill) {
  const auto process = world().process();
  process->die();
  EXPECT_EQ(kernel().task(process->pid().leader())->state, 'Z');
}

TEST_F(Contract, StartTimeStaysAndIsNotBeforeTheCreators) {
  const auto process = world().process();
  const Tid thread = process->start(Work::sleep);
  const auto leader = kernel().task(process->pid().leader());
  const auto before = kernel().task(thread);
  process->rename(thread, "other");
  ASSERT_TRUE(kernel().set_affinity(thread, first()));
  const auto after = kernel().task(thread);
  EXPECT_EQ(before->start_time, after->start_time);
  EXPECT_GE(before->start_time, leader->start_time);
}

TEST_F(Contract, TaskThatIsNotThereIsNoSuchTask) {
  const Tid gone = world().vanished();
  EXPECT_THAT(kernel().task(gone), FailsWith(ErrorKind::no_such_task));
  EXPECT_THAT(kernel().allowed(gone), FailsWith(ErrorKind::no_such_task));
  EXPECT_THAT(kernel().credentials(gone), FailsWith(ErrorKind::no_such_task));
}

struct NameCase {
  const char* name;
  const char* comm;
};

void PrintTo(const NameCase& row, std::ostream* out) { *out << row.name; }

class HostileName : public Contract, public testing::WithParamInterface<NameCase> {};

TEST_P(HostileName, IsTakenAsItStands) {
  const std::string comm = GetParam().comm;
  const auto process = world().process();
  const Tid tid = process->start(Work::sleep);
  process->rename(tid, comm);
  ASSERT_TRUE(asleep(tid));
  const auto task = kernel().task(tid);
  ASSERT_TRUE(task);
  EXPECT_EQ(task->name, comm);
  EXPECT_EQ(task->pid, process->pid());
  EXPECT_EQ(task->tid, tid);
  const auto inside = open(*process)->task(tid);
  ASSERT_TRUE(inside);
  EXPECT_EQ(inside->name, comm);
  EXPECT_EQ(inside->start_time, task->start_time);
}

INSTANTIATE_TEST_SUITE_P(
    All, HostileName,
    testing::Values(NameCase{"EndOfNameAndAState", ") R "},
                    NameCase{"EndOfNameAndFields", "a) R 1 1 1"}, NameCase{"Opening", "((("},
                    NameCase{"Closing", ")))"}, NameCase{"Space", " "}, NameCase{"Tab", "a\tb"},
                    NameCase{"LineFeed", "a\nb"}, NameCase{"Escape", "\x1b[31mred"},
                    NameCase{"BrokenUtf8", "\xff\xfe\x80"}, NameCase{"Backslash", "\\n"},
                    NameCase{"FieldOfStatus", "\nTgid:\t1"},
                    NameCase{"FieldOfStatusWithCpus", "\nCpus_allowed:"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(Contract, CredentialsAreTheCallersOwn) {
  const auto process = world().process();
  const auto own = kernel().credentials(Tid());
  const auto child = kernel().credentials(process->pid().leader());
  ASSERT_TRUE(own);
  ASSERT_TRUE(child);
  EXPECT_EQ(child->real, own->real);
  EXPECT_EQ(child->effective, own->effective);
  EXPECT_EQ(child->permitted, own->permitted);
  EXPECT_EQ(child->in_force, own->in_force);
  EXPECT_EQ(own->in_force & ~own->permitted, 0U);
}

// Processes

TEST_F(Contract, ProcessesAreAscendingAndWithoutThreads) {
  const auto process = world().process();
  const Tid thread = process->start(Work::sleep);
  const auto processes = kernel().processes();
  ASSERT_TRUE(processes);
  EXPECT_THAT(*processes, Contains(process->pid()));
  EXPECT_THAT(*processes, Not(Contains(Pid(thread.value()))));
  EXPECT_TRUE(std::ranges::is_sorted(*processes));
  EXPECT_EQ(std::ranges::adjacent_find(*processes), processes->end());
}

TEST_F(Contract, LeaderIsTheTaskOfTheProcess) {
  const auto process = world().process();
  const Tid tid = process->pid().leader();
  process->rename(tid, "some name");
  const auto leader = kernel().leader(process->pid());
  const auto task = kernel().task(tid);
  ASSERT_TRUE(leader && task);
  EXPECT_EQ(leader->pid, process->pid());
  EXPECT_EQ(leader->tid, tid);
  EXPECT_EQ(leader->name, "some name");
  EXPECT_EQ(leader->start_time, task->start_time);
  EXPECT_EQ(leader->parent, task->parent);
}

TEST_F(Contract, ParentIsTheProcessThatForked) {
  const auto process = world().process();
  const Tid thread = process->start(Work::sleep);
  const auto child = process->fork();
  ASSERT_TRUE(child) << message(child.error());
  EXPECT_EQ(kernel().task(child->leader())->parent, process->pid());
  EXPECT_EQ(kernel().task(thread)->parent, kernel().task(process->pid().leader())->parent);
}

TEST_F(Contract, ExecutableIsTheFileThatItRuns) {
  const auto process = world().process();
  const auto own = kernel().executable(kernel().task(Tid())->pid);
  ASSERT_TRUE(own && *own) << "the test may look at itself";
  EXPECT_EQ(kernel().executable(process->pid()).value(), *own) << "it is a fork of the test";
  EXPECT_EQ(kernel().executable_path(process->pid()).value(),
            kernel().executable_path(kernel().task(Tid())->pid).value());
  process->exec();
  EXPECT_NE(kernel().executable(process->pid()).value(), *own);
}

TEST_F(Contract, AProcessThatHasEndedRunsNoFile) {
  const auto process = world().process();
  process->die();
  const auto executable = kernel().executable(process->pid());
  ASSERT_TRUE(executable);
  EXPECT_EQ(*executable, std::nullopt);
  EXPECT_EQ(kernel().executable_path(process->pid()).value(), "");
}

TEST_F(Contract, CgroupsAreThoseOfItsParent) {
  const auto process = world().process();
  const auto cgroups = kernel().cgroups(process->pid().leader());
  ASSERT_TRUE(cgroups);
  EXPECT_EQ(*cgroups, kernel().cgroups(Tid()).value());
  for (const std::string& path : *cgroups)
    EXPECT_TRUE(path.starts_with('/')) << path;
}

TEST_F(Contract, WhatIsAskedOfAProcessThatIsGoneIsNoSuchTask) {
  const Pid gone(world().vanished().value());
  EXPECT_THAT(kernel().leader(gone), FailsWith(ErrorKind::no_such_task));
  EXPECT_THAT(kernel().executable(gone), FailsWith(ErrorKind::no_such_task));
  EXPECT_THAT(kernel().executable_path(gone), FailsWith(ErrorKind::no_such_task));
  EXPECT_THAT(kernel().cgroups(gone.leader()), FailsWith(ErrorKind::no_such_task));
}

TEST_F(Contract, ProcessesLeaveOutWhoIsGone) {
  const Tid gone = world().vanished();
  EXPECT_THAT(kernel().processes().value(), Not(Contains(Pid(gone.value()))));
}

TEST_F(Contract, NumberOfAThreadIsNotAProcess) {
  const auto process = world().process();
  const Tid thread = process->start(Work::sleep);
  const auto opened = kernel().process(Pid(thread.value()));
  ASSERT_THAT(opened, FailsWith(ErrorKind::not_a_process));
  EXPECT_EQ(opened.error().owner, std::to_string(process->pid().value()));
}

TEST_F(Contract, ProcessThatIsNotThereIsNoSuchTask) {
  EXPECT_THAT(kernel().process(Pid(world().vanished().value())),
              FailsWith(ErrorKind::no_such_task));
}

TEST_F(Contract, HandleOfAnEndedProcessFindsNobody) {
  auto process = world().process();
  const Tid leader = process->pid().leader();
  const auto handle = open(*process);
  process.reset();
  EXPECT_THAT(handle->list(), FailsWith(ErrorKind::no_such_task));
  EXPECT_THAT(handle->task(leader), FailsWith(ErrorKind::no_such_task));
  EXPECT_EQ(handle->activity(leader), Activity::gone);
}

TEST_F(Contract, ListingIsInTheOrderInWhichThreadsCameToBe) {
  const auto process = world().process();
  std::vector<Tid> expected = {process->pid().leader()};
  for (int i = 0; i < 300; ++i)
    expected.push_back(process->start(Work::sleep));
  const auto handle = open(*process);
  const auto listing = handle->list();
  ASSERT_TRUE(listing);
  EXPECT_THAT(listing->threads, ElementsAreArray(expected));
  EXPECT_TRUE(listing->whole);

  // Whoever ends leaves the order as it is, and newcomers stand at the end.
  process->end(expected[100]);
  expected.erase(expected.begin() + 100);
  expected.push_back(process->start(Work::sleep));
  const auto again = handle->list();
  ASSERT_TRUE(again);
  EXPECT_THAT(again->threads, ElementsAreArray(expected));
  EXPECT_TRUE(again->whole);
}

TEST_F(Contract, ListingFindsThreadsStartedAfterTheHandle) {
  const auto process = world().process();
  const auto handle = open(*process);
  ASSERT_EQ(handle->list()->threads.size(), 1U);
  std::vector<Tid> expected = {process->pid().leader()};
  for (int i = 0; i < 50; ++i)
    expected.push_back(process->start(Work::sleep));
  EXPECT_THAT(handle->list()->threads, ElementsAreArray(expected));
}

// A thread that ends while the kernel walks over it can cut the listing short: it must not be
// called whole then, if its last thread still lives. New threads stand at the end of the list, so
// sleepers are added all the time, for some to stand behind those who end.
TEST_F(Contract, WholeListingWhoseLastThreadLivesHoldsWhoeverLivedAllTheWhile) {
  const auto process = world().process();
  for (int i = 0; i < 20; ++i)
    process->start(Work::churn);
  std::vector<Tid> staying = {process->pid().leader()};
  const auto handle = open(*process);
  int proofs = 0;
  // Where a round takes long, as in an emulator, fewer of them do.
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(15);
  for (int round = 0; round < 200 && std::chrono::steady_clock::now() < patience; ++round) {
    staying.push_back(process->start(Work::sleep));
    for (int i = 0; i < 10; ++i) {
      const auto listing = handle->list();
      ASSERT_TRUE(listing);
      if (!listing->whole || !handle->task(listing->threads.back())) continue;
      ++proofs;
      std::vector<Tid> found;
      std::ranges::copy_if(listing->threads, std::back_inserter(found), [&](Tid tid) {
        return std::ranges::find(staying, tid) != staying.end();
      });
      ASSERT_EQ(found, staying);
    }
  }
  EXPECT_GT(proofs, 0) << "no listing was whole";
}

TEST_F(Contract, ThreadOfAnotherProcessIsNoneOfThisOne) {
  const auto process = world().process();
  const auto other = world().process();
  const Tid foreign = other->start(Work::sleep);
  const auto handle = open(*process);
  EXPECT_THAT(handle->task(foreign), FailsWith(ErrorKind::no_such_task));
  EXPECT_EQ(handle->activity(foreign), Activity::gone);
}

TEST_F(Contract, EndedThreadIsGoneForItsProcess) {
  const auto process = world().process();
  const Tid thread = process->start(Work::sleep);
  const auto handle = open(*process);
  ASSERT_TRUE(handle->task(thread));
  process->end(thread);
  EXPECT_THAT(handle->task(thread), FailsWith(ErrorKind::no_such_task));
  EXPECT_EQ(handle->activity(thread), Activity::gone);
}

// Activity and hold

TEST_F(Contract, SleepingThreadIsSeenOutsideClone) {
  const auto process = world().process();
  const Tid thread = process->start(Work::sleep);
  ASSERT_TRUE(asleep(thread));
  const Activity seen = open(*process)->activity(thread);
  if (seen == Activity::hidden) GTEST_SKIP() << "the caller may not look at its own child here";
  EXPECT_EQ(seen, Activity::outside_clone);
}

TEST_F(Contract, ComputingThreadIsSeenRunning) {
  const auto process = world().process();
  const Tid thread = process->start(Work::compute);
  ASSERT_TRUE(process->gets_on(thread));
  const Activity seen = open(*process)->activity(thread);
  if (seen == Activity::hidden) GTEST_SKIP() << "the caller may not look at its own child here";
  EXPECT_EQ(seen, Activity::running);
}

TEST_F(Contract, HoldStopsAComputingThreadForAMoment) {
  const auto process = world().process();
  const Tid thread = process->start(Work::compute);
  ASSERT_TRUE(process->gets_on(thread));
  const auto handle = open(*process);
  for (int round = 0; round < 10; ++round) {
    const auto held = handle->hold(thread);
    if (!held && held.error().number == EPERM) GTEST_SKIP() << "tracing is refused here";
    ASSERT_TRUE(held) << message(held.error());
    EXPECT_EQ(*held, Held::stopped);
    EXPECT_TRUE(process->gets_on(thread));
  }
}

TEST_F(Contract, HoldLeavesASleeperUndisturbed) {
  const auto process = world().process();
  const Tid thread = process->start(Work::sleep);
  ASSERT_TRUE(asleep(thread));
  const auto held = open(*process)->hold(thread);
  if (!held && held.error().number == EPERM) GTEST_SKIP() << "tracing is refused here";
  ASSERT_TRUE(held) << message(held.error());
  EXPECT_EQ(*held, Held::not_needed);
  ASSERT_TRUE(asleep(thread));
  EXPECT_EQ(process->interruptions(thread), 0U);
}

TEST_F(Contract, HoldLeavesOtherThreadsAlone) {
  const auto process = world().process();
  const Tid sleeper = process->start(Work::sleep);
  const Tid busy = process->start(Work::compute);
  ASSERT_TRUE(asleep(sleeper));
  const auto held = open(*process)->hold(busy);
  if (!held && held.error().number == EPERM) GTEST_SKIP() << "tracing is refused here";
  ASSERT_TRUE(held) << message(held.error());
  ASSERT_TRUE(asleep(sleeper));
  EXPECT_EQ(process->interruptions(sleeper), 0U);
  EXPECT_EQ(process->interruptions(process->pid().leader()), 0U);
}

TEST_F(Contract, HeldThreadCanBeHeldAgainByAnother) {
  const auto process = world().process();
  const Tid busy = process->start(Work::compute);
  const auto held = open(*process)->hold(busy);
  if (!held && held.error().number == EPERM) GTEST_SKIP() << "tracing is refused here";
  const auto again = world().as({}, [&] {
    const auto second = open(*process)->hold(busy);
    return second ? 0L : -second.error().number;
  });
  // Where only parents may trace (Yama), another child of the test is refused.
  EXPECT_THAT(again.value(), AnyOf(0, -EPERM));
  EXPECT_TRUE(process->gets_on(busy));
}

}  // namespace
}  // namespace pinfold::test
