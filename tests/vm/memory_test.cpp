// run --mem on two nodes: where the pages are, and what a cpuset of v2 leaves of the nodes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "vm/cpuset_v2.h"
#include "vm/machine.h"

namespace pinfold::test {
namespace {

using Pages = std::map<int, unsigned>;  // by node

constexpr unsigned megabytes = 16;
constexpr unsigned all = megabytes * 256;

class Memory : public VmTest {
 protected:
  // How many pages on which node a program touches that is started so.
  static Pages touched(std::vector<std::string> options) {
    std::vector<std::string> arguments = {"run"};
    std::ranges::copy(options, std::back_inserter(arguments));
    arguments.insert(arguments.end(),
                     {"--", std::string(PINFOLD_VICTIMS) + "/memory", std::to_string(megabytes)});
    const Output output = pinfold(arguments);
    EXPECT_EQ(output.exit, 0) << output.err;
    EXPECT_EQ(output.err, "");
    Pages pages;
    std::istringstream lines(output.out);
    for (int node = 0; lines >> node;)
      lines >> pages[node];
    return pages;
  }

  static Output run_inside(const CpusetV2& cpuset, const std::string& command) {
    return test::run({"/bin/sh", "-c",
                      "echo $$ > '" + cpuset.file("cgroup.procs") + "' && exec " +
                          std::string(PINFOLD_COMMAND) + ' ' + command});
  }
};

TEST_F(Memory, BoundToANodeComesFromIt) {
  EXPECT_EQ(touched({"--mem", "bind:0"}), (Pages{{0, all}}));
  EXPECT_EQ(touched({"--mem", "bind:1"}), (Pages{{1, all}}));
}

TEST_F(Memory, MayBeBoundToAnotherNodeThanTheCpus) {
  EXPECT_EQ(touched({"--on", "node:0", "--mem", "bind:1"}), (Pages{{1, all}}));
  EXPECT_EQ(touched({"--on", "node:1", "--mem", "bind:0"}), (Pages{{0, all}}));
}

TEST_F(Memory, LocalIsWhereTheCpusAre) {
  EXPECT_EQ(touched({"--on", "node:0", "--mem", "local"}), (Pages{{0, all}}));
  EXPECT_EQ(touched({"--on", "node:1", "--mem", "local"}), (Pages{{1, all}}));
}

TEST_F(Memory, LocalUndoesWhatTheCallerHas) {
  EXPECT_EQ(touched({"--mem", "bind:0", "--", PINFOLD_COMMAND, "run", "--on", "node:1", "--mem",
                     "local"}),
            (Pages{{1, all}}));
}

TEST_F(Memory, PreferredComesFromThatNodeWhileItHasSome) {
  EXPECT_EQ(touched({"--on", "node:0", "--mem", "preferred:1"}), (Pages{{1, all}}));
}

TEST_F(Memory, InterleavedComesFromTheNodesByTurns) {
  auto counts = touched({"--on", "node:0", "--mem", "interleave"});
  EXPECT_EQ(counts[0] + counts[1], all);
  // Page tables take their turns too.
  EXPECT_NEAR(counts[0], all / 2, all / 16);
  EXPECT_EQ(touched({"--on", "node:0", "--mem", "interleave:1"}), (Pages{{1, all}}));
}

TEST_F(Memory, OfANodeThatDoesNotExistIsRefused) {
  const Output run = pinfold({"run", "--mem", "bind:1-2", "--", "true"});
  EXPECT_EQ(run.exit, 125);
  EXPECT_EQ(run.err,
            "pinfold: node 2 does not exist: this machine has 0-1\n"
            "  --clip drops nodes that cannot be used\n");
}

TEST_F(Memory, OfANodeThatACpusetForbidsIsRefused) {
  const CpusetV2 cpuset;
  ASSERT_EQ(cpuset.write("cpuset.mems", "0"), 0);
  const std::string forbidden =
      "true cannot use memory of node 1: cgroup " + cpuset.name() + " allows 0\n";
  const std::string file = "  (" + cpuset.file("cpuset.mems.effective") + ")\n";

  const Output one = run_inside(cpuset, "run --mem bind:1 -- true");
  EXPECT_EQ(one.exit, 125);
  EXPECT_EQ(one.err, "pinfold: " + forbidden + file);
  EXPECT_EQ(run_inside(cpuset, "run --mem preferred:1 -- true").err, one.err);

  const Output both = run_inside(cpuset, "run --mem interleave:0-1 -- true");
  EXPECT_EQ(both.exit, 125);
  EXPECT_EQ(both.err,
            "pinfold: " + forbidden + file + "  --clip drops nodes that cannot be used\n");

  const Output clipped = run_inside(cpuset, "run -v --clip --mem bind:0-1 -- true");
  EXPECT_EQ(clipped.exit, 0);
  EXPECT_EQ(clipped.err, "pinfold: note: dropped: " + forbidden +
                             "pinfold: note: true runs on 0-7, memory bound to node 0\n");
}

TEST_F(Memory, OfAllNodesIsWhatTheCpusetAllowsAndIsSaid) {
  const CpusetV2 upper;
  ASSERT_EQ(upper.write("cpuset.mems", "1"), 0);
  const CpusetV2 inner(upper, "");
  const Output run = run_inside(
      inner, "run --on node:0 --mem interleave -- " + std::string(PINFOLD_VICTIMS) + "/memory 4");
  EXPECT_EQ(run.exit, 0);
  EXPECT_EQ(run.err,
            "pinfold: note: memory is on nodes 0-1; cgroup " + upper.name() + " allows 1\n");
  EXPECT_EQ(run.out, "1 1024\n");
}

}  // namespace
}  // namespace pinfold::test
