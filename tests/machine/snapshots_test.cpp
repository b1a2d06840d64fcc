// Every machine of ../shared/machines, read by hwloc and by us: every level has the same objects in
// the same order.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include <pinfold/machine.h>

#include "support/hwloc.h"
#include "support/make_machine.h"
#include "support/program.h"

namespace pinfold::test {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> archives() {
  std::vector<std::string> found;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(PINFOLD_MACHINES, missing)) {
    if (entry.path().extension() == ".bz2") found.push_back(entry.path());
  }
  std::ranges::sort(found);
  if (found.empty()) found.emplace_back();  // one test, to say that there are none
  return found;
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = fs::path(info.param).stem().stem();
  std::ranges::replace_if(name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name.empty() ? "None" : name;
}

std::vector<CpuSet> sets(const std::vector<HwlocObject>& objects) {
  std::vector<CpuSet> sets;
  for (const HwlocObject& object : objects)
    sets.push_back(object.cpus);
  return sets;
}

std::vector<CpuSet> sets(std::span<const Object> objects) {
  std::vector<CpuSet> sets;
  for (const Object& object : objects)
    sets.push_back(object.cpus);
  return sets;
}

class Snapshot : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam().empty()) GTEST_SKIP() << "no machines in " << PINFOLD_MACHINES;
    if (!has_hwloc()) GTEST_SKIP() << "no lstopo-no-graphics here";
    // Tens of thousands of small files: in memory, where that is possible.
    const std::string parent = fs::exists("/dev/shm") ? "/dev/shm" : testing::TempDir();
    std::string name = parent + "/pinfold-machine-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    ASSERT_EQ(run({"tar", "-xjf", GetParam(), "-C", folder_}).exit, 0);
    for (const auto& entry : fs::directory_iterator(folder_))
      root_ = entry.path();
  }
  ~Snapshot() override {
    if (!folder_.empty()) fs::remove_all(folder_);
  }

  std::string folder_;
  std::string root_;
};

TEST_P(Snapshot, IsReadAsHwlocReadsIt) {
  const auto machine = Machine::open(root_);
  ASSERT_TRUE(machine) << message(machine.error());
  auto theirs = read_hwloc({"--input", root_, "--input-format", "fsroot"});
  const auto expect_same = [&](Level level, const char* name) {
    EXPECT_EQ(sets(machine->objects(level)), sets(theirs[name])) << name;
  };
  expect_same(Level::package, "Package");
  expect_same(Level::node, "NUMANode");
  expect_same(Level::l3, "L3Cache");
  expect_same(Level::l2, "L2Cache");
  expect_same(Level::l1d, "L1Cache");
  expect_same(Level::core, "Core");
  // hwloc leaves out dies that are whole packages.
  if (!theirs["Die"].empty()) expect_same(Level::die, "Die");
  std::vector<CpuSet> pus;
  for (const CpuId cpu : machine->cpus())
    pus.push_back({cpu});
  EXPECT_EQ(pus, sets(theirs["PU"])) << "PU";

  const Output permitted =
      run({"lstopo-no-graphics", "--input", root_, "--input-format", "fsroot", "--of", "xml"});
  ASSERT_EQ(permitted.exit, 0) << permitted.err;
  CpuSet allowed;
  auto theirs_allowed = parse_hwloc_xml(permitted.out);
  for (const HwlocObject& pu : theirs_allowed["PU"])
    allowed |= pu.cpus;
  EXPECT_EQ(machine->allowed(), allowed);
}

INSTANTIATE_TEST_SUITE_P(Machines, Snapshot, testing::ValuesIn(archives()), test_name);

}  // namespace
}  // namespace pinfold::test
