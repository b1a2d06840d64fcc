// What the programs in the kernel are told.
#include <gtest/gtest.h>

#include "support/program.h"
#include "trace/probes.h"

namespace pinfold::trace {
namespace {

using test::cpus;

std::string_view comm_of(const trace_settings& settings) {
  return {static_cast<const char*>(settings.comm), settings.comm_length};
}
trace_settings with(const Filter& filter) { return settings_of({.filter = filter}); }

TEST(Settings, WithoutAFilterNothingIsLeftOut) {
  const trace_settings settings = settings_of({.filter = {}, .cpu_ids = 65});
  EXPECT_EQ(settings.mask_words, 2U);
  EXPECT_EQ(settings.cpuset_in_v2, 1U);
  EXPECT_EQ(settings.gets + settings.callers + settings.lives + settings.by_target +
                settings.by_actor + settings.actors_too + settings.follow + settings.by_uid +
                settings.only_failed + settings.only_done + settings.touches + settings.rate +
                settings.comm_length,
            0U);
  EXPECT_EQ(settings.cgroup, 0U);
}

TEST(Settings, MasksHaveAsManyWordsAsTheKernels) {
  EXPECT_EQ(settings_of({.filter = {}, .cpu_ids = 1}).mask_words, 1U);
  EXPECT_EQ(settings_of({.filter = {}, .cpu_ids = 64}).mask_words, 1U);
  EXPECT_EQ(settings_of({.filter = {}, .cpu_ids = 8192}).mask_words, unsigned{trace_most_words});
}

TEST(Settings, RootIsAUser) {
  EXPECT_EQ(with({.uid = 0}).by_uid, 1U);
  EXPECT_EQ(with({.uid = 1000}).uid, 1000U);
}

TEST(Settings, ThereIsSomebodyToFollowOnlyInAFilter) {
  EXPECT_EQ(with({.targets = Tasks()}).follow, 1U);
  EXPECT_EQ(with({.actors = Tasks()}).follow, 1U);
  EXPECT_EQ(with({.targets = Tasks(), .follow = false}).follow, 0U);
  EXPECT_EQ(with({.targets = Tasks()}).by_target, 1U);
  EXPECT_EQ(with({.actors = Tasks()}).by_actor, 1U);
}

TEST(Settings, AWholeCommEndsWithItsZero) {
  using namespace std::string_view_literals;
  EXPECT_EQ(comm_of(with({.comm = "nginx"})), "nginx\0"sv);
  EXPECT_EQ(comm_of(with({.comm = "ngi*"})), "ngi"sv);
  EXPECT_EQ(comm_of(with({.comm = "*"})), ""sv);
}

TEST(Settings, ACommIsCutToWhatATaskCanHave) {
  using namespace std::string_view_literals;
  EXPECT_EQ(comm_of(with({.comm = "containerd-shim-runc-v2"})), "containerd-shim\0"sv);
  EXPECT_EQ(comm_of(with({.comm = "containerd-shim-runc*"})), "containerd-shim"sv);
}

TEST(Settings, OtherFiltersAreToldAsTheyAre) {
  const trace_settings settings = settings_of({.filter = {.actors_too = true,
                                                          .cgroup = 77,
                                                          .only_failed = true,
                                                          .only_done = true,
                                                          .touches = cpus("3"),
                                                          .rate = 10},
                                               .gets = true,
                                               .callers = true,
                                               .lives = true,
                                               .cpusets_in_v2 = false});
  EXPECT_EQ(settings.actors_too, 1U);
  EXPECT_EQ(settings.cgroup, 77U);
  EXPECT_EQ(settings.only_failed, 1U);
  EXPECT_EQ(settings.only_done, 1U);
  EXPECT_EQ(settings.touches, 1U);
  EXPECT_EQ(settings.rate, 10U);
  EXPECT_EQ(settings.gets, 1U);
  EXPECT_EQ(settings.callers, 1U);
  EXPECT_EQ(settings.lives, 1U);
  EXPECT_EQ(settings.cpuset_in_v2, 0U);
}

}  // namespace
}  // namespace pinfold::trace
