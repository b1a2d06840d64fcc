#include "pin/pinner.h"

#include <gtest/gtest.h>

#include "support/fake_kernel.h"
#include "support/program.h"

namespace pinfold {
namespace {

using test::cpus;
using test::FakeKernel;

class PinnerTest : public testing::Test {
 protected:
  PinnerTest() {
    kernel_.add(1, 0, cpus("0-3"));  // the caller
    kernel_.add(50, 51, cpus("0-3"));
  }

  FakeKernel kernel_{cpus("0-3")};
  Pinner pinner_{kernel_};
};

TEST_F(PinnerTest, PinsTheCallerAndSaysWhatCameOfIt) {
  const auto placed = pinner_.pin(Tid(), cpus("1-2"), Clip::no);
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->asked, cpus("1-2"));
  EXPECT_EQ(placed->allowed, cpus("1-2"));
  EXPECT_EQ(placed->effective, cpus("1-2"));
}

TEST_F(PinnerTest, ChecksBeforeAnythingIsChanged) {
  EXPECT_EQ(pinner_.pin(Tid(), cpus("1,9"), Clip::no).error().kind, ErrorKind::no_such_cpu);
  kernel_.limit = CpusetLimit{.cgroup = "/x", .file = "/f", .cpus = cpus("0-1")};
  EXPECT_EQ(pinner_.pin(Tid(51), cpus("1-2"), Clip::no).error().kind, ErrorKind::cpuset);
  EXPECT_TRUE(kernel_.was_set.empty());
}

TEST_F(PinnerTest, FindsACpusetThatShrankSinceItWasRead) {
  ASSERT_TRUE(pinner_.pin(Tid(), cpus("0"), Clip::no));
  kernel_.limit = CpusetLimit{.cgroup = "/x", .file = "/f", .cpus = cpus("0-1")};
  const auto placed = pinner_.pin(Tid(), cpus("1-2"), Clip::no);
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().kind, ErrorKind::cpuset);
  EXPECT_EQ(placed.error().now, "1");
}

TEST_F(PinnerTest, FindsACpusetThatGrewSinceItWasRead) {
  kernel_.limit = CpusetLimit{.cgroup = "/x", .file = "/f", .cpus = cpus("0-1")};
  ASSERT_TRUE(pinner_.pin(Tid(), cpus("0"), Clip::no));
  kernel_.limit.reset();
  EXPECT_TRUE(pinner_.pin(Tid(), cpus("2"), Clip::no));
}

TEST_F(PinnerTest, ClipsTheCallersMask) {
  const auto placed = pinner_.pin(Tid(), cpus("3-9"), Clip::yes);
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->effective, cpus("3"));
}

TEST_F(PinnerTest, FindsOutAThreadNumberThatWasReused) {
  kernel_.before_set = [&](Tid) { kernel_.tasks.at(51).start_time = 200; };
  EXPECT_EQ(pinner_.pin(Tid(51), cpus("1"), Clip::no).error().kind, ErrorKind::task_replaced);
}

TEST_F(PinnerTest, PutsBackNoWishWhereTheThreadHadAllThatItsCpusetAllowed) {
  kernel_.limit = CpusetLimit{.cgroup = "/x", .file = "/f", .cpus = cpus("0-1")};
  EXPECT_EQ(pinner_.mask_to_put_back(cpus("0-1")), cpus("0-3"));
  EXPECT_EQ(pinner_.mask_to_put_back(cpus("1")), cpus("1"));
}

}  // namespace
}  // namespace pinfold
