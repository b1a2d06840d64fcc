#include "model/kernel.h"

#include <cerrno>

#include "model/seen_by.h"

namespace pinfold::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

class ModelKernelTest : public SeenBy {};

// Pid namespaces

TEST_F(ModelKernelTest, NumbersAreThoseOfTheCallersPidNamespace) {
  model::Task& first = fork_into_namespace(caller());
  const model::Task& second = fork(first);
  const Tid seen_from_outside = second.tid();
  session().caller = &first;
  EXPECT_EQ(kernel().task(Tid())->tid, Tid(1));
  EXPECT_EQ(kernel().task(Tid())->parent, Pid(0)) << "its parent stands outside";
  EXPECT_EQ(kernel().task(Tid(2))->parent, Pid(1));
  EXPECT_THAT(kernel().processes().value(), ElementsAre(Pid(1), Pid(2)));
  ASSERT_TRUE(kernel().set_affinity(Tid(2), cpus("3")));
  EXPECT_EQ(*second.allowed, cpus("3"));
  EXPECT_THAT(kernel().effective(seen_from_outside), FailsWith(ErrorKind::system, ESRCH));
  EXPECT_THAT(kernel().task(seen_from_outside), FailsWith(ErrorKind::no_such_task));
}

TEST_F(ModelKernelTest, WhoIsInAnInnerPidNamespaceIsSeenFromOutside) {
  const model::Task& inside = fork_into_namespace(caller());
  EXPECT_THAT(kernel().processes().value(), Contains(Pid(inside.number)));
  EXPECT_EQ(kernel().task(inside.tid())->parent, Pid(caller().number));
}

TEST_F(ModelKernelTest, SystemsAreToldApartByBootAndPidNamespace) {
  model::Task& one = fork_into_namespace(caller());
  model::Task& other = fork_into_namespace(caller());
  const SystemId outside = kernel().system_id().value();
  session().caller = &one;
  const SystemId inside = kernel().system_id().value();
  session().caller = &other;
  const SystemId beside = kernel().system_id().value();
  EXPECT_EQ(outside.boot, inside.boot);
  EXPECT_FALSE(outside.boot.empty());
  EXPECT_NE(outside, inside);
  EXPECT_NE(inside, beside);
}

TEST_F(ModelKernelTest, WithItsFirstProcessEverybodyInAPidNamespaceEnds) {
  model::Task& first = fork_into_namespace(caller());
  model::Task& second = fork(first);
  const model::Task& third = fork(second);
  model::Task& nested = fork_into_namespace(second);
  const pid_t numbers[] = {second.number, third.number, nested.number, fork(nested).number};
  system().exit(*second.process);
  EXPECT_TRUE(kernel().task(third.tid())) << "they are orphans";
  system().exit(*first.process);
  for (const pid_t number : numbers)
    EXPECT_THAT(kernel().task(Tid(number)), FailsWith(ErrorKind::no_such_task)) << number;
  EXPECT_EQ(kernel().task(first.tid())->state, 'Z');
}

TEST_F(ModelKernelTest, NothingEndsTheFirstProcess) {
  system().exit(*system().init().process);
  EXPECT_EQ(kernel().task(Tid(1))->state, 'S');
}

// Tasks

TEST_F(ModelKernelTest, TaskThatIsBeingClonedIsNotThereYet) {
  model::Task* made = nullptr;
  ASSERT_EQ(system().begin_clone(caller(), {}, made), 0);
  EXPECT_THAT(kernel().task(made->tid()), FailsWith(ErrorKind::no_such_task));
  EXPECT_THAT(kernel().processes().value(), Not(Contains(Pid(made->number))));
  system().finish_clone(*made);
  EXPECT_TRUE(kernel().task(made->tid()));
}

TEST_F(ModelKernelTest, CallerRunsWhileItCalls) {
  EXPECT_EQ(kernel().task(Tid())->state, 'R');
  EXPECT_EQ(caller().state, model::TaskState::sleeping) << "and sleeps again";
}

TEST_F(ModelKernelTest, NegativeNumbersAreNobody) {
  EXPECT_THAT(kernel().task(Tid(-1)), FailsWith(ErrorKind::no_such_task));
  EXPECT_THAT(kernel().process(Pid(-1)), FailsWith(ErrorKind::no_such_task));
  EXPECT_THAT(kernel().process(Pid(0)), FailsWith(ErrorKind::no_such_task));
}

TEST_F(ModelKernelTest, UsersWithoutANumberInTheCallersNamespaceAreNobody) {
  model::Task& inside = fork(caller());
  become(inside, 1001, 1001);
  system().enter_user_namespace(inside);
  session().caller = &inside;
  EXPECT_EQ(kernel().credentials(Tid())->real, 65534U);
  EXPECT_EQ(kernel().credentials(Tid(1))->effective, 65534U);
}

// Who may look

TEST_F(ModelKernelTest, WhoHasChangedItsUserIsHiddenUntilItExecutes) {
  model::Task& user = fork(caller());
  model::Task& task = fork(caller());
  become(user, 1001, 1001);
  become(task, 1001, 1001);
  session().caller = &user;
  EXPECT_THAT(kernel().executable(Pid(task.number)), FailsWith(ErrorKind::system, EACCES));
  EXPECT_EQ(kernel().runs_32_bit(task.tid()), std::nullopt);
  EXPECT_TRUE(kernel().executable(Pid(user.number))) << "itself";
  system().exec(task, program("/bin/x", 7));
  EXPECT_EQ(kernel().executable(Pid(task.number)).value(), (FileId{.device = 1, .inode = 7}));
  EXPECT_EQ(kernel().executable_path(Pid(task.number)).value(), "/bin/x");
  EXPECT_EQ(kernel().runs_32_bit(task.tid()), false);
}

TEST_F(ModelKernelTest, ProgramThatRunsUnderTwoUsersStaysHidden) {
  model::Task& user = fork(caller());
  model::Task& task = fork(caller());
  become(user, 1001, 1001);
  EXPECT_EQ(system().set_uids(task, 1002, 1001, 1001), 0);
  system().exec(task, program("/bin/x", 7));
  session().caller = &user;
  EXPECT_THAT(kernel().executable(Pid(task.number)), FailsWith(ErrorKind::system, EACCES));
}

TEST_F(ModelKernelTest, ZombieMayBeLookedAtAndRunsNothing) {
  model::Task& user = fork(caller());
  model::Task& task = fork(caller());
  become(user, 1001, 1001);
  become(task, 1001, 1001);
  system().exit(*task.process);
  session().caller = &user;
  EXPECT_EQ(kernel().executable(Pid(task.number)).value(), std::nullopt);
  EXPECT_EQ(kernel().runs_32_bit(task.tid()), std::nullopt);
}

// Memory

class ModelMemory : public SeenBy {
 protected:
  static NodeSet nodes(const char* list) { return parse_node_list(list).value(); }
  auto bind(const char* list) {
    return kernel().set_memory_policy({.mode = MemoryMode::bind, .nodes = nodes(list)});
  }
};

TEST_F(ModelMemory, NodesThatTheCpusetDoesNotLeaveAreLeftOut) {
  write("/", "cgroup.subtree_control", "+cpuset");
  make("/a");
  write("/a", "cpuset.mems", "1");
  move(caller(), "/a");
  ASSERT_TRUE(bind("0-1"));
  EXPECT_EQ(kernel().memory_policy()->nodes, nodes("1"));
  EXPECT_THAT(bind("0"), FailsWith(ErrorKind::system, EINVAL));
  const MemoryLimits limits = kernel().memory_limits().value();
  EXPECT_EQ(limits.with_memory, nodes("0-1"));
  EXPECT_EQ(limits.allowed, nodes("1"));
  ASSERT_TRUE(limits.cpuset);
  EXPECT_EQ(limits.cpuset->cgroup, "/a");
  EXPECT_EQ(limits.cpuset->file, "/sys/fs/cgroup/a/cpuset.mems.effective");
}

TEST_F(ModelMemory, FirstOfSeveralNodesIsPreferred) {
  ASSERT_TRUE(kernel().set_memory_policy({.mode = MemoryMode::preferred, .nodes = nodes("0-1")}));
  EXPECT_EQ(kernel().memory_policy()->nodes, nodes("0"));
}

TEST_F(ModelMemory, NodesWhereNoneBelongAreRefused) {
  for (const MemoryMode mode : {MemoryMode::standard, MemoryMode::local}) {
    EXPECT_THAT(kernel().set_memory_policy({.mode = mode, .nodes = nodes("0")}),
                FailsWith(ErrorKind::system, EINVAL));
  }
}

TEST_F(ModelMemory, PolicyIsInherited) {
  ASSERT_TRUE(bind("1"));
  session().caller = &fork(caller());
  EXPECT_EQ(kernel().memory_policy(),
            (MemoryPolicy{.mode = MemoryMode::bind, .nodes = nodes("1")}));
  ASSERT_TRUE(kernel().set_memory_policy({}));
  EXPECT_EQ(kernel().memory_policy(), MemoryPolicy());
}

}  // namespace
}  // namespace pinfold::test
