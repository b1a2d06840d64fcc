// pinfold run --slot free/N, with the locks that everybody of this user has.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include <pinfold/cpu_list.h>

#include "base/state_dir.h"
#include "support/program.h"

namespace pinfold::test {
namespace {

class FreeSlots : public testing::Test {
 protected:
  void SetUp() override {
    const auto state = StateDir::open();
    if (!state) GTEST_SKIP() << message(state.error());
    const CpuSet own = mask_of(0);
    if (own.count() < 2) GTEST_SKIP() << "needs two CPUs, this process has one";
    pair_ = to_cpu_list({*own.first(), *own.last()});
  }

  // A launcher of its own: what it starts sleeps until this object is gone.
  class Worker {
   public:
    explicit Worker(const std::string& place) {
      pid_ = ::fork();
      if (pid_ == 0) {
        ::execl(PINFOLD_COMMAND, "pinfold", "run", "--on", place.c_str(), "--slot", "free/2", "--",
                "sleep", "1000", nullptr);
        ::_exit(1);
      }
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker() {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    // Waits until it runs its command.
    [[nodiscard]] CpuSet cpus() const {
      const std::string comm = "/proc/" + std::to_string(pid_) + "/comm";
      for (;;) {
        std::string name;
        std::getline(std::ifstream(comm) >> std::ws, name);
        if (name == "sleep") return mask_of(pid_);
        int status = 0;
        if (::waitpid(pid_, &status, WNOHANG) != 0) return {};
        ::sched_yield();
      }
    }

   private:
    pid_t pid_;
  };

  std::string pair_;
};

TEST_F(FreeSlots, TwoLaunchersNeverGetTheSameOne) {
  for (int round = 0; round < 30; ++round) {
    const Worker one(pair_);
    const Worker two(pair_);
    const CpuSet first = one.cpus();
    const CpuSet second = two.cpus();
    ASSERT_EQ(first.count(), 1U);
    ASSERT_EQ(second.count(), 1U);
    EXPECT_FALSE(first.intersects(second));
  }
}

TEST_F(FreeSlots, IsTheNextWorkersWhenItsHolderHasEnded) {
  CpuSet freed;
  const Worker stays(pair_);
  ASSERT_EQ(stays.cpus().count(), 1U);
  {
    const Worker ends(pair_);
    freed = ends.cpus();
    const Output third = pinfold({"run", "--on", pair_, "--slot", "free/2", "--", "true"});
    EXPECT_EQ(third.exit, 125);
    EXPECT_EQ(third.err, "pinfold: no slot is free: each of the 2 on " + pair_ +
                             " has a CPU that somebody holds\n");
  }
  const Worker next(pair_);
  EXPECT_EQ(next.cpus(), freed);
}

}  // namespace
}  // namespace pinfold::test
