// run --mem
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <thread>

#include <pinfold/cpu_list.h>

#include "base/file.h"
#include "support/program.h"

namespace pinfold {
namespace {

using test::Output;

std::string node_file(const char* name) {
  return read_line((std::string("/sys/devices/system/node/") + name).c_str()).value_or("");
}

// What stands behind "NAME:\t" in /proc/self/status.
std::string status(const std::string& name) {
  const std::string text = read_file("/proc/self/status").value_or("");
  const std::size_t start = text.find(name + ":\t") + name.size() + 2;
  return text.substr(start, text.find('\n', start) - start);
}

class RunMemoryTest : public testing::Test {
 protected:
  void SetUp() override {
    present_ = node_file("online");
    if (present_.empty()) GTEST_SKIP() << "this kernel has no NUMA nodes";
    const CpuSet usable = test::cpus(node_file("has_memory").c_str()) &
                          test::cpus(status("Mems_allowed_list").c_str());
    all_ = to_cpu_list(usable);
    node_ = std::to_string(usable.first()->value());
    absent_ = std::to_string(test::cpus(present_.c_str()).last()->value() + 1);
  }

  // The policy of the heap of a command that `run --mem POLICY` started, as numa_maps(5) tells it.
  static std::string policy_of(const std::string& policy) {
    const Output output =
        test::pinfold({"run", "--mem", policy, "--", "grep", "heap", "/proc/self/numa_maps"});
    EXPECT_EQ(output.exit, 0) << output.err;
    EXPECT_EQ(output.err, "");
    const std::size_t start = output.out.find(' ') + 1;
    return output.out.substr(start, output.out.find(' ', start) - start);
  }

  static Output dry_run(const std::string& policy) {
    return test::pinfold({"run", "--dry-run", "--mem", policy, "--", "sh"});
  }

  std::string present_;
  std::string all_;     // the nodes whose memory may be used
  std::string node_;    // one of them
  std::string absent_;  // one that there is not
  std::string cpus_ = to_cpu_list(test::mask_of(0));
};

TEST_F(RunMemoryTest, TheCommandStartsWithThePolicy) {
  EXPECT_EQ(policy_of("bind:" + node_), "bind:" + node_);
  EXPECT_EQ(policy_of("bind:all"), "bind:" + all_);
  EXPECT_EQ(policy_of("interleave"), "interleave:" + all_);
  EXPECT_EQ(policy_of("interleave:" + node_), "interleave:" + node_);
  EXPECT_EQ(policy_of("preferred:" + node_), "prefer:" + node_);
  EXPECT_EQ(policy_of("local"), "local");
}

TEST_F(RunMemoryTest, ItsChildrenInheritIt) {
  const Output output = test::pinfold({"run", "--mem", "bind:" + node_, "--", "sh", "-c",
                                       "(grep heap /proc/self/numa_maps); true"});
  EXPECT_NE(output.out.find(" bind:" + node_ + ' '), std::string::npos) << output.out;
}

TEST_F(RunMemoryTest, ItGoesWithAPlace) {
  const std::string last = std::to_string(test::mask_of(0).last()->value());
  const Output output = test::pinfold({"run", "-v", "--on", last, "--mem", "bind:" + node_, "--",
                                       "grep", "Cpus_allowed_list", "/proc/self/status"});
  EXPECT_EQ(output.out, "Cpus_allowed_list:\t" + last + "\n");
  EXPECT_EQ(output.err,
            "pinfold: note: grep runs on " + last + ", memory bound to node " + node_ + "\n");
}

TEST_F(RunMemoryTest, DryRunSaysItAndSetsNothing) {
  const std::string start = "would run sh on " + cpus_ + ", memory ";
  EXPECT_EQ(dry_run("bind:" + node_).out, start + "bound to node " + node_ + "\n");
  EXPECT_EQ(dry_run("preferred:" + node_).out, start + "preferably from node " + node_ + "\n");
  EXPECT_EQ(dry_run("local").out, start + "from the node where it runs\n");
  EXPECT_TRUE(dry_run("interleave").out.starts_with(start + "interleaved over node"));
}

TEST_F(RunMemoryTest, ANodeThatDoesNotExistIsNamed) {
  for (const std::string& policy : {"bind:" + absent_, "preferred:" + absent_}) {
    const Output output = test::pinfold({"run", "--mem", policy, "--", "echo", "started"});
    EXPECT_EQ(output.exit, 125);
    EXPECT_EQ(output.out, "");
    EXPECT_EQ(output.err,
              "pinfold: node " + absent_ + " does not exist: this machine has " + present_ + "\n");
    EXPECT_EQ(dry_run(policy).err, output.err);
    EXPECT_EQ(dry_run(policy).exit, 125);
  }
}

TEST_F(RunMemoryTest, ClipDropsItAndSaysSo) {
  const std::string both = "bind:" + node_ + ',' + absent_;
  EXPECT_EQ(dry_run(both).err, "pinfold: node " + absent_ + " does not exist: this machine has " +
                                   present_ + "\n  --clip drops nodes that cannot be used\n");
  const Output output = test::pinfold({"run", "-v", "--clip", "--mem", both, "--", "true"});
  EXPECT_EQ(output.exit, 0);
  EXPECT_EQ(output.err, "pinfold: note: dropped: node " + absent_ +
                            " does not exist: this machine has " + present_ +
                            "\npinfold: note: true runs on " + cpus_ + ", memory bound to node " +
                            node_ + "\n");
}

TEST_F(RunMemoryTest, ABadPolicyIsShownWithACaret) {
  const Output output = dry_run("bnd:0");
  EXPECT_EQ(output.exit, 125);
  EXPECT_EQ(output.err,
            "pinfold: unknown memory policy at column 1: did you mean bind?\n  bnd:0\n  ^\n");
  EXPECT_EQ(dry_run("bind:0,,1").err,
            "pinfold: a node number is missing at column 8\n  bind:0,,1\n         ^\n");
}

TEST_F(RunMemoryTest, AValueIsNeeded) {
  const Output output = test::pinfold({"run", "--mem"});
  EXPECT_EQ(output.exit, 125);
  EXPECT_EQ(output.err,
            "pinfold: run: a value is missing after --mem\n"
            "  pinfold run --help shows how it is used\n");
}

// Where memory cannot be had from, CPUs are not changed in vain: nothing is started either way.
TEST_F(RunMemoryTest, ABadPlaceIsAnErrorWithItAsWithout) {
  const Output output = test::pinfold({"run", "--on", "99999", "--mem", "local", "--", "true"});
  EXPECT_EQ(output.exit, 125);
  EXPECT_TRUE(output.err.starts_with("pinfold: CPU 99999 does not exist")) << output.err;
}

// What a container's default profile does: the call fails, for this thread and what it starts.
bool filter(long call, unsigned error) {
  std::array<sock_filter, 4> program = {
      sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(call), 0, 1),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  const sock_fprog filters = {program.size(), program.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filters) == 0;
}

class FilteredRunMemoryTest : public RunMemoryTest {
 protected:
  // Of `run --mem local` where the call fails with that.
  static Output run(long call, unsigned error) {
    Output output;
    std::jthread([&] {
      if (filter(call, error)) output = test::pinfold({"run", "--mem", "local", "--", "true"});
    }).join();
    return output;
  }
};

TEST_F(FilteredRunMemoryTest, AFilterOfSystemCallsIsCalledThat) {
  const auto text = [](const std::string& call) {
    return "pinfold: a filter of system calls (seccomp) forbids " + call +
           "(2)\n  containers have one: docker run --cap-add SYS_NICE lets it through\n";
  };
  const Output set = run(SYS_set_mempolicy, EPERM);
  if (set.exit == -1) GTEST_SKIP() << "no filter can be set here";
  EXPECT_EQ(set.exit, 125);
  EXPECT_EQ(set.err, text("set_mempolicy"));
  const Output get = run(SYS_get_mempolicy, EPERM);
  EXPECT_EQ(get.exit, 125);
  EXPECT_EQ(get.err, text("get_mempolicy"));
}

TEST_F(FilteredRunMemoryTest, AKernelWithoutPoliciesIsSaidToBeThat) {
  const Output output = run(SYS_get_mempolicy, ENOSYS);
  if (output.exit == -1) GTEST_SKIP() << "no filter can be set here";
  EXPECT_EQ(output.exit, 125);
  EXPECT_EQ(output.err,
            "pinfold: get_mempolicy: this kernel has no memory policies (CONFIG_NUMA), or a "
            "filter hides them\n");
}

}  // namespace
}  // namespace pinfold
