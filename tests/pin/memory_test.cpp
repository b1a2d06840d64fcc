#include "pin/memory.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "support/fake_kernel.h"
#include "support/program.h"

namespace pinfold {
namespace {

using test::FakeKernel;

// Nodes 0 to 3, of which 2 has no memory; the cpuset allows all but node 3.
class MemoryTest : public testing::Test {
 protected:
  MemoryTest() {
    kernel_.memory = {.present = {0, 1, 2, 3},
                      .with_memory = {0, 1, 3},
                      .allowed = {0, 1},
                      .cpuset = CpusetNodes{.cgroup = "/box", .file = "/f", .nodes = {0, 1}}};
  }

  Result<MemoryChoice> choose(MemoryMode mode, std::optional<NodeSet> nodes, Clip clip = Clip::no) {
    return choose_memory(kernel_, {.mode = mode, .nodes = std::move(nodes)}, clip, "sh");
  }
  Result<MemoryChoice> bind(const NodeSet& nodes, Clip clip = Clip::no) {
    return choose(MemoryMode::bind, nodes, clip);
  }
  Result<void> set(const NodeSet& nodes) {
    return set_and_read_back(kernel_, {.mode = MemoryMode::bind, .nodes = nodes}, "sh");
  }

  FakeKernel kernel_{test::cpus("0-3")};
};

TEST_F(MemoryTest, WhatCanBeUsedIsAsked) {
  const auto choice = bind({0, 1});
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->policy, (MemoryPolicy{.mode = MemoryMode::bind, .nodes = {0, 1}}));
  EXPECT_TRUE(choice->dropped.empty());
  EXPECT_EQ(choice->note, "");
}

TEST_F(MemoryTest, NonexistentComesBeforeBareComesBeforeTheCpuset) {
  EXPECT_EQ(message(bind({1, 2, 3, 4}).error()), "node 4 does not exist: this machine has 0-3");
  EXPECT_EQ(message(bind({1, 2, 3}).error()), "node 2 has no memory: 0-1,3 have");
  const Error error = bind({1, 3}).error();
  EXPECT_EQ(message(error), "sh cannot use memory of node 3: cgroup /box allows 0-1");
  EXPECT_EQ(error.file, "/f");
}

TEST_F(MemoryTest, OnlyWhatLeavesSomethingCanBeClipped) {
  EXPECT_TRUE(bind({1, 3}).error().clippable);
  EXPECT_FALSE(bind({3}).error().clippable);
}

TEST_F(MemoryTest, ClipDropsWhatCannotBeUsedAndTellsWhy) {
  const auto choice = bind({1, 2, 3, 9}, Clip::yes);
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->policy.nodes, NodeSet{1});
  ASSERT_EQ(choice->dropped.size(), 3U);
  EXPECT_EQ(choice->dropped[0].kind, ErrorKind::no_such_node);
  EXPECT_EQ(choice->dropped[1].kind, ErrorKind::no_memory);
  EXPECT_EQ(choice->dropped[2].kind, ErrorKind::cpuset_nodes);
}

TEST_F(MemoryTest, ClipThatLeavesNothingSaysWhy) {
  EXPECT_EQ(bind({2}, Clip::yes).error().kind, ErrorKind::no_memory);
}

TEST_F(MemoryTest, AllIsWhatTheCpusetAllowsAndSaysSo) {
  const auto choice = choose(MemoryMode::interleave, std::nullopt);
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->policy.nodes, (NodeSet{0, 1}));
  EXPECT_EQ(choice->note, "memory is on nodes 0-1,3; cgroup /box allows 0-1");
}

TEST_F(MemoryTest, AllOfAMachineWithoutLimitsNeedsNoNote) {
  kernel_.memory.allowed = {0, 1, 2, 3};
  kernel_.memory.cpuset.reset();
  const auto choice = choose(MemoryMode::interleave, std::nullopt);
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->policy.nodes, (NodeSet{0, 1, 3}));
  EXPECT_EQ(choice->note, "");
}

TEST_F(MemoryTest, ACpusetThatCannotBeSeenIsStillOne) {
  kernel_.memory.cpuset.reset();
  EXPECT_EQ(message(bind({3}).error()), "sh cannot use memory of node 3: its cpuset allows 0-1");
}

TEST_F(MemoryTest, LocalHasNoNodes) {
  const auto choice = choose(MemoryMode::local, std::nullopt);
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->policy, MemoryPolicy{.mode = MemoryMode::local});
}

TEST_F(MemoryTest, ChoosingChangesNothing) {
  ASSERT_TRUE(bind({0}));
  EXPECT_EQ(kernel_.policy, MemoryPolicy());
}

TEST_F(MemoryTest, AKernelWithoutPoliciesIsSaidToBeThat) {
  kernel_.get_policy_error = ENOSYS;
  EXPECT_EQ(bind({0}).error().kind, ErrorKind::unsupported);
}

TEST_F(MemoryTest, AFilterIsCalledThatBeforeAndAfter) {
  kernel_.get_policy_error = EPERM;
  EXPECT_EQ(message(bind({0}).error()),
            "a filter of system calls (seccomp) forbids get_mempolicy(2)");
  kernel_.get_policy_error = 0;
  kernel_.set_policy_error = EPERM;
  EXPECT_EQ(message(set({0}).error()),
            "a filter of system calls (seccomp) forbids set_mempolicy(2)");
}

TEST_F(MemoryTest, SetIsReadBack) {
  EXPECT_TRUE(set({0, 1}));
  EXPECT_EQ(kernel_.policy, (MemoryPolicy{.mode = MemoryMode::bind, .nodes = {0, 1}}));
}

TEST_F(MemoryTest, ACpusetThatShrankSinceIsFoundByReadingBack) {
  kernel_.before_set_policy = [&] { kernel_.memory.allowed = {0}; };
  const auto done = set({0, 1});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::cpuset_nodes);
  EXPECT_EQ(done.error().text, "1");
}

TEST_F(MemoryTest, ARefusalIsExplainedByWhatForbidsIt) {
  const auto done = set({3});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::cpuset_nodes);
  EXPECT_EQ(done.error().owner, "/box");
}

TEST_F(MemoryTest, ARefusalThatNothingExplainsIsTheKernels) {
  kernel_.set_policy_error = ENOMEM;
  EXPECT_EQ(message(set({0}).error()), "set_mempolicy: Cannot allocate memory");
  kernel_.set_policy_error = EINVAL;
  EXPECT_EQ(message(set({0}).error()), "set_mempolicy: Invalid argument");
}

TEST_F(MemoryTest, ALessThatNothingExplainsSaysBoth) {
  kernel_.narrow_policy = {0};
  EXPECT_EQ(message(set({0, 1}).error()),
            "memory of sh was to be bound to nodes 0-1 and is bound to node 0: no limit that can "
            "be read here says why");
}

TEST(MemoryText, IsWhatPeopleRead) {
  EXPECT_EQ(describe({.mode = MemoryMode::local}), "from the node where it runs");
  EXPECT_EQ(describe({.mode = MemoryMode::bind, .nodes = {1}}), "bound to node 1");
  EXPECT_EQ(describe({.mode = MemoryMode::bind, .nodes = {0, 1, 3}}), "bound to nodes 0-1,3");
  EXPECT_EQ(describe({.mode = MemoryMode::preferred, .nodes = {2}}), "preferably from node 2");
  EXPECT_EQ(describe({.mode = MemoryMode::interleave, .nodes = {0, 1}}),
            "interleaved over nodes 0-1");
}

}  // namespace
}  // namespace pinfold
