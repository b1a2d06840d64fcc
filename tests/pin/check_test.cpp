#include "pin/check.h"

#include <gtest/gtest.h>

#include <pinfold/cpu_list.h>

#include "support/program.h"

namespace pinfold {
namespace {

using test::cpus;

class CheckTest : public testing::Test {
 protected:
  Limits limits_{.cpus = {.possible = cpus("0-7"), .present = cpus("0-5"), .online = cpus("0-4")},
                 .cpuset = CpusetLimit{.cgroup = "/box", .file = "/f", .cpus = cpus("0-2")}};

  [[nodiscard]] Error error_for(const char* list) const {
    return check_cpus(cpus(list), limits_, Clip::no, "nginx (1)").error();
  }
};

TEST_F(CheckTest, WhatCanBeUsedIsAsked) {
  EXPECT_EQ(check_cpus(cpus("0-2"), limits_, Clip::no, ""), cpus("0-2"));
}

TEST_F(CheckTest, NonexistentComesBeforeOfflineComesBeforeTheCpuset) {
  EXPECT_EQ(error_for("2-7").kind, ErrorKind::no_such_cpu);
  EXPECT_EQ(error_for("2-7").cpus, "6-7");
  EXPECT_EQ(error_for("2-5").kind, ErrorKind::offline_cpu);
  EXPECT_EQ(error_for("2-5").cpus, "5");
  EXPECT_EQ(error_for("2-4").kind, ErrorKind::cpuset);
  EXPECT_EQ(error_for("2-4").cpus, "3-4");
  EXPECT_EQ(error_for("2-4").owner, "/box");
  EXPECT_EQ(error_for("2-4").file, "/f");
}

TEST_F(CheckTest, ClipDropsWhatCannotBeUsed) {
  EXPECT_EQ(check_cpus(cpus("1-7,900"), limits_, Clip::yes, ""), cpus("1-2"));
}

TEST_F(CheckTest, ClipThatLeavesNothingSaysWhy) {
  const auto checked = check_cpus(cpus("6"), limits_, Clip::yes, "");
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().kind, ErrorKind::no_such_cpu);
}

TEST_F(CheckTest, NothingAskedIsAnError) {
  EXPECT_EQ(check_cpus({}, limits_, Clip::yes, "").error().kind, ErrorKind::empty_set);
}

}  // namespace
}  // namespace pinfold
