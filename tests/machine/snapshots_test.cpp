// Every machine of ../shared/machines, read by hwloc and by us: every level has the same objects in
// the same order.
#include <gtest/gtest.h>

#include <optional>

#include <pinfold/machine.h>

#include "support/hwloc.h"
#include "support/make_machine.h"
#include "support/program.h"
#include "support/snapshot.h"

namespace pinfold::test {
namespace {

class Snapshots : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam().empty()) GTEST_SKIP() << "no machines in ../shared/machines";
    if (!has_hwloc()) GTEST_SKIP() << "no lstopo-no-graphics here";
    snapshot_.emplace(GetParam());
    root_ = snapshot_->root();
  }

  std::optional<Snapshot> snapshot_;
  std::string root_;
};

TEST_P(Snapshots, IsReadAsHwlocReadsIt) {
  const auto machine = Machine::open(root_);
  ASSERT_TRUE(machine) << message(machine.error());
  expect_same_levels(*machine, read_hwloc({"--input", root_, "--input-format", "fsroot"}));

  const Output permitted =
      run({"lstopo-no-graphics", "--input", root_, "--input-format", "fsroot", "--of", "xml"});
  ASSERT_EQ(permitted.exit, 0) << permitted.err;
  CpuSet allowed;
  auto theirs_allowed = parse_hwloc_xml(permitted.out);
  for (const HwlocObject& pu : theirs_allowed["PU"])
    allowed |= pu.cpus;
  EXPECT_EQ(machine->allowed(), allowed);
}

INSTANTIATE_TEST_SUITE_P(Machines, Snapshots, testing::ValuesIn(snapshot_archives()),
                         snapshot_name);

}  // namespace
}  // namespace pinfold::test
