// Threads and processes, and the masks that they inherit.
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <barrier>
#include <cerrno>
#include <filesystem>
#include <fstream>
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

constexpr const char* machine = "core:8 pu:1";
constexpr const char* large_machine = "pack:2 core:128 pu:1";

class SimTasks : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string reason = no_sim(); !reason.empty()) GTEST_SKIP() << reason;
  }
};

std::string own_list() { return to_cpu_list(mask_of(0)); }

TEST_F(SimTasks, AThreadHasTheMaskOfTheThreadThatMadeItAndNobodyElseHas) {
  inside(machine, [] {
    std::latch end(1);
    std::latch ready(2);
    std::jthread before([&] {
      ready.count_down();
      end.wait();
      EXPECT_EQ(own_list(), "0-7") << "made before";
    });
    std::jthread pinned([&] {
      EXPECT_EQ(raw_set(0, cpus("3,5")), 0);
      std::jthread made([&] {
        EXPECT_EQ(own_list(), "3,5");
        EXPECT_EQ(raw_set(0, cpus("5")), 0);
        std::jthread([] { EXPECT_EQ(own_list(), "5"); });
      });
      made.join();
      EXPECT_EQ(own_list(), "3,5");
      ready.count_down();
    });
    ready.wait();
    EXPECT_EQ(own_list(), "0-7");
    std::jthread([] { EXPECT_EQ(own_list(), "0-7"); });
    end.count_down();
  });
}

TEST_F(SimTasks, AForkHasTheMaskOfTheThreadThatForks) {
  inside(machine, [] {
    std::jthread([] {
      ASSERT_EQ(raw_set(0, cpus("6")), 0);
      EXPECT_EQ(in_child([] { return own_list() == "6" ? 0 : 1; }), 0);
    }).join();
    EXPECT_EQ(in_child([] { return own_list() == "0-7" ? 0 : 1; }), 0);
  });
}

TEST_F(SimTasks, ExecKeepsTheMask) {
  inside(machine, [] {
    EXPECT_EQ(in_child([] {
                raw_set(0, cpus("2"));
                ::execlp("grep", "grep", "-qx", "Cpus_allowed_list:\t2", "/proc/self/status",
                         nullptr);
                return 1;
              }),
              0);
  });
}

TEST_F(SimTasks, ExecByAThreadThatIsNotTheFirstKeepsThatThreadsMask) {
  inside(machine, [] {
    EXPECT_EQ(in_child([] {
                raw_set(0, cpus("1"));
                std::jthread other([] {
                  raw_set(0, cpus("4"));
                  ::execlp("grep", "grep", "-qx", "Cpus_allowed_list:\t4", "/proc/self/status",
                           nullptr);
                });
                for (;;)
                  ::pause();
                return 1;
              }),
              0);
  });
}

TEST_F(SimTasks, AProgramStartedByVforkIsSimulated) {
  inside(machine, [] {
    ASSERT_EQ(raw_set(0, cpus("1-2")), 0);
    const pid_t child = ::vfork();
    if (child == 0) {
      ::execlp("grep", "grep", "-qx", "Cpus_allowed_list:\t1-2", "/proc/self/status", nullptr);
      ::_exit(1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    // Which is how most libraries start programs.
    EXPECT_EQ(run({"nproc"}).out, "2\n");
  });
}

TEST_F(SimTasks, TwoHundredThreadsAtOnceHaveAMaskEach) {
  inside(large_machine, [] {
    constexpr unsigned count = 200;
    std::barrier all(count);
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < count; ++i) {
      threads.emplace_back([&all, i] {
        EXPECT_EQ(raw_set(0, only(CpuId(i))), 0);
        all.arrive_and_wait();
        EXPECT_EQ(mask_of(0), only(CpuId(i)));
        EXPECT_EQ(::sched_getcpu(), static_cast<int>(i));
        all.arrive_and_wait();
      });
    }
  });
}

TEST_F(SimTasks, TwoHundredProcessesAtOnceHaveAMaskEach) {
  inside(large_machine, [] {
    constexpr unsigned count = 200;
    int gate[2];
    ASSERT_EQ(::pipe(gate), 0);
    std::vector<pid_t> children;
    for (unsigned i = 0; i < count; ++i) {
      const pid_t child = ::fork();
      ASSERT_GE(child, 0);
      if (child == 0) {
        ::close(gate[1]);
        const bool set = raw_set(0, only(CpuId(i))) == 0;
        char end = 0;
        ::_exit(set && ::read(gate[0], &end, 1) == 0 && mask_of(0) == only(CpuId(i)) ? 0 : 1);
      }
      children.push_back(child);
    }
    for (unsigned i = 0; i < count; ++i)
      EXPECT_TRUE(eventually([&] { return mask_of(children[i]) == only(CpuId(i)); })) << i;
    ::close(gate[1]);
    for (const pid_t child : children) {
      int status = -1;
      EXPECT_EQ(::waitpid(child, &status, 0), child);
      EXPECT_EQ(status, 0);
    }
    ::close(gate[0]);
  });
}

TEST_F(SimTasks, AProjectIsBuiltInParallel) {
  for (const char* program : {"make", "cc"})
    if (!has_program(program)) GTEST_SKIP() << "no " << program << " here";
  const OwnFolder folder;
  std::ofstream make(folder.path() + "/Makefile");
  make << "all:";
  for (int i = 0; i < 24; ++i) {
    make << " f" << i << ".o";
    std::ofstream(folder.path() + "/f" + std::to_string(i) + ".c")
        << "#include <stdio.h>\nint f" << i << "(void) { return puts(\"f\"); }\n";
  }
  make << "\n%.o: %.c\n\t$(CC) -c $< -o $@\n";
  make.close();
  const Output output =
      run_child(simulated(large_machine, {"sh", "-c", "make -s -j$(nproc) && make -s -j8"}),
                {.folder = folder.path()});
  EXPECT_EQ(output.exit, 0) << output.err;
  EXPECT_EQ(output.err, "");
  for (int i = 0; i < 24; ++i)
    EXPECT_TRUE(std::filesystem::exists(folder.path() + "/f" + std::to_string(i) + ".o")) << i;
}

TEST_F(SimTasks, AnotherTaskIsSetByItsNumberAndOneThatIsGoneIsNot) {
  inside(machine, [] {
    const pid_t child = ::fork();
    if (child == 0) {
      for (;;)
        ::pause();
    }
    EXPECT_EQ(raw_set(child, cpus("7")), 0);
    EXPECT_EQ(mask_of(child), cpus("7"));
    EXPECT_EQ(own_list(), "0-7");
    ::kill(child, SIGKILL);
    siginfo_t info;
    ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT);
    EXPECT_EQ(mask_of(child), cpus("7")) << "a zombie";
    ::waitpid(child, nullptr, 0);
    EXPECT_EQ(raw_set(child, cpus("7")), -ESRCH);
  });
}

TEST_F(SimTasks, AThreadIsOnACpuOfItsMaskAndTheKernelSaysSo) {
  inside("pack:2 numa:1 core:4 pu:1", [] {
    const Spinner spinner;
    for (const char* list : {"6", "1", "4-5", "7"}) {
      ASSERT_EQ(raw_set(spinner.tid(), cpus(list)), 0);
      EXPECT_TRUE(cpus(list).contains(last_cpu(spinner.tid()))) << list;
      ASSERT_EQ(raw_set(0, cpus(list)), 0);
      EXPECT_TRUE(cpus(list).contains(CpuId(static_cast<unsigned>(::sched_getcpu())))) << list;
      unsigned cpu = 0;
      unsigned node = 0;
      ASSERT_EQ(::getcpu(&cpu, &node), 0);
      EXPECT_EQ(node, cpu / 4);
      EXPECT_EQ(last_cpu(::gettid()), CpuId(cpu));
    }
  });
}

// The mask of nobody on the machine under us is changed.
TEST_F(SimTasks, TheRealMaskIsNeverTouched) {
  const CpuSet real = mask_of(0);
  const Marked marked;
  Child sim(simulated(large_machine,
                      {"taskset", "-c", "200", "sh", "-c",
                       "taskset -pc 100 $$ >/dev/null; sleep 1000 & echo ready; read line; "
                       "grep Cpus_allowed_list /proc/self/status; kill $!"}),
            {.keep_input = true, .environment = {marked.variable()}});
  ASSERT_TRUE(sim.says("ready\n")) << sim.err();
  ASSERT_GE(marked.others().size(), 2U);
  for (const pid_t pid : marked.others()) {
    const std::string status = text_of("/proc/" + std::to_string(pid) + "/status");
    EXPECT_EQ(status_field(status, "Cpus_allowed_list"),
              status_field(text_of("/proc/self/status"), "Cpus_allowed_list"));
    EXPECT_EQ(mask_of(pid), real);
  }
  sim.type("\n");
  EXPECT_EQ(sim.finish().out, "ready\nCpus_allowed_list:\t100\n");
}

}  // namespace
}  // namespace pinfold::test
