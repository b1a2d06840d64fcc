// Numbers of tasks, pid namespaces, and what becomes of whom when somebody ends.
#include "model/task_table.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "model/model_system.h"

namespace pinfold::test {
namespace {

class Tasks : public ModelSystem {
 protected:
  model::Task& in_new_namespace() {
    model::Task* made = nullptr;
    EXPECT_EQ(system().clone(caller(), {.new_pid_namespace = true}, made), 0);
    system().sleep(*made);
    return *made;
  }
};

TEST_F(Tasks, NumbersAreGivenInTurnAndBeginAgainAt300) {
  auto system = model::System::open({.machine = *::pinfold::Machine::open("core:2 pu:1"),
                                     .highest_number = 310,
                                     .bound_kernel_threads = false});
  ASSERT_TRUE(system);
  model::System& one = **system;
  std::vector<pid_t> numbers;
  for (int i = 0; i < 320; ++i) {
    model::Task* made = nullptr;
    ASSERT_EQ(one.clone(one.init(), {}, made), 0);
    numbers.push_back(made->number);
    one.exit(*made->process);
  }
  EXPECT_EQ(numbers[0], 3);
  EXPECT_EQ(numbers[307], 310);
  EXPECT_EQ(numbers[308], 300);
}

TEST_F(Tasks, WhereNoNumberIsLeftACloneIsRefused) {
  auto system = model::System::open({.machine = *::pinfold::Machine::open("core:2 pu:1"),
                                     .highest_number = 3,
                                     .bound_kernel_threads = false});
  ASSERT_TRUE(system);
  model::Task* made = nullptr;
  EXPECT_EQ((*system)->clone((*system)->init(), {}, made), 0);
  EXPECT_EQ((*system)->clone((*system)->init(), {}, made), -EAGAIN);
  EXPECT_EQ(made, nullptr);
}

TEST_F(Tasks, InANewPidNamespaceNumbersBeginAtOne) {
  model::Task& outer = caller();
  model::Task& inside = in_new_namespace();
  const model::PidNamespace& space = *inside.pid_namespace;
  EXPECT_EQ(model::TaskTable::number_in(inside, space), 1);
  call_as(inside);
  model::Task& child = fork();
  EXPECT_EQ(model::TaskTable::number_in(child, space), 2);
  EXPECT_EQ(set(2, cpus("1")), 0);
  EXPECT_EQ(*child.allowed, cpus("1"));
  // Who is outside has no number inside, and the other way round everybody has one.
  EXPECT_EQ(set(outer.number, cpus("1")), -ESRCH);
  call_as(outer);
  EXPECT_EQ(set(child.number, cpus("2")), 0);
  EXPECT_EQ(*child.allowed, cpus("2"));
}

TEST_F(Tasks, WithItsInitAPidNamespaceEnds) {
  model::Task& inside = in_new_namespace();
  call_as(inside);
  const pid_t child = fork().number;
  call_as(system().init());
  system().exit(*inside.process);
  EXPECT_EQ(system().tasks().find(child), nullptr);
}

TEST_F(Tasks, AZombieStaysUntilItsParentReapsIt) {
  model::Task& child = fork();
  const pid_t number = child.number;
  system().exit(*child.process);
  EXPECT_EQ(child.state, model::TaskState::zombie);
  EXPECT_EQ(set(number, cpus("0")), 0);
  EXPECT_EQ(mask_of(child), cpus("0"));
  system().reap(*child.process);
  EXPECT_EQ(set(number, cpus("0")), -ESRCH);
}

TEST_F(Tasks, AThreadThatEndsIsGoneAtOnce) {
  model::Task& one = thread();
  const pid_t number = one.number;
  system().exit(one);
  EXPECT_EQ(set(number, cpus("0")), -ESRCH);
}

TEST_F(Tasks, ALeaderThatEndsBeforeItsThreadsIsAZombieAmongThem) {
  model::Task& leader = fork();
  call_as(leader);
  model::Task& one = thread();
  call_as(one);
  system().exit(leader);
  EXPECT_EQ(leader.state, model::TaskState::zombie);
  EXPECT_EQ(mask_of(one), cpus("0-3"));
  EXPECT_EQ(one.process->leader, &leader);
}

TEST_F(Tasks, OrphansGoToInitAndAreReapedThere) {
  model::Task& child = fork();
  call_as(child);
  model::Task& grandchild = fork();
  const pid_t number = grandchild.number;
  call_as(system().init());
  system().exit(*child.process);
  EXPECT_EQ(grandchild.process->parent, system().init().process);
  system().exit(*grandchild.process);
  EXPECT_EQ(system().tasks().find(number), nullptr);
}

TEST_F(Tasks, ExecOfAThreadLeavesItAloneWithTheLeadersNumber) {
  model::Task& leader = fork();
  const pid_t number = leader.number;
  call_as(leader);
  model::Task& one = thread();
  thread();
  ASSERT_EQ(set(one.number, cpus("3")), 0);
  call_as(one);
  system().exec(one, std::make_shared<const model::Program>(
                         model::Program{.path = "/usr/bin/server", .file = {1, 9}}));
  EXPECT_EQ(one.number, number);
  EXPECT_EQ(one.process->leader, &one);
  EXPECT_EQ(one.process->threads.size(), 1U);
  EXPECT_EQ(mask_of(one), cpus("3"));
  EXPECT_EQ(one.name(), "server");
}

TEST_F(Tasks, ADeadlineTaskMakesNoOther) {
  call_as(system().init());
  model::Task& task = fork();
  ASSERT_EQ(system().become_deadline(task), 0);
  model::Task* made = nullptr;
  EXPECT_EQ(system().clone(task, {}, made), -EAGAIN);
}

TEST_F(Tasks, NamesAreCutTo15Bytes) {
  caller().rename("a-name-that-is-too-long");
  EXPECT_EQ(caller().name(), "a-name-that-is-");
}

}  // namespace
}  // namespace pinfold::test
