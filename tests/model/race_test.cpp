// Calls that are overtaken: at each step others do something.
#include <gtest/gtest.h>

#include <cerrno>

#include "model/model_system.h"

namespace pinfold::test {
namespace {

using model::Hierarchy;
using model::Step;

class Race : public ModelSystem {
 protected:
  void boot_with_box(const char* kernel) {
    boot("core:8 pu:1", kernel, Hierarchy::v2);
    confine(caller(), "0-3");
  }
  int write_box(const char* file, const char* text) {
    return system().write_cgroup(system().init(), *system().find_cgroup("/box"), file, text);
  }
  /// Once, when a call comes to that step.
  void at(Step step, std::function<void()> act) {
    system().on_step = [this, step, act = std::move(act)](Step now, model::Task&) {
      if (now != step) return;
      const auto only_once = std::move(system().on_step);
      system().on_step = nullptr;
      act();
      system().on_step = [](Step, model::Task&) {};
    };
  }
};

TEST_F(Race, ASetThatACpusetOvertakesIsRefusedAndTheOldRequestCounts) {
  boot_with_box("6.12");
  ASSERT_EQ(set(0, cpus("1-3")), 0);
  at(Step::cpuset_read, [&] { EXPECT_EQ(write_box("cpuset.cpus", "2-5"), 0); });
  EXPECT_EQ(set(0, cpus("0-1")), -EINVAL);
  EXPECT_EQ(mask_of(caller()), cpus("2-3"));
  EXPECT_EQ(*caller().request, cpus("1-3"));
}

TEST_F(Race, WhoHadNoRequestGetsTheWholeCpusetThen) {
  boot_with_box("6.12");
  at(Step::cpuset_read, [&] { EXPECT_EQ(write_box("cpuset.cpus", "2-5"), 0); });
  EXPECT_EQ(set(0, cpus("0-1")), -EINVAL);
  EXPECT_EQ(mask_of(caller()), cpus("2-5"));
  EXPECT_FALSE(caller().request);
}

TEST_F(Race, OlderKernelsGiveTheWholeCpusetAndCallItASuccess) {
  boot_with_box("6.1");
  at(Step::cpuset_read, [&] { EXPECT_EQ(write_box("cpuset.cpus", "2-5"), 0); });
  EXPECT_EQ(set(0, cpus("0-1")), 0);
  EXPECT_EQ(mask_of(caller()), cpus("2-5"));
}

TEST_F(Race, AWriteRightAfterTheMaskIsSetIsSeenToo) {
  boot_with_box("6.12");
  at(Step::mask_set, [&] { EXPECT_EQ(write_box("cpuset.cpus", "4-5"), 0); });
  EXPECT_EQ(set(0, cpus("0-1")), -EINVAL);
  EXPECT_EQ(mask_of(caller()), cpus("4-5"));
}

TEST_F(Race, ACpusetThatGrowsMeanwhileIsNoRace) {
  boot_with_box("6.12");
  at(Step::cpuset_read, [&] { EXPECT_EQ(write_box("cpuset.cpus", "0-7"), 0); });
  EXPECT_EQ(set(0, cpus("1")), 0);
  EXPECT_EQ(mask_of(caller()), cpus("1"));
}

// A clone has its creator's mask before anybody can see it.
TEST_F(Race, ACloneKeepsTheMaskThatItCopied) {
  at(Step::mask_copied, [&] { EXPECT_EQ(set(0, cpus("1")), 0); });
  model::Task& late = thread();
  EXPECT_EQ(mask_of(caller()), cpus("1"));
  EXPECT_EQ(mask_of(late), cpus("0-3"));
}

// cpuset_fork(): inside a cpuset it begins with what its creator has by then.
TEST_F(Race, InACpusetACloneHasWhatItsCreatorHasWhenItIsListed) {
  for (const char* kernel : {"6.1", "6.12"}) {
    SCOPED_TRACE(kernel);
    boot_with_box(kernel);
    at(Step::mask_copied, [&] { EXPECT_EQ(set(0, cpus("1")), 0); });
    model::Task& late = thread();
    EXPECT_EQ(mask_of(late), cpus("1"));
  }
}

TEST_F(Race, ThereItsOwnCopyOfTheRequestStillNarrowsIt) {
  boot_with_box("6.12");
  ASSERT_EQ(set(0, cpus("0-1")), 0);
  at(Step::mask_copied, [&] { EXPECT_EQ(set(0, cpus("1-2")), 0); });
  model::Task& late = thread();
  EXPECT_EQ(mask_of(late), cpus("1"));
  EXPECT_EQ(*late.request, cpus("0-1"));
}

TEST_F(Race, ATaskThatIsNotListedCanNeitherBeFoundNorMoved) {
  boot_with_box("6.12");
  model::Task* unborn = nullptr;
  ASSERT_EQ(system().begin_clone(caller(), {}, unborn), 0);
  EXPECT_EQ(set(unborn->number, cpus("0")), -ESRCH);
  EXPECT_EQ(write_box("cgroup.procs", std::to_string(unborn->number).c_str()), -ESRCH);
  EXPECT_TRUE(caller().forking);
  system().finish_clone(*unborn);
  EXPECT_FALSE(caller().forking);
  EXPECT_EQ(set(unborn->number, cpus("0")), 0);
}

}  // namespace
}  // namespace pinfold::test
