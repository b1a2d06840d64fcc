#include "sim/files/overlay.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "shown.h"

namespace pinfold::test {
using namespace sim;
namespace {

namespace fs = std::filesystem;

class Overlay : public testing::Test {
 protected:
  void write(const std::string& file, const std::string& text) {
    const fs::path path = copy_.path() + '/' + file;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }

  FileTree merged(const std::string& description = "pack:1 l3:1(size=8MiB) core:2 pu:1") {
    const auto root = Root::copy(copy_.path());
    EXPECT_TRUE(root);
    auto tree = with_own_files(machine_files(described(description)), *root);
    EXPECT_TRUE(tree);
    return std::move(*tree);
  }

  OwnFolder copy_;
  const std::string cpu_ = "sys/devices/system/cpu/";
};

TEST_F(Overlay, TakesTheCopysOwnFiles) {
  write("proc/cpuinfo", "processor: 0\n");
  write(cpu_ + "kernel_max", "63\n");
  write(cpu_ + "cpu1/topology/core_id", "17\n");
  write(cpu_ + "cpu1/cpufreq/scaling_cur_freq", "1000\n");
  write("sys/devices/system/node/node0/meminfo", "Node 0 MemTotal: 1 kB\n");
  const FileTree tree = merged();
  EXPECT_EQ(text_in(tree, "proc/cpuinfo"), "processor: 0\n");
  EXPECT_EQ(text_in(tree, cpu_ + "kernel_max"), "63\n");
  EXPECT_EQ(text_in(tree, cpu_ + "cpu1/topology/core_id"), "17\n");
  EXPECT_EQ(text_in(tree, cpu_ + "cpu1/cpufreq/scaling_cur_freq"), "1000\n");
  EXPECT_EQ(text_in(tree, "sys/devices/system/node/node0/meminfo"), "Node 0 MemTotal: 1 kB\n");
}

TEST_F(Overlay, FillsWhatTheCopyLacks) {
  write(cpu_ + "online", "0-1\n");
  const FileTree tree = merged();
  EXPECT_EQ(text_in(tree, cpu_ + "possible"), "0-1\n");
  EXPECT_EQ(text_in(tree, cpu_ + "cpu0/topology/core_id"), "0\n");
  EXPECT_EQ(text_in(tree, cpu_ + "cpu0/cache/index0/size"), "8192K\n");
  EXPECT_EQ(text_in(tree, "sys/bus/cpu/devices/cpu1"), "../../../devices/system/cpu/cpu1");
  EXPECT_NE(text_in(tree, "proc/cpuinfo"), "(missing)");
}

TEST_F(Overlay, TakesAllCachesOfACpuOrNone) {
  write(cpu_ + "cpu0/cache/index0/size", "32K\n");
  const FileTree tree = merged();
  EXPECT_EQ(text_in(tree, cpu_ + "cpu0/cache/index0/size"), "32K\n");
  EXPECT_EQ(text_in(tree, cpu_ + "cpu0/cache/index0/level"), "(missing)");
  EXPECT_EQ(text_in(tree, cpu_ + "cpu1/cache/index0/level"), "3\n");
}

TEST_F(Overlay, LooksAtNothingElse) {
  write("etc/passwd", "root\n");
  write("sys/devices/pci0000:00/vendor", "0x8086\n");
  write("sys/devices/system/memory/block_size_bytes", "1\n");
  write("sys/devices/system/cpufreq", "1\n");
  const FileTree tree = merged();
  EXPECT_EQ(text_in(tree, "etc/passwd"), "(missing)");
  EXPECT_EQ(text_in(tree, "sys/devices/pci0000:00/vendor"), "(missing)");
  EXPECT_EQ(text_in(tree, "sys/devices/system/memory/block_size_bytes"), "(missing)");
  EXPECT_EQ(text_in(tree, "sys/devices/system/cpufreq"), "(missing)");
}

TEST_F(Overlay, FollowsNoLinkOutOfTheCopy) {
  const OwnFolder outside;
  std::ofstream(outside.path() + "/secret") << "secret\n";
  write(cpu_ + "online", "0-1\n");
  fs::create_symlink(outside.path() + "/secret", copy_.path() + '/' + cpu_ + "kernel_max");
  fs::create_symlink(outside.path(), copy_.path() + '/' + cpu_ + "cpu0");
  fs::create_symlink("../../../../../../../../../../" + outside.path(),
                     copy_.path() + "/sys/devices/system/node");
  ASSERT_EQ(::mkfifo((copy_.path() + '/' + cpu_ + "possible").c_str(), 0600), 0);
  const FileTree tree = merged();
  EXPECT_EQ(text_in(tree, cpu_ + "kernel_max"), "8191\n");
  EXPECT_EQ(text_in(tree, cpu_ + "possible"), "0-1\n");
  EXPECT_EQ(text_in(tree, cpu_ + "cpu0/secret"), "(missing)");
  EXPECT_EQ(text_in(tree, cpu_ + "cpu0/topology/core_id"), "0\n");
  EXPECT_EQ(text_in(tree, "sys/devices/system/node/secret"), "(missing)");
  EXPECT_EQ(text_in(tree, "sys/devices/system/node/online"), "0\n");
}

}  // namespace
}  // namespace pinfold::test
