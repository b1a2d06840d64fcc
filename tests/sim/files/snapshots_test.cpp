// Every machine of ../shared/machines, as a copy of its files and written again by us.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <sstream>

#include "machine/facts.h"
#include "same_machine.h"
#include "shown.h"
#include "sim/files/overlay.h"
#include "support/hwloc.h"
#include "support/program.h"
#include "support/snapshot.h"

namespace pinfold::test {
using namespace sim;
namespace {

namespace fs = std::filesystem;

class SnapshotFiles : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam().empty()) GTEST_SKIP() << "no machines in ../shared/machines";
    snapshot_.emplace(GetParam());
    root_ = snapshot_->root();
    auto machine = Machine::open(root_);
    ASSERT_TRUE(machine) << message(machine.error());
    machine_ = std::move(*machine);
  }

  [[nodiscard]] bool memory_known() const {
    return std::ranges::any_of(machine_->objects(Level::node),
                               [](const Object& node) { return node.size != 0; });
  }

  std::optional<Snapshot> snapshot_;
  std::string root_;
  std::optional<Machine> machine_;
};

TEST_P(SnapshotFiles, IsReadAgainFromWhatIsMadeOfIt) {
  const Shown shown(machine_files(*machine_));
  const auto read = Machine::open(shown.path());
  ASSERT_TRUE(read) << message(read.error());
  expect_same_machine(*read, *machine_);
}

TEST_P(SnapshotFiles, IsReadAgainFromItsOwnFiles) {
  const auto tree = with_own_files(machine_files(*machine_), *machine_->facts().root);
  ASSERT_TRUE(tree) << message(tree.error());
  const Shown shown(*tree);
  const auto read = Machine::open(shown.path());
  ASSERT_TRUE(read) << message(read.error());
  expect_same_machine(*read, *machine_);
}

std::vector<std::string> texts(const std::vector<HwlocObject>& objects, bool numbered) {
  std::vector<std::string> texts;
  for (const HwlocObject& object : objects) {
    std::string text = to_cpu_list(object.cpus);
    if (numbered) text.append(" #").append(std::to_string(object.os_index));
    texts.push_back(std::move(text));
  }
  return texts;
}

// "L3Cache 0x0000000f 8388608" of each cache of data, and the same of each node's memory.
std::vector<std::string> sizes(const std::string& root) {
  const Output output = run({"lstopo-no-graphics", "--disallowed", "--no-io", "--of", "xml",
                             "--input", root, "--input-format", "fsroot"});
  const auto attribute = [](std::string_view line, const std::string& name) {
    const std::size_t at = line.find(' ' + name + "=\"");
    if (at == std::string_view::npos) return std::string();
    line.remove_prefix(at + name.size() + 3);
    return std::string(line.substr(0, line.find('"')));
  };
  std::vector<std::string> sizes;
  std::istringstream lines(output.out);
  for (std::string line; std::getline(lines, line);) {
    const std::string type = attribute(line, "type");
    const std::string size = attribute(line, type == "NUMANode" ? "local_memory" : "cache_size");
    if (!size.empty()) sizes.push_back(type + ' ' + attribute(line, "cpuset") + ' ' + size);
  }
  return sizes;
}

// What hwloc says of the snapshot and of the files: os indexes where the machine has numbers.
void expect_same_to_hwloc(const std::string& snapshot, const std::string& files, bool own,
                          bool memory_known) {
  // From it hwloc knows the architecture, and looks for books and drawers only on s390x.
  std::error_code none;
  fs::copy_file(snapshot + "/proc/hwloc-nofile-info", files + "/proc/hwloc-nofile-info", none);
  auto theirs = read_hwloc({"--input", snapshot, "--input-format", "fsroot"});
  auto ours = read_hwloc({"--input", files, "--input-format", "fsroot"});
  for (const char* type :
       {"Package", "NUMANode", "Die", "L3Cache", "L2Cache", "L1Cache", "Core", "PU", "Group"}) {
    const bool numbered = own || type == std::string("Package") ||
                          type == std::string("NUMANode") || type == std::string("PU");
    EXPECT_EQ(texts(ours[type], numbered), texts(theirs[type], numbered)) << type;
  }
  // Made up are caches of instructions, which we do not know, and memory where no node tells.
  const auto known = [&](std::vector<std::string> all) {
    std::erase_if(all, [&](const std::string& size) {
      return (!own && size.starts_with("L1i")) || (!memory_known && size.starts_with("NUMANode"));
    });
    return all;
  };
  const auto expected = known(sizes(snapshot));
  const auto found = known(sizes(files));
  EXPECT_EQ(found, expected);
}

TEST_P(SnapshotFiles, IsTheSameToHwlocAfterwards) {
  if (!has_hwloc()) GTEST_SKIP() << "no lstopo-no-graphics here";
  expect_same_to_hwloc(root_, Shown(machine_files(*machine_)).path(), false, memory_known());
}

TEST_P(SnapshotFiles, IsTheSameToHwlocByItsOwnFiles) {
  if (!has_hwloc()) GTEST_SKIP() << "no lstopo-no-graphics here";
  const auto tree = with_own_files(machine_files(*machine_), *machine_->facts().root);
  ASSERT_TRUE(tree) << message(tree.error());
  expect_same_to_hwloc(root_, Shown(*tree).path(), true, memory_known());
}

TEST_P(SnapshotFiles, IsReadByLscpu) {
  const auto tree = with_own_files(machine_files(*machine_), *machine_->facts().root);
  ASSERT_TRUE(tree) << message(tree.error());
  const Shown shown(*tree);
  Output output;
  try {
    output = run({"lscpu", "--sysroot", shown.path(), "-p"});
  } catch (const std::runtime_error&) {
    GTEST_SKIP() << "no lscpu here";
  }
  ASSERT_EQ(output.exit, 0) << output.err;
  const auto comments = std::ranges::count(output.out, '#');
  EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(output.out, '\n') - comments),
            machine_->online().count());
}

INSTANTIATE_TEST_SUITE_P(Machines, SnapshotFiles, testing::ValuesIn(snapshot_archives()),
                         snapshot_name);

}  // namespace
}  // namespace pinfold::test
