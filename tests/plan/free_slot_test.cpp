#include "plan/free_slot.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "support/print.h"
#include "support/program.h"

namespace pinfold {
namespace {

using test::cpus;

class FreeSlot : public testing::Test {
 protected:
  FreeSlot() {
    std::string name = testing::TempDir() + "/pinfold-slot-XXXXXX";
    parent_ = ::mkdtemp(name.data());
  }
  ~FreeSlot() override { std::filesystem::remove_all(parent_); }

  Result<HeldSlot> hold(const std::vector<CpuSet>& slots) const {
    return hold_free_slot(StateDir::open_in(parent_).value(), slots);
  }

  std::string parent_;
};

TEST_F(FreeSlot, IsTheFirstThatNobodyHolds) {
  const std::vector<CpuSet> slots = {cpus("0-1,4-5"), cpus("2-3,6-7")};
  auto first = hold(slots);
  const auto second = hold(slots);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->slot, 0U);
  EXPECT_EQ(second->slot, 1U);
  const auto third = hold(slots);
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().kind, ErrorKind::no_free_slot);
  EXPECT_EQ(third.error().cpus, "0-7");
  EXPECT_EQ(third.error().text, "2");

  first = fail({});
  EXPECT_EQ(hold(slots)->slot, 0U);
}

TEST_F(FreeSlot, OfAnotherPlanHoldsItsCpusToo) {
  const auto held = hold({cpus("2-3")});
  const auto other = hold({cpus("0-2"), cpus("3"), cpus("4-5")});
  ASSERT_TRUE(other);
  EXPECT_EQ(other->slot, 2U);
}

TEST_F(FreeSlot, ThatCouldNotBeHadLeavesNoCpuHeld) {
  const auto held = hold({cpus("5")});
  ASSERT_TRUE(hold({cpus("0-1,5"), cpus("7")}));
  EXPECT_TRUE(hold({cpus("0-1")})) << "0-1 were locked before 5 was found held, and let go";
}

TEST_F(FreeSlot, IsHeldByWhatTheHolderExecutesAndEndsWithIt) {
  auto held = hold({cpus("0")});
  ASSERT_TRUE(held);
  EXPECT_EQ(::fcntl(held->lock.get(), F_GETFD) & FD_CLOEXEC, 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::execl("/bin/sleep", "sleep", "1000", nullptr);
    ::_exit(1);
  }
  held->lock = Fd();
  EXPECT_FALSE(hold({cpus("0")})) << "the child has it";
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(hold({cpus("0")}));
}

TEST_F(FreeSlot, IsFoundByAllWhoLookAtTheSameTime) {
  constexpr unsigned workers = 24;
  std::vector<CpuSet> slots;
  for (unsigned i = 0; i < workers; ++i)
    slots.push_back({CpuId(i), CpuId(100 + i), CpuId(200 + i)});
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  std::vector<pid_t> children;
  for (unsigned i = 0; i < workers; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      const auto held = hold(slots);
      const auto slot = held ? static_cast<unsigned char>(held->slot) : 255;
      ::_exit(::write(ends[1], &slot, 1) == 1 ? ::pause() : 1);
    }
    children.push_back(child);
  }
  CpuSet found;
  for (unsigned i = 0; i < workers; ++i) {
    unsigned char slot = 0;
    ASSERT_EQ(::read(ends[0], &slot, 1), 1);
    found.add(CpuId(slot));
  }
  for (const pid_t child : children) {
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
  }
  ::close(ends[0]);
  ::close(ends[1]);
  EXPECT_EQ(found, CpuSet::range(CpuId(0), CpuId(workers - 1)));
}

}  // namespace
}  // namespace pinfold
