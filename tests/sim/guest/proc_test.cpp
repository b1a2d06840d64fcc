// The ways to a status file, and what else /proc tells of CPUs.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <latch>
#include <thread>

#include <pinfold/cpu_list.h>

#include "claims/claims.h"
#include "sim/guest/inside.h"
#include "support/child.h"
#include "support/own_folder.h"
#include "support/sim.h"

namespace pinfold::test {
namespace {

constexpr const char* machine = "numa:2 core:8 pu:1";

class SimProc : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string reason = no_sim(); !reason.empty()) GTEST_SKIP() << reason;
  }
};

std::string read_all(int file) {
  if (file < 0) return {};
  std::string text;
  char chunk[512];
  for (ssize_t length = 0; (length = ::read(file, chunk, sizeof chunk)) > 0;)
    text.append(chunk, static_cast<std::size_t>(length));
  ::close(file);
  return text;
}

// Of a thread that may run on 5 and 9, on this machine of 16.
void expect_its_status(const std::string& text, const std::string& how) {
  EXPECT_EQ(status_field(text, "Cpus_allowed_list"), "5,9") << how;
  EXPECT_EQ(status_field(text, "Cpus_allowed"), "0220") << how;
  EXPECT_EQ(status_field(text, "Mems_allowed_list"), "0-1") << how;
  EXPECT_NE(status_field(text, "State"), "(no State)") << how;
}

TEST_F(SimProc, EveryWayToOnesOwnStatusLeadsToTheSimulatedOne) {
  inside(machine, [] {
    ASSERT_EQ(raw_set(0, cpus("5,9")), 0);
    const std::string pid = std::to_string(::getpid());
    const std::vector<std::string> paths = {"/proc/self/status",
                                            "/proc/thread-self/status",
                                            "/proc/" + pid + "/status",
                                            "/proc/" + pid + "/task/" + pid + "/status",
                                            "/proc/self/task/" + pid + "/status",
                                            "/proc//self/./status",
                                            "/proc/self/../" + pid + "/status",
                                            "/proc/self/task/../status"};
    for (const std::string& path : paths) {
      expect_its_status(text_of(path), path);
      expect_its_status(read_all(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), "open " + path);
      std::FILE* file = std::fopen(path.c_str(), "re");
      ASSERT_NE(file, nullptr) << path;
      expect_its_status(read_all(::dup(::fileno(file))), "fopen " + path);
      std::fclose(file);
    }
#ifdef SYS_open
    expect_its_status(
        read_all(static_cast<int>(::syscall(SYS_open, "/proc/self/status", O_RDONLY))), "SYS_open");
#endif
  });
}

TEST_F(SimProc, FoldersThatAreHeldOpenLeadThereToo) {
  inside(machine, [] {
    ASSERT_EQ(raw_set(0, cpus("5,9")), 0);
    const std::string pid = std::to_string(::getpid());
    const auto from = [](const std::string& folder, const std::string& path) {
      const int held = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      expect_its_status(read_all(::openat(held, path.c_str(), O_RDONLY)), folder + ": " + path);
      ::close(held);
      const int path_only = ::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
      open_how how{};
      how.flags = O_RDONLY | O_CLOEXEC;
      expect_its_status(read_all(static_cast<int>(
                            ::syscall(SYS_openat2, path_only, path.c_str(), &how, sizeof how))),
                        "openat2 " + folder + ": " + path);
      ::close(path_only);
    };
    from("/proc", "self/status");
    from("/proc", pid + "/status");
    from("/", "proc/self/status");
    from("/proc/" + pid, "status");
    from("/proc/self", "status");
    from("/proc/self/task", pid + "/status");
    from("/proc/self/task/" + pid, "status");
  });
}

TEST_F(SimProc, AfterChdirToo) {
  inside(machine, [] {
    ASSERT_EQ(raw_set(0, cpus("5,9")), 0);
    ASSERT_EQ(::chdir("/proc/self"), 0);
    expect_its_status(text_of("status"), "chdir");
    ASSERT_EQ(::chdir("task"), 0);
    expect_its_status(text_of(std::to_string(::getpid()) + "/status"), "chdir task");
    ASSERT_EQ(::chdir("/"), 0);
  });
}

TEST_F(SimProc, EachThreadHasItsOwnStatus) {
  inside(machine, [] {
    std::latch ready(1);
    std::latch end(1);
    pid_t tid = 0;
    std::jthread other([&] {
      raw_set(0, cpus("5,9"));
      expect_its_status(text_of("/proc/thread-self/status"), "thread-self");
      tid = ::gettid();
      ready.count_down();
      end.wait();
    });
    ready.wait();
    expect_its_status(text_of("/proc/self/task/" + std::to_string(tid) + "/status"), "its tid");
    expect_its_status(text_of("/proc/" + std::to_string(tid) + "/status"), "its tid in /proc");
    EXPECT_EQ(status_field(text_of("/proc/self/status"), "Cpus_allowed_list"), "0-15");
    end.count_down();
  });
}

TEST_F(SimProc, AnotherProcessIsReadAsItIs) {
  inside(machine, [] {
    const pid_t child = ::fork();
    if (child == 0) {
      for (;;)
        ::pause();
    }
    EXPECT_EQ(raw_set(child, cpus("5,9")), 0);
    expect_its_status(text_of("/proc/" + std::to_string(child) + "/status"), "a child");
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    EXPECT_EQ(text_of("/proc/" + std::to_string(child) + "/status"), "");
  });
}

TEST_F(SimProc, AFileShowsWhatWasSoWhenItWasOpened) {
  inside(machine, [] {
    ASSERT_EQ(raw_set(0, cpus("1")), 0);
    const int file = ::open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    ASSERT_GE(file, 0);
    ASSERT_EQ(raw_set(0, cpus("5,9")), 0);
    char text[8192] = "";
    ASSERT_GT(::pread(file, text, sizeof text - 1, 0), 0);
    EXPECT_EQ(status_field(text, "Cpus_allowed_list"), "1");
    ::close(file);
    expect_its_status(text_of("/proc/self/status"), "opened again");
  });
}

// And those that tell of tracing, of time, and of the user namespace of an ordinary user, where the
// bounding set is a full one.
TEST_F(SimProc, OnlyTheLinesAboutCpusAndNodesDiffer) {
  const std::string script =
      "sed -E '/^(Pid|Tgid|NSpid|NStgid|NSpgid|NSsid|PPid|TracerPid|Vm|Rss|"
      "Seccomp|NoNewPrivs|voluntary|nonvoluntary|Cpus|Mems|Ngid|SigQ|State|Speculation|CapBnd)/d' "
      "/proc/self/status";
  const Output native = run_child({"sh", "-c", script});
  const Output output = run_child(simulated(machine, {"sh", "-c", script}));
  EXPECT_EQ(output.out, native.out);
}

TEST_F(SimProc, CpuinfoAndStatHaveEveryOnlineCpu) {
  const std::string described = "pack:2 core:4 pu:2;offline=3,12";
  const Output cpuinfo =
      run_child(simulated(described, {"grep", "-c", "^processor", "/proc/cpuinfo"}));
  EXPECT_EQ(cpuinfo.out, "14\n") << cpuinfo.err;
  const Output stat = run_child(simulated(described, {"grep", "-cE", "^cpu[0-9]", "/proc/stat"}));
  EXPECT_EQ(stat.out, "14\n") << stat.err;
  const Output offline =
      run_child(simulated(described, {"cat", "/sys/devices/system/cpu/offline"}));
  EXPECT_EQ(offline.out, "3,12\n") << offline.err;
}

TEST_F(SimProc, SysfsCannotBeChanged) {
  const Output output = run_child(simulated(
      machine,
      {"sh", "-c",
       "echo 0 > /sys/devices/system/cpu/cpu1/online; cat /sys/devices/system/cpu/online"}));
  EXPECT_EQ(output.out, "0-15\n") << output.err;
}

}  // namespace
}  // namespace pinfold::test
