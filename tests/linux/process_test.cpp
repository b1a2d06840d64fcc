#include "linux/process.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <optional>
#include <stdexcept>

#include "linux/kernel.h"
#include "support/program.h"

namespace pinfold {
namespace {

// A process of which one thread sits in clone3 for 200 ms.
class ThreadInsideClone : public testing::Test {
 protected:
  void SetUp() override {
    try {
      victim_.emplace(std::vector<std::string>{"slowclone", "200"});
    } catch (const std::runtime_error&) {
      GTEST_SKIP() << "slowclone does not start: userfaultfd is refused here";
    }
    process_ = LinuxKernel().process(Pid(victim_->pid())).value();
    const auto threads = process_->list().value().threads;
    for (const Tid tid : threads) {
      const Activity seen = process_->activity(tid);
      if (seen == Activity::hidden) GTEST_SKIP() << "the caller may not look at its child here";
      if (seen == Activity::in_clone) creator_ = tid;
    }
    if (!creator_) GTEST_SKIP() << "the machine was too slow: the clone is over";
    threads_ = threads.size();
  }

  std::optional<test::Victim> victim_;
  std::unique_ptr<Process> process_;
  std::optional<Tid> creator_;
  std::size_t threads_ = 0;
};

TEST_F(ThreadInsideClone, IsSeenThereAndTheNewThreadIsNotYetListed) {
  // Woken, it runs for a moment before it is out; then it pauses.
  while (process_->activity(*creator_) != Activity::outside_clone) {
  }
  EXPECT_EQ(process_->list()->threads.size(), threads_ + 1);
}

TEST_F(ThreadInsideClone, IsOutsideWhenHoldReturns) {
  const auto held = process_->hold(*creator_);
  if (!held && held.error().number == EPERM) GTEST_SKIP() << "tracing is refused here";
  ASSERT_TRUE(held) << message(held.error());
  EXPECT_EQ(process_->list()->threads.size(), threads_ + 1);
}

}  // namespace
}  // namespace pinfold
