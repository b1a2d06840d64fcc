// Whole processes of the running system: none of their threads escapes.
#include <gtest/gtest.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <future>
#include <thread>

#include <pinfold/cpu_list.h>
#include <pinfold/pin.h>

#include "host/host.h"
#include "pin/assignment.h"
#include "support/program.h"

namespace pinfold {
namespace {

using test::cpus;
using test::mask_of;
using test::Victim;

// The first and the last CPU that this test may use.
CpuSet first_cpu() { return {*mask_of(0).first()}; }
CpuSet last_cpu() { return {*mask_of(0).last()}; }

// Without leave to trace nothing can be proved; what is set is still right.
void expect_proved(const ProcessPlacement& placed) {
  if (placed.proved == Proof::no && ::geteuid() != 0) {
    GTEST_SKIP() << "not proved: tracing is refused to this user here";
  }
  EXPECT_NE(placed.proved, Proof::no) << placed.unproved << " unproved";
}

// How many threads of the victim, now standing still, have another mask.
std::size_t escaped(Victim& victim, const CpuSet& expected) {
  std::size_t count = 0;
  for (const pid_t tid : victim.stop()) {
    const CpuSet mask = mask_of(tid);
    count += mask.empty() || mask == expected ? 0U : 1U;
  }
  return count;
}

int runs(int usual) {
  const char* text = std::getenv("PINFOLD_CHURN_RUNS");
  return text ? std::atoi(text) : usual;
}

class ChurnTest : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(ChurnTest, NoThreadEscapesWhileOthersStart) {
  const auto [threads, life] = GetParam();
  std::size_t unproved = 0;
  for (int run = 0; run < runs(15); ++run) {
    Victim victim({"churn", threads, life});
    const CpuSet to = run % 2 == 0 ? last_cpu() : first_cpu();
    const auto placed = pin(Pid(victim.pid()), to);
    ASSERT_TRUE(placed) << message(placed.error());
    if (placed->proved == Proof::no) {
      ++unproved;
      continue;
    }
    ASSERT_EQ(escaped(victim, to), 0U) << "run " << run;
    ASSERT_TRUE(placed->done());
  }
  if (unproved > 0 && ::geteuid() != 0) GTEST_SKIP() << "tracing is refused to this user here";
  EXPECT_EQ(unproved, 0U);
}

INSTANTIATE_TEST_SUITE_P(Shapes, ChurnTest,
                         testing::Values(std::pair("8", "200"), std::pair("64", "2000"),
                                         std::pair("400", "20000"), std::pair("2", "30")),
                         [](const auto& shape) {
                           return std::string("Threads") + shape.param.first + "Life" +
                                  shape.param.second;
                         });

TEST(Process, ChildOfAThreadThatSitsInCloneIsReached) {
  std::unique_ptr<Victim> victim;
  try {
    victim = std::make_unique<Victim>(std::vector<std::string>{"slowclone", "150"});
  } catch (const std::runtime_error&) {
    GTEST_SKIP() << "userfaultfd(2) is not allowed here";
  }
  const auto placed = pin(Pid(victim->pid()), last_cpu());
  ASSERT_TRUE(placed) << message(placed.error());
  expect_proved(*placed);
  if (placed->proved == Proof::no) return;
  EXPECT_EQ(placed->threads.size(), 4U);
  EXPECT_EQ(escaped(*victim, last_cpu()), 0U);
}

// Until every thread sleeps in a call, as far as it may be seen.
void wait_until_asleep(const Victim& victim) {
  const auto process = host_kernel().process(Pid(victim.pid()));
  ASSERT_TRUE(process);
  const auto listing = (*process)->list();
  ASSERT_TRUE(listing);
  for (const Tid tid : listing->threads) {
    while ((*process)->activity(tid) == Activity::running)
      std::this_thread::yield();
  }
}

TEST(Process, NobodyWhoSleepsIsDisturbed) {
  Victim victim({"eintr"});
  wait_until_asleep(victim);
  for (int i = 0; i < 20; ++i) {
    const auto placed = pin(Pid(victim.pid()), i % 2 == 0 ? last_cpu() : first_cpu());
    ASSERT_TRUE(placed) << message(placed.error());
    expect_proved(*placed);
    if (placed->proved == Proof::no) return;
    EXPECT_EQ(placed->proved, Proof::clear);
  }
  EXPECT_EQ(victim.output(), "");
}

TEST(Process, ThreadsThatNeverEnterTheKernelAreHeldForAMoment) {
  Victim victim({"busy", "3"});
  const auto placed = pin(Pid(victim.pid()), last_cpu());
  ASSERT_TRUE(placed) << message(placed.error());
  expect_proved(*placed);
  if (placed->proved == Proof::no) return;
  EXPECT_EQ(placed->proved, Proof::held);
  EXPECT_EQ(escaped(victim, last_cpu()), 0U);
}

TEST(Process, ARunningThreadThatAnotherTracerHasIsNotProved) {
  Victim victim({"busy", "1"});
  const auto process = host_kernel().process(Pid(victim.pid()));
  ASSERT_TRUE(process);
  const auto listing = (*process)->list();
  ASSERT_TRUE(listing);
  const auto assignment =
      prepare(host_kernel(), Pid(victim.pid()), {.cpus = [](const Limits&) { return last_cpu(); }});
  ASSERT_TRUE(assignment);
  const pid_t traced = listing->threads.back().value();
  // Seized, but running: it could only be seen by whoever stops it, and that is not us. The
  // tracer is a thread of its own, which lets go when it ends.
  std::promise<bool> seized;
  std::promise<void> over;
  const std::jthread tracer([&, done = over.get_future()] {
    seized.set_value(::ptrace(PTRACE_SEIZE, traced, nullptr, nullptr) == 0);
    done.wait();
  });
  const bool tracing = seized.get_future().get();
  const auto placed =
      apply(host_kernel(), *assignment, {.patience = std::chrono::milliseconds(200)});
  over.set_value();
  if (!tracing) GTEST_SKIP() << "tracing is refused here";
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->proved, Proof::no);
  EXPECT_EQ(placed->unproved, 1U);
  EXPECT_EQ(mask_of(traced), last_cpu());
}

TEST(Process, TenThousandSleepingThreadsAreSet) {
  Victim victim({"quiet", "10000"});
  const auto placed = pin(Pid(victim.pid()), last_cpu());
  ASSERT_TRUE(placed) << message(placed.error());
  expect_proved(*placed);
  EXPECT_EQ(placed->threads.size(), 10000U);
  EXPECT_EQ(escaped(victim, last_cpu()), 0U);
}

TEST(Process, AProcessThatIsNotThereIsAnError) {
  const auto placed = pin(Pid(0x3fffffff), first_cpu());
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().kind, ErrorKind::no_such_task);
}

TEST(Process, AZombieCanBeSet) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT), 0);
  const auto placed = pin(Pid(child), last_cpu());
  ASSERT_TRUE(placed) << message(placed.error());
  EXPECT_EQ(mask_of(child), last_cpu());
  ::waitpid(child, nullptr, 0);
}

TEST(Process, CpusThatDoNotExistAreAnErrorBeforeAnythingIsChanged) {
  const Victim victim({"quiet", "2"});
  const CpuSet before = mask_of(victim.pid());
  CpuSet asked = first_cpu();
  asked.add(CpuId(100'000));
  const auto placed = pin(Pid(victim.pid()), asked);
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().kind, ErrorKind::no_such_cpu);
  EXPECT_EQ(placed.error().cpus, "100000");
  EXPECT_EQ(mask_of(victim.pid()), before);
}

}  // namespace
}  // namespace pinfold
