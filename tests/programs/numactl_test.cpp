// numactl and the library below it.
#include <gtest/gtest.h>

#include <sstream>

#include <pinfold/cpu_list.h>

#include "programs/simulated.h"

namespace pinfold::test {
namespace {

class Numactl : public Simulated {
 protected:
  void SetUp() override {
    Simulated::SetUp();
    NEEDS("numactl");
  }
};

INSTANTIATE_TEST_SUITE_P(Machines, Numactl, testing::ValuesIn(machines::all), machine_name);

TEST_P(Numactl, ShowsTheNodesTheirCpusAndDistances) {
  const std::string text = answer({"numactl", "-H"});
  const auto nodes = machine().objects(Level::node);
  EXPECT_TRUE(text.starts_with("available: " + std::to_string(nodes.size()) + " nodes ")) << text;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const std::string id = std::to_string(nodes[i].id.value_or(0));
    const std::string before = "node " + id + " cpus:";
    const auto at = text.find('\n' + before);
    ASSERT_NE(at, std::string::npos) << before << " is missing in\n" << text;
    const auto begin = at + 1 + before.size();
    EXPECT_EQ(cpus_in(text.substr(begin, text.find('\n', begin) - begin)), nodes[i].cpus) << before;
    const std::string label = '\n' + std::string(3 - std::min<std::size_t>(id.size(), 3), ' ') + id;
    const auto row = text.find(label + ": ", text.find("node distances:"));
    ASSERT_NE(row, std::string::npos) << text;
    std::istringstream distances(text.substr(text.find(':', row) + 1));
    for (std::size_t to = 0; to < nodes.size(); ++to) {
      unsigned distance = 0;
      distances >> distance;
      EXPECT_EQ(distance, machine().distance(i, to).value_or(distance)) << i << " to " << to;
    }
  }
}

TEST_P(Numactl, ShowsWhereItMayRun) {
  const std::string text = answer({"numactl", "--show"});
  const auto numbers = [&](const std::string& name) {
    const auto at = ('\n' + text).find('\n' + name + ": ");
    EXPECT_NE(at, std::string::npos) << text;
    if (at == std::string::npos) return CpuSet();
    return cpus_in(text.substr(at + name.size() + 2, text.find('\n', at) - at - name.size() - 2));
  };
  EXPECT_EQ(numbers("physcpubind"), own_mask());
  CpuSet nodes;  // numbers of nodes
  for (const Object& node : machine().objects(Level::node)) {
    if (node.cpus.intersects(own_mask())) nodes.add(CpuId(node.id.value_or(0)));
  }
  EXPECT_EQ(numbers("cpubind"), nodes);
}

TEST_P(Numactl, BindsToANodesCpus) {
  const Object& node = machine().objects(Level::node).back();
  // Also those that are isolated: it asks for them.
  const CpuSet usable = node.cpus & machine().allowed();
  if (usable.empty()) GTEST_SKIP() << "its last node has no CPUs that can be used";
  const std::string said =
      answer({"numactl", "--cpunodebind=" + std::to_string(node.id.value_or(0)), "grep",
              "Cpus_allowed_list", "/proc/self/status"});
  EXPECT_EQ(said, "Cpus_allowed_list:\t" + to_cpu_list(usable) + '\n');
}

}  // namespace
}  // namespace pinfold::test
