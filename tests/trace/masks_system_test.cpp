// What was asked for: masks of any length, at any address, and calls that the kernel refuses.
#include <unistd.h>

#include <cerrno>

#include "support/program.h"
#include "trace/trace_fixture.h"

namespace pinfold::test {
namespace {

class TraceMasks : public TraceTest {
 protected:
  [[nodiscard]] static Json asked(const std::string& request, const std::string& effective) {
    return {{"request", request},
            {"effective", effective},
            {"ret", 0},
            {"error", nullptr},
            {"trusted", true}};
  }

  /// What is told of a call that failed: nothing that it did, and that it did nothing.
  static void expect_refused(const Told& told, const char* error) {
    ASSERT_ONE(told.sets);
    const Json& event = told.sets[0];
    EXPECT_THAT(event, Tells(Json{{"ret", told.result},
                                  {"error", error},
                                  {"cause", "syscall"},
                                  {"attribution", "exact"},
                                  {"trusted", false},
                                  {"kernel_request", nullptr}}));
    if (event["effective"].is_null()) return;
    EXPECT_EQ(event["effective"], to_cpu_list(mask_of(0))) << "it has what it had";
  }
};

TEST_F(TraceMasks, OnAPageThatIsNotThereYet) {
  TELL(told, {"--file", "self", "8", b});
  ASSERT_ONE(told.sets);
  EXPECT_THAT(told.sets[0], Tells(asked(b, b)));
}

TEST_F(TraceMasks, AtTheEndOfReadableMemory) {
  for (const char* length : {"1", "2", "3", "4", "5", "7", "9", "12", "31", "33", "100"}) {
    TELL(told, {"self", length, b});
    ASSERT_ONE(told.sets);
    EXPECT_THAT(told.sets[0], Tells(asked(b, b))) << length;
    EXPECT_EQ(std::to_string(told.sets[0]["arguments"]["cpusetsize"].get<std::uint64_t>()), length);
    EXPECT_EQ(told.sets[0]["arguments"]["mask"], hex(told.address));
  }
}

TEST_F(TraceMasks, BitsOfNoCpuAreToldAsTheyWereAskedFor) {
  TELL(told, {"self", "12", b + ",70,95"});
  ASSERT_ONE(told.sets);
  EXPECT_THAT(told.sets[0], Tells(asked(b + ",70,95", b)));
  EXPECT_EQ(told.sets[0]["narrowed"], true);
}

TEST_F(TraceMasks, MoreCpusThanTheKernelHas) {
  TELL(told, {"self", "1024", b + ",1000,1500,8191"});
  ASSERT_ONE(told.sets);
  // As much as the kernel has room for, and 1,024 CPUs where it has less.
  const CpuSet request = cpus(told.sets[0]["request"].get<std::string>().c_str());
  EXPECT_TRUE(request.contains(only_b | cpus("1000"))) << told.sets[0];
  EXPECT_TRUE((only_b | cpus("1000,1500,8191")).contains(request)) << told.sets[0];
  EXPECT_THAT(told.sets[0], Tells(Json{{"effective", b}, {"trusted", true}, {"narrowed", true}}));
}

TEST_F(TraceMasks, LongerThanAnyMask) {
  for (const char* length : {"4096", "1048576", "4294967295"}) {
    TELL(told, {"self", length, b});
    ASSERT_ONE(told.sets);
    EXPECT_THAT(told.sets[0], Tells(asked(b, b))) << length;
  }
}

// The kernel takes an unsigned int for the length, and an int for the pid.
TEST_F(TraceMasks, UpperHalvesOfRegistersDoNotCount) {
  TELL(told, {"4294967296", "4294967304", b});
  ASSERT_ONE(told.sets);
  EXPECT_EQ(told.result, 0);
  EXPECT_THAT(told.sets[0], Tells(asked(b, b)));
  EXPECT_THAT(told.sets[0], Tells(Json{{"relation", "self"}, {"arguments", {{"pid", 0}}}}));
}

TEST_F(TraceMasks, ALengthThatIsNoneAfterThatIsNone) {
  TELL(told, {"self", "4294967296", b});
  expect_refused(told, "EINVAL");
  EXPECT_THAT(told.sets[0]["request"], testing::AnyOf("", nullptr));
}

TEST_F(TraceMasks, NoLength) {
  TELL(told, {"self", "0", "none"});
  expect_refused(told, "EINVAL");
  EXPECT_THAT(told.sets[0]["request"], testing::AnyOf("", nullptr));
}

TEST_F(TraceMasks, NobodysMemory) {
  TELL(told, {"self", "8", "bad"});
  expect_refused(told, "EFAULT");
  EXPECT_EQ(told.sets[0]["request"], nullptr);
  EXPECT_EQ(told.sets[0]["arguments"]["mask"], "0xdead0000");
}

TEST_F(TraceMasks, ANumberThatNobodyCanHave) {
  TELL(told, {"-1", "8", b});
  expect_refused(told, "ESRCH");
  EXPECT_THAT(told.sets[0], Tells(Json{{"target", nullptr},
                                       {"relation", nullptr},
                                       {"request", b},
                                       {"arguments", {{"pid", -1}}}}));
}

TEST_F(TraceMasks, ANumberThatNobodyHas) {
  TELL(told, {"2147483647", "8", b});
  expect_refused(told, "ESRCH");
  EXPECT_THAT(told.sets[0], Tells(Json{{"target", nullptr}, {"request", b}}));
}

TEST_F(TraceMasks, NoCpuThatCanBeUsed) {
  TELL(told, {"self", "32", "200"});
  expect_refused(told, "EINVAL");
  EXPECT_THAT(told.sets[0], Tells(Json{{"request", "200"}, {"relation", "self"}}));
}

TEST_F(TraceMasks, NoCpuAtAll) {
  TELL(told, {"self", "8", "none"});
  expect_refused(told, "EINVAL");
  EXPECT_EQ(told.sets[0]["request"], "");
}

TEST_F(TraceMasks, NoPermission) {
  TELL(told, {"--uid", "65534", "child", "8", b});
  ASSERT_EQ(told.result, -EPERM);
  expect_refused(told, "EPERM");
  EXPECT_THAT(told.sets[0], Tells(Json{{"actor", {{"uid", 65534}}},
                                       {"target", {{"tid", told.target}}},
                                       {"relation", "child"},
                                       {"request", b}}));
}

TEST_F(TraceMasks, AKernelThreadThatIsBoundToItsCpu) {
  const Json threads = Json::parse(pinfold({"get", "--json", "--all"}).out).at("threads");
  for (const Json& thread : threads) {
    if (thread["name"] != "migration/0") continue;
    TELL(told, {thread["tid"].dump(), "8", ab});
    ASSERT_ONE(told.sets);
    EXPECT_THAT(told.sets[0], Tells(Json{{"error", "EINVAL"},
                                         {"target", {{"comm", "migration/0"}}},
                                         {"trusted", false}}));
    return;
  }
  GTEST_SKIP() << "no kernel threads to be seen here";
}

}  // namespace
}  // namespace pinfold::test
