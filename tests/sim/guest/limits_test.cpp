// What cannot be simulated, and is said.
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>

#include "claims/claims.h"
#include "sim/guest/inside.h"
#include "support/child.h"
#include "support/own_folder.h"
#include "support/sim.h"

namespace pinfold::test {
namespace {

constexpr const char* machine = "core:8 pu:1";

class SimLimits : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string reason = no_sim(); !reason.empty()) GTEST_SKIP() << reason;
  }
};

TEST_F(SimLimits, TracersInsideAreRefused) {
  const std::string err = inside(machine, [] {
    EXPECT_EQ(in_child([] {
                errno = 0;
                const long traceme = ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
                return traceme == -1 ? errno : 0;
              }),
              EPERM);
    const pid_t child = ::fork();
    if (child == 0) {
      for (;;)
        ::pause();
    }
    EXPECT_EQ(::ptrace(PTRACE_SEIZE, child, nullptr, nullptr), -1);
    EXPECT_EQ(errno, EPERM);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
  });
  if (!is_inside() && !IsSkipped()) {
    EXPECT_EQ(count_of("pinfold: note: ", err), 1U) << err;
  }
}

TEST_F(SimLimits, StraceFailsAndANoteSaysWhy) {
  if (!has_program("strace")) GTEST_SKIP() << "no strace here";
  const Output output = run_child(simulated(machine, {"strace", "-f", "true"}));
  EXPECT_NE(output.exit, 0);
  EXPECT_EQ(count_of("pinfold: note: ", output.err), 1U) << output.err;
}

TEST_F(SimLimits, GdbFailsAndANoteSaysWhy) {
  if (!has_program("gdb")) GTEST_SKIP() << "no gdb here";
  const Output output =
      run_child(simulated(machine, {"gdb", "-nx", "-batch", "-ex", "run", "/bin/true"}));
  EXPECT_EQ(count_of("pinfold: note: ", output.err), 1U) << output.out << output.err;
}

TEST_F(SimLimits, IoUringGivesOneNote) {
  const std::string err = inside(machine, [] {
    for (int i = 0; i < 3; ++i) {
      char parameters[256] = "";
      const long ring = ::syscall(SYS_io_uring_setup, 4, parameters);
      if (ring >= 0) ::close(static_cast<int>(ring));
    }
  });
  if (!is_inside()) {
    EXPECT_EQ(count_of("pinfold: note: ", err), 1U) << err;
    EXPECT_NE(err.find("io_uring"), std::string::npos) << err;
  }
}

TEST_F(SimLimits, AProgramMayHaveASeccompFilterOfItsOwn) {
  inside(machine, [] {
    EXPECT_EQ(in_child([] {
                sock_filter filter[] = {
                    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpriority, 0, 1),
                    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
                    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
                const sock_fprog program = {sizeof filter / sizeof *filter, filter};
                if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return 1;
                if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0) return 2;
                errno = 0;
                if (::syscall(SYS_getpriority, 0, 0) != -1 || errno != ENOSYS) return 3;
                if (raw_set(0, cpus("6")) != 0 || mask_of(0) != cpus("6")) return 4;
                return ::sched_getcpu() == 6 ? 0 : 5;
              }),
              0);
  });
}

// The kernel allows one listener for a process.
TEST_F(SimLimits, AListenerOfItsOwnIsRefusedAsByTheKernel) {
  inside(machine, [] {
    EXPECT_EQ(in_child([] {
                sock_filter filter[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
                const sock_fprog program = {1, filter};
                ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
                errno = 0;
                const long listener = ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                                                SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
                return listener < 0 ? errno : 0;
              }),
              EBUSY);
  });
}

TEST_F(SimLimits, ASetuidProgramOfAnOrdinaryUserRunsWithoutThePrivilegeAndANoteSaysSo) {
  if (const std::string reason = no_ordinary_user(); !reason.empty()) GTEST_SKIP() << reason;
  const OwnFolder folder;
  const std::string program = folder.path() + "/id";
  std::filesystem::copy_file("/usr/bin/id", program);
  ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
  ASSERT_EQ(::chmod(program.c_str(), 04755), 0);
  auto native = as_ordinary_user();
  native.insert(native.end(), {program, "-u"});
  if (run_child(native).out != "0\n") GTEST_SKIP() << "setuid does nothing in " << folder.path();
  auto command = simulated(machine, {"sh", "-c", program + " -u; " + program + " -u"});
  const auto launcher = as_ordinary_user_with_fuse();
  command.insert(command.begin(), launcher.begin(), launcher.end());
  const Output output = run_child(std::move(command));
  EXPECT_EQ(output.out, "1001\n1001\n") << output.err;
  EXPECT_EQ(count_of("pinfold: note: ", output.err), 1U) << output.err;
}

}  // namespace
}  // namespace pinfold::test
