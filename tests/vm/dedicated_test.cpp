// A CPU for one thread, on a machine that is all ours: who may run there, and what the thread
// gains.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <new>
#include <nlohmann/json.hpp>
#include <ostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/number.h"
#include "claims/claims.h"
#include "support/gaps.h"
#include "vm/machine.h"

namespace pinfold::test {
namespace {

constexpr CpuId dedicated_cpu{2};

// Processes that compute, wherever the scheduler puts them on these CPUs. They end with this
// object, or with the thread that made it. Each has a session of its own: a CPU is divided between
// sessions first (sched(7), "The autogroup feature"), and all of them together would count as one.
class Crowd {
 public:
  Crowd(int size, const CpuSet& cpus) {
    while (size-- > 0)
      pids_.push_back(start(cpus));
  }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;
  ~Crowd() {
    for (const pid_t pid : pids_)
      ::kill(pid, SIGKILL);
    for (const pid_t pid : pids_)
      ::waitpid(pid, nullptr, 0);
  }

  [[nodiscard]] const std::vector<pid_t>& pids() const { return pids_; }

 private:
  // The mask is set from outside, so that it is there when this returns.
  static pid_t start(const CpuSet& cpus) {
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) throw std::runtime_error("fork");
    if (pid == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (::getppid() != parent) ::_exit(0);
      ::setsid();
      for (volatile unsigned long count = 0;;)
        count = count + 1;
    }
    if (raw_set(pid, cpus) != 0) throw std::runtime_error("sched_setaffinity");
    return pid;
  }

  std::vector<pid_t> pids_;
};

// The CPU is that thread's alone until the end of the block.
class Dedicated {
 public:
  explicit Dedicated(pid_t tid) {
    command({"dedicate", std::to_string(dedicated_cpu.value()), "tid:" + std::to_string(tid)});
  }
  Dedicated(const Dedicated&) = delete;
  Dedicated& operator=(const Dedicated&) = delete;
  ~Dedicated() { command({"undo"}); }

 private:
  static void command(const std::vector<std::string>& arguments) {
    const Output output = pinfold(arguments);
    EXPECT_EQ(output.exit, 0) << arguments.front() << ": " << output.out << output.err;
  }
};

// include/linux/sched.h
constexpr unsigned long pf_kthread = 0x00200000;
constexpr unsigned long pf_no_setaffinity = 0x04000000;

// The ninth field of proc_pid_stat(5); the name before it may hold anything, a parenthesis too.
unsigned long flags_of(const std::filesystem::path& task) {
  std::ifstream file(task / "stat");
  std::string text;
  std::getline(file, text);
  if (text.empty()) return 0;
  std::istringstream fields(text.substr(text.rfind(')') + 1));
  std::string skipped;
  for (int i = 0; i < 6; ++i)
    fields >> skipped;
  unsigned long flags = 0;
  fields >> flags;
  return flags;
}

enum class Who {
  users,  // tasks that are not the kernel's own
  kernel_threads,
  bound,  // kernel threads whose mask cannot be set
};

bool is_of(Who who, unsigned long flags) {
  if (who == Who::bound) return (flags & pf_no_setaffinity) != 0 && (flags & pf_kthread) != 0;
  return ((flags & pf_kthread) != 0) == (who == Who::kernel_threads);
}

// Every such task of the system that may run there; ascending.
std::vector<pid_t> who_may_run_on(CpuId cpu, Who who = Who::users) {
  std::vector<pid_t> tids;
  std::error_code gone;  // tasks end while they are looked at
  for (const auto& process : std::filesystem::directory_iterator("/proc")) {
    if (!parse_number<pid_t>(process.path().filename().string())) continue;
    for (const auto& task : std::filesystem::directory_iterator(process.path() / "task", gone)) {
      const auto tid = parse_number<pid_t>(task.path().filename().string());
      if (!tid || !mask_of(*tid).contains(cpu) || !is_of(who, flags_of(task.path()))) continue;
      tids.push_back(*tid);
    }
  }
  std::ranges::sort(tids);
  return tids;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

class DedicatedCpu : public VmTest {};

TEST_F(DedicatedCpu, M23_OneThreadIsOnItAndAllOthersAreOff) {
  const Crowd crowd(4, cpus("0-7"));
  const Spinner ours;
  const pid_t target = crowd.pids()[1];
  const std::vector<pid_t> before = who_may_run_on(dedicated_cpu);
  ASSERT_EQ(before.front(), 1);
  ASSERT_GT(before.size(), crowd.pids().size() + 2);
  {
    const Dedicated dedicated(target);
    EXPECT_EQ(who_may_run_on(dedicated_cpu), std::vector{target});
    EXPECT_EQ(mask_of(target), only(dedicated_cpu));
    EXPECT_EQ(mask_of(crowd.pids()[0]), cpus("0-1,3-7"));
    EXPECT_EQ(mask_of(ours.tid()), cpus("0-1,3-7"));
  }
  const std::vector<pid_t> after = who_may_run_on(dedicated_cpu);
  EXPECT_TRUE(std::ranges::includes(before, after)) << testing::PrintToString(after);
  for (const pid_t tid : before) {
    // What an earlier program has left behind may have come to its end meanwhile.
    const bool there = std::filesystem::exists("/proc/" + std::to_string(tid));
    EXPECT_EQ(std::ranges::binary_search(after, tid), there) << tid;
  }
}

TEST_F(DedicatedCpu, M23_WhoStartsLaterKeepsOff) {
  const Crowd crowd(1, cpus("0-7"));
  const Dedicated dedicated(crowd.pids()[0]);
  const Crowd later(1, mask_of(0));
  EXPECT_EQ(who_may_run_on(dedicated_cpu), crowd.pids());
}

// Kernel workers come and go: what is true of them before and after is true of these.
std::vector<pid_t> in_both(const std::vector<pid_t>& before, const std::vector<pid_t>& after) {
  std::vector<pid_t> both;
  std::ranges::set_intersection(before, after, std::back_inserter(both));
  return both;
}

std::vector<pid_t> tids_in(const nlohmann::json& threads) {
  std::vector<pid_t> tids;
  for (const auto& thread : threads)
    tids.push_back(thread["tid"]);
  std::ranges::sort(tids);
  return tids;
}

TEST_F(DedicatedCpu, M29_ItIsTakenAndGivenBackWithoutABootAndWhoStaysIsNamed) {
  const Crowd crowd(1, cpus("0-7"));
  const std::vector<pid_t> before = who_may_run_on(dedicated_cpu, Who::kernel_threads);
  const Output output = pinfold({"dedicate", "--json", "2", std::to_string(crowd.pids()[0])});
  ASSERT_EQ(output.exit, 0) << output.out << output.err;
  const std::vector<pid_t> after = who_may_run_on(dedicated_cpu, Who::kernel_threads);
  const std::vector<pid_t> named = tids_in(nlohmann::json::parse(output.out)["kernel_threads"]);
  EXPECT_THAT(named, testing::IsSupersetOf(in_both(before, after)));
  EXPECT_GT(in_both(before, after).size(), 3U) << "as with isolcpus, they are there all the same";
  EXPECT_NE(output.out.find("\"ksoftirqd/2\""), std::string::npos);
  ASSERT_EQ(pinfold({"undo"}).exit, 0);
  EXPECT_EQ(mask_of(1), cpus("0-7"));
}

TEST_F(DedicatedCpu, M29_KernelThreadsThatCanBeMovedAreIfAskedFor) {
  const Crowd crowd(1, cpus("0-7"));
  const std::vector<pid_t> before = who_may_run_on(dedicated_cpu, Who::kernel_threads);
  const Output output = pinfold({"dedicate", "--kthreads", "2", std::to_string(crowd.pids()[0])});
  ASSERT_EQ(output.exit, 0) << output.out << output.err;
  const std::vector<pid_t> there = who_may_run_on(dedicated_cpu, Who::kernel_threads);
  EXPECT_EQ(in_both(before, there), in_both(before, who_may_run_on(dedicated_cpu, Who::bound)));
  EXPECT_LT(in_both(before, there).size(), before.size()) << "kthreadd, at least, was moved";
  ASSERT_EQ(pinfold({"undo"}).exit, 0);
  EXPECT_THAT(who_may_run_on(dedicated_cpu, Who::kernel_threads),
              testing::IsSupersetOf(in_both(before, there)));
  EXPECT_TRUE(mask_of(2).contains(dedicated_cpu)) << "kthreadd";
}

TEST_F(DedicatedCpu, M29_AsWithIsolcpusAnybodyMayStillAskForIt) {
  const Crowd crowd(2, cpus("0-7"));
  const Dedicated dedicated(crowd.pids()[0]);
  EXPECT_EQ(raw_set(crowd.pids()[1], only(dedicated_cpu)), 0);
  EXPECT_EQ(mask_of(crowd.pids()[1]), only(dedicated_cpu));
  // Else undo would find it changed by somebody else, and say so.
  EXPECT_EQ(raw_set(crowd.pids()[1], cpus("0-1,3-7")), 0);
}

struct Round {
  Gaps shared;
  Gaps alone;
};
using Rounds = std::array<Round, 5>;

void measure(Rounds& rounds) {
  constexpr auto time = std::chrono::milliseconds(200);
  // A second CPU for them, so that they are not left as those who may run nowhere else.
  const Crowd crowd(8, cpus("2-3"));
  for (Round& round : rounds) {
    if (raw_set(0, only(dedicated_cpu)) != 0) throw std::runtime_error("sched_setaffinity");
    round.shared = measure_gaps(time);
    const Dedicated dedicated(::gettid());
    round.alone = measure_gaps(time);
  }
}

std::ostream& operator<<(std::ostream& out, const Gaps& gaps) {
  return out << gaps.readings << " readings, kept " << gaps.kept() << ", " << gaps.count
             << " gaps, the largest of " << gaps.largest.count() / 1000 << " us\n";
}

// What the emulator loses to others of the machine under it, it loses before and after, so that it
// is only the ratio that says something, and of several rounds the one in the middle. It was
// 2.0 to 2.3 where the machine under it was busy, too.
TEST_F(DedicatedCpu, M28_IsFasterAndHasFewerGaps) {
  void* const shared =
      ::mmap(nullptr, sizeof(Rounds), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(shared, MAP_FAILED);
  auto& rounds = *new (shared) Rounds;
  // In a session of its own, as each of the crowd.
  ASSERT_EQ(in_child([&]() noexcept {
              ::setsid();
              measure(rounds);
              return HasFailure() ? 1 : 0;
            }),
            0);
  std::vector<double> faster;
  std::vector<double> more_kept;
  std::ostringstream figures;
  for (const Round& round : rounds) {
    faster.push_back(static_cast<double>(round.alone.readings) /
                     static_cast<double>(round.shared.readings));
    more_kept.push_back(round.alone.kept() / round.shared.kept());
    figures << "shared: " << round.shared << "alone:  " << round.alone;
  }
  ::munmap(shared, sizeof(Rounds));
  EXPECT_GT(median(faster), 1.3) << figures.str();
  EXPECT_GT(median(more_kept), 1.3) << figures.str();
}

}  // namespace
}  // namespace pinfold::test
