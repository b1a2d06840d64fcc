#include "pin/chase.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <vector>

#include "support/fake_kernel.h"
#include "support/program.h"

namespace pinfold {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::cpus;
using testing::ElementsAre;
using testing::IsEmpty;

class ChaseTest : public testing::Test {
 protected:
  ChaseTest() {
    add(60, "pinfold");
    kernel_.self = Tid(60);
    add(100, "a");
    std::vector<Found> found;
    EXPECT_TRUE(selection_.pass(found));
    // The system changes whenever it has been listed: what a pass sees is known by then.
    kernel_.after_processes = [this] {
      ++passes_;
      if (after_pass_) after_pass_();
    };
  }

  void add(pid_t pid, const char* name) {
    test::FakeTask& task = kernel_.add(pid, pid, cpus("0-3"));
    task.name = name;
    task.start_time = static_cast<std::uint64_t>(pid);
  }

  // Each is placed in 10 ms.
  Result<bool> chase(bool was_right) {
    return pinfold::chase(selection_,
                          [&](const Found& found) {
                            placed_.push_back(found.target);
                            clock_.sleep(milliseconds(10));
                            return was_right;
                          },
                          {.clock = &clock_});
  }

  test::FakeKernel kernel_{cpus("0-3")};
  test::FakeClock clock_;
  Selection selection_{kernel_, {parse_selector("comm:a").value()}};
  std::function<void()> after_pass_;
  int passes_ = 0;
  std::vector<Target> placed_;
};

TEST_F(ChaseTest, EndsWithAPassThatFindsNobodyNew) {
  EXPECT_TRUE(chase(false).value());
  EXPECT_EQ(passes_, 1);
  EXPECT_THAT(placed_, IsEmpty());
}

TEST_F(ChaseTest, WhoHadToBePlacedMayHaveStartedAnother) {
  add(101, "a");
  after_pass_ = [this] {
    if (passes_ == 1) add(102, "a");
  };
  EXPECT_TRUE(chase(false).value());
  EXPECT_THAT(placed_, ElementsAre(Pid(101), Pid(102)));
  EXPECT_EQ(passes_, 3);
}

TEST_F(ChaseTest, WhoWasBornRightStartsNobodyWrong) {
  add(101, "a");
  after_pass_ = [this] { add(101 + passes_, "a"); };
  EXPECT_TRUE(chase(true).value());
  EXPECT_THAT(placed_, ElementsAre(Pid(101)));
  EXPECT_EQ(passes_, 1);
}

TEST_F(ChaseTest, TheNewestIsPlacedFirst) {
  add(101, "a");
  add(103, "a");
  add(102, "a");
  EXPECT_TRUE(chase(false).value());
  EXPECT_THAT(placed_, ElementsAre(Pid(103), Pid(102), Pid(101)));
}

TEST_F(ChaseTest, OneThatVanishedMayHaveStartedAnother) {
  add(101, "a");
  after_pass_ = [this] {
    if (passes_ == 1) {
      kernel_.tasks.erase(101);
      add(102, "a");
    }
  };
  EXPECT_TRUE(chase(true).value());
  EXPECT_THAT(placed_, ElementsAre(Pid(102)));
}

TEST_F(ChaseTest, GivesUpWhenNewOnesKeepComing) {
  add(101, "a");
  after_pass_ = [this] { add(101 + passes_, "a"); };
  EXPECT_FALSE(chase(false).value());
  EXPECT_EQ(clock_.now() - Clock::Time(), seconds(5));
  EXPECT_EQ(placed_.size(), 500U);
}

}  // namespace
}  // namespace pinfold
