// Who may set whose mask, and who may simulate.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "claims/claims.h"
#include "sim/guest/inside.h"
#include "support/child.h"
#include "support/sim.h"

namespace pinfold::test {
namespace {

constexpr const char* machine = "core:8 pu:1";

class SimUsers : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string reason = no_sim(); !reason.empty()) GTEST_SKIP() << reason;
  }
};

TEST_F(SimUsers, WhoMayNotSetAnothersMaskHereMayNotThere) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to become other users";
  inside(machine, [] {
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t other = ::fork();
    if (other == 0) {
      if (::setresuid(1002, 1002, 1002) != 0 || ::write(ready[1], "x", 1) != 1) ::_exit(1);
      for (;;)
        ::pause();
    }
    char c = 0;
    ASSERT_EQ(::read(ready[0], &c, 1), 1);
    const auto set_by = [&](uid_t uid) {
      return in_child_of_user(uid, [&] { return static_cast<int>(-raw_set(other, cpus("3"))); });
    };
    EXPECT_EQ(set_by(1001), EPERM);
    EXPECT_EQ(mask_of(other), cpus("0-7"));
    EXPECT_EQ(set_by(1002), 0);
    EXPECT_EQ(mask_of(other), cpus("3"));
    EXPECT_EQ(raw_set(other, cpus("4")), 0) << "root";
    EXPECT_EQ(in_child_of_user(1001, [] { return static_cast<int>(-raw_set(1, cpus("3"))); }),
              EPERM)
        << "process 1";
    EXPECT_EQ(in_child_of_user(1001, [&] { return mask_of(other) == cpus("4") ? 0 : 1; }), 0)
        << "everybody may look";
    ::kill(other, SIGKILL);
    ::waitpid(other, nullptr, 0);
  });
}

TEST_F(SimUsers, AnOrdinaryUserSimulatesAndStaysWhoHeIs) {
  if (const std::string reason = no_ordinary_user(); !reason.empty()) GTEST_SKIP() << reason;
  auto command = simulated("pack:2 numa:2 core:8 pu:2",
                           {"sh", "-c",
                            "id -u; nproc; taskset -c 40 grep Cpus_allowed_list /proc/self/status; "
                            "cat /sys/devices/system/node/online; lscpu -p | grep -vc '^#'"});
  const auto launcher = as_ordinary_user_with_fuse();
  command.insert(command.begin(), launcher.begin(), launcher.end());
  const Output output = run_child(std::move(command));
  EXPECT_EQ(output.out, "1001\n64\nCpus_allowed_list:\t40\n0-3\n64\n");
  EXPECT_EQ(output.err, "");
  EXPECT_EQ(output.exit, 0);
}

TEST_F(SimUsers, AnOrdinaryUserHas4096Cpus) {
  if (const std::string reason = no_ordinary_user(); !reason.empty()) GTEST_SKIP() << reason;
  auto command = simulated("pack:8 numa:2 core:128 pu:2", {"nproc"});
  const auto launcher = as_ordinary_user_with_fuse();
  command.insert(command.begin(), launcher.begin(), launcher.end());
  EXPECT_EQ(run_child(std::move(command)).out, "4096\n");
}

TEST_F(SimUsers, WorksInAPidNamespace) {
  const std::vector<std::string> launcher = {"unshare", "--pid", "--fork", "--mount-proc"};
  auto probe = launcher;
  probe.emplace_back("true");
  if (run_child(probe).exit != 0) GTEST_SKIP() << "needs CAP_SYS_ADMIN";
  inside(machine,
         [] {
           const pid_t child = ::fork();
           if (child == 0) {
             for (;;)
               ::pause();
           }
           EXPECT_LT(child, 1000);
           EXPECT_EQ(raw_set(child, cpus("2")), 0);
           EXPECT_EQ(mask_of(child), cpus("2"));
           EXPECT_EQ(status_field(text_of("/proc/" + std::to_string(child) + "/status"),
                                  "Cpus_allowed_list"),
                     "2");
           EXPECT_EQ(raw_set(0, cpus("7")), 0);
           EXPECT_EQ(status_field(text_of("/proc/self/status"), "Cpus_allowed_list"), "7");
           ::kill(child, SIGKILL);
           ::waitpid(child, nullptr, 0);
         },
         {.launcher = launcher});
}

// Numbers mean what they mean to the caller.
TEST_F(SimUsers, AProgramMayMakeAPidNamespaceThere) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to make one";
  const Output output =
      run_child(simulated(machine, {"unshare", "--pid", "--fork", "--mount-proc", "sh", "-c",
                                    "echo $$; taskset -pc 3 $$ >/dev/null; taskset -pc 1; grep "
                                    "Cpus_allowed_list /proc/1/status"}));
  EXPECT_EQ(output.out, "1\npid 1's current affinity list: 3\nCpus_allowed_list:\t3\n")
      << output.err;
}

}  // namespace
}  // namespace pinfold::test
