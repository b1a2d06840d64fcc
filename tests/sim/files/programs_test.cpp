// What programs that look for a machine in /sys make of the files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shown.h"
#include "support/hwloc.h"
#include "support/program.h"

namespace pinfold::test {
using namespace sim;
namespace {

using ::testing::HasSubstr;

TEST(FilesForPrograms, AreReadByHwloc) {
  if (!has_hwloc()) GTEST_SKIP() << "no lstopo-no-graphics here";
  for (const char* text :
       {"pack:2 numa:2 l3:2(size=32MiB) l2:2(size=1MiB) l1d:1(size=48KiB) core:2 pu:2",
        "pack:2 die:2 numa:1 l3:1 core:4 pu:2;offline=3,8-9;possible=64",
        "pack:4 numa:1(indexes=7,3,5,0) l3:2 core:8 pu:4(indexes=core:pack)",
        "pack:8 numa:2 l3:8(size=32MiB) l2:16(size=1MiB) l1d:1(size=32KiB) core:1 pu:2"}) {
    SCOPED_TRACE(text);
    const Machine machine = described(text);
    const Shown shown(machine_files(machine));
    auto theirs = read_hwloc({"--input", shown.path(), "--input-format", "fsroot"});
    expect_same_levels(machine, theirs);
    EXPECT_EQ(machine.cpus().size(), theirs["PU"].size());
  }
}

TEST(FilesForPrograms, AreReadByLscpu) {
  const Shown shown(machine_files(
      described("pack:2 numa:2 l3:2(size=32MiB) l2:2(size=1MiB) l1d:1(size=48KiB) core:1 pu:2;"
                "offline=3"),
      Architecture::x86));
  Output output;
  try {
    output = run({"lscpu", "--sysroot", shown.path()});
  } catch (const std::runtime_error&) {
    GTEST_SKIP() << "no lscpu here";
  }
  ASSERT_EQ(output.exit, 0) << output.err;
  EXPECT_THAT(output.out, testing::ContainsRegex("On-line CPU.s. list: *0-2,4-31\n"));
  EXPECT_THAT(output.out, testing::ContainsRegex("Off-line CPU.s. list: *3\n"));
  EXPECT_THAT(output.out, testing::ContainsRegex("Socket.s.: *2\n"));
  EXPECT_THAT(output.out, testing::ContainsRegex("Core.s. per socket: *8\n"));
  EXPECT_THAT(output.out, testing::ContainsRegex("Thread.s. per core: *2\n"));
  EXPECT_THAT(output.out, testing::ContainsRegex("NUMA node3 CPU.s.: *24-31\n"));
  EXPECT_THAT(output.out, HasSubstr("L3"));
  const Output table = run({"lscpu", "--sysroot", shown.path(), "-p"});
  EXPECT_EQ(table.exit, 0) << table.err;
  const Output caches = run({"lscpu", "--sysroot", shown.path(), "-C"});
  EXPECT_EQ(caches.exit, 0) << caches.err;
  EXPECT_THAT(caches.out, HasSubstr("48K"));
}

}  // namespace
}  // namespace pinfold::test
