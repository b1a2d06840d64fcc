#include "trace/hotplug_watch.h"

#include <gtest/gtest.h>
#include <poll.h>

#include "support/program.h"

namespace pinfold::trace {
namespace {

using namespace std::string_view_literals;
using test::cpus;

TEST(Uevent, TellsWhichCpuCameAndWent) {
  EXPECT_EQ(parse_uevent("online@/devices/system/cpu/cpu3\0ACTION=online\0SUBSYSTEM=cpu\0"sv),
            (CpuChange{.cpu = CpuId(3), .online = true}));
  EXPECT_EQ(parse_uevent("offline@/devices/system/cpu/cpu4095"),
            (CpuChange{.cpu = CpuId(4095), .online = false}));
}

TEST(Uevent, OtherDevicesAndEventsAreNone) {
  for (const std::string_view other :
       {""sv, "online"sv, "@"sv, "change@/devices/system/cpu/cpu3"sv,
        "online@/devices/system/cpu/cpu"sv, "online@/devices/system/cpu/cpu3/cache"sv,
        "online@/devices/system/cpu/cpu+3"sv, "online@/devices/system/cpu/cpu99999999999"sv,
        "online@/devices/system/memory/memory3"sv, "libudev\0online@/devices/system/cpu/cpu3"sv,
        "offline@/devices/system/cpu/cpufreq"sv, "ONLINE@/devices/system/cpu/cpu3"sv})
    EXPECT_FALSE(parse_uevent(other)) << other;
}

TEST(OnlineCpus, AreComparedWhereNobodyTells) {
  const std::vector<CpuChange> changes = compare_online(cpus("0-2"), cpus("0,2-3"), Time());
  EXPECT_EQ(changes, (std::vector{CpuChange{.cpu = CpuId(1), .online = false},
                                  CpuChange{.cpu = CpuId(3), .online = true}}));
  EXPECT_TRUE(compare_online(cpus("0-2"), cpus("0-2"), Time()).empty());
}

TEST(HotplugWatch, NeedsNoPrivilegeAndDoesNotWait) {
  auto watch = HotplugWatch::open();
  ASSERT_TRUE(watch) << message(watch.error());
  pollfd ready{.fd = watch->descriptor(), .events = POLLIN, .revents = 0};
  EXPECT_GE(::poll(&ready, 1, 0), 0);
  const CpuChanges told = watch->read();
  EXPECT_TRUE(told.changes.empty());
  EXPECT_EQ(watch->leg().name, "hotplug");
}

}  // namespace
}  // namespace pinfold::trace
