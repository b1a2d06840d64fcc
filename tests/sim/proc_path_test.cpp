#include "sim/proc_path.h"

#include <gtest/gtest.h>

namespace pinfold::sim {
namespace {

using Whose = ProcPath::Whose;

TEST(ProcPath, FilesOfTheSystemAreNobodys) {
  const auto cpuinfo = parse_proc_path("/proc/cpuinfo");
  ASSERT_TRUE(cpuinfo);
  EXPECT_EQ(cpuinfo->file, ProcFile::cpu_info);
  EXPECT_EQ(cpuinfo->whose, Whose::nobody);
  EXPECT_EQ(parse_proc_path("/proc/stat")->file, ProcFile::system_stat);
}

TEST(ProcPath, FilesOfTasksSayWhose) {
  EXPECT_EQ(parse_proc_path("/proc/self/status")->whose, Whose::self);
  EXPECT_EQ(parse_proc_path("/proc/thread-self/status")->whose, Whose::this_thread);
  const auto process = parse_proc_path("/proc/12/stat");
  ASSERT_TRUE(process);
  EXPECT_EQ(process->file, ProcFile::stat);
  EXPECT_EQ(process->process, 12);
  EXPECT_EQ(process->thread, 0);
}

TEST(ProcPath, ThreadsAreNamedInTheirProcess) {
  const auto thread = parse_proc_path("/proc/12/task/13/status");
  ASSERT_TRUE(thread);
  EXPECT_EQ(thread->process, 12);
  EXPECT_EQ(thread->thread, 13);
  const auto own = parse_proc_path("/proc/self/task/13/status");
  ASSERT_TRUE(own);
  EXPECT_EQ(own->whose, Whose::self);
  EXPECT_EQ(own->thread, 13);
}

TEST(ProcPath, MountsOfTheSystemAreTheReadersOwn) {
  const auto mounts = parse_proc_path("/proc/mounts");
  ASSERT_TRUE(mounts);
  EXPECT_EQ(mounts->file, ProcFile::mounts);
  EXPECT_EQ(mounts->whose, Whose::self);
}

TEST(ProcPath, OtherFilesAreNone) {
  for (const char* path : {"/proc",
                           "/proc/",
                           "/proc/self",
                           "/proc/12",
                           "/proc/uptime",
                           "/proc/12/maps",
                           "/proc/x/status",
                           "/proc/-1/status",
                           "/proc/0/status",
                           "/proc/12x/status",
                           "/proc/12/net/status",
                           "/proc/12/task/status",
                           "/proc/12/task/x/status",
                           "/proc/12/task/13/task/14/status",
                           "/proc/status",
                           "/proc/self/cpuinfo",
                           "/sys/self/status",
                           "proc/self/status",
                           "/status",
                           "",
                           "/"}) {
    EXPECT_FALSE(parse_proc_path(path)) << path;
  }
}

TEST(ProcPath, MostPathsAreToldByTheirLastName) {
  EXPECT_TRUE(may_be_proc_file("/proc/self/status"));
  EXPECT_TRUE(may_be_proc_file("status"));
  EXPECT_TRUE(may_be_proc_file("/etc/mounts"));
  EXPECT_FALSE(may_be_proc_file("/usr/lib/libc.so.6"));
  EXPECT_FALSE(may_be_proc_file("/proc/self/status/"));
  EXPECT_FALSE(may_be_proc_file(""));
}

TEST(ProcPath, RelativeOnesBeginAtAFolder) {
  EXPECT_EQ(absolute_path("/proc/12", "status"), "/proc/12/status");
  EXPECT_EQ(absolute_path("/proc/12", "../13/./status"), "/proc/13/status");
  EXPECT_EQ(absolute_path("/proc/12", "/proc/14/status"), "/proc/14/status");
  EXPECT_EQ(absolute_path("/", "../../proc//self///status"), "/proc/self/status");
  EXPECT_EQ(absolute_path("/a", ".."), "/");
}

}  // namespace
}  // namespace pinfold::sim
