// What the documents say of seeing affinity calls, shown by `pinfold trace`. Needs root.
#include <algorithm>
#include <fstream>

#include "support/program.h"
#include "trace/trace_fixture.h"

namespace pinfold::test {
namespace {

// Named like those of the other claims, so that `ctest -R 'Claims\.T01_'` finds all of a claim.
class Claims : public TraceTest {};

TEST_F(Claims, T01_EverySetOfOnesOwnOrAnothersAffinityIsAnEvent) {
  const Victim other({"quiet", "2"});
  for (const std::string& target :
       {std::string("self"), std::string("thread"), std::string("child"), other.pid_text()}) {
    TELL(told, {"--times", "3", target, "8", b});
    std::uint64_t calls = 0;
    for (const Json& event : told.sets) {
      EXPECT_THAT(event, Tells(Json{{"target", {{"tid", told.target}}}, {"cause", "syscall"}}));
      calls += event["count"].get<std::uint64_t>();
    }
    EXPECT_EQ(calls, 3U) << target;
  }
}

TEST_F(Claims, T02_ItsArgumentsArePidCpusetsizeAndMaskWithItsContent) {
  TELL(told, {"child", "16", b + ",100"});
  ASSERT_ONE(told.sets);
  const Json& event = told.sets[0];
  EXPECT_EQ(event["arguments"],
            (Json{{"pid", told.target}, {"cpusetsize", 16}, {"mask", hex(told.address)}}));
  EXPECT_EQ(event["request"], b + ",100");
  EXPECT_EQ(event["effective"], b);
}

TEST_F(Claims, T03_ACallThatFailsIsAnEventWithItsResult) {
  const std::vector<std::pair<std::vector<std::string>, Json>> failing = {
      {{"--uid", "65534", "child", "8", b}, {{"ret", -1}, {"error", "EPERM"}}},
      {{"-1", "8", b}, {{"ret", -3}, {"error", "ESRCH"}}},
      {{"self", "8", "bad"}, {{"ret", -14}, {"error", "EFAULT"}}},
      {{"self", "8", "none"}, {{"ret", -22}, {"error", "EINVAL"}}},
  };
  for (const auto& [arguments, result] : failing) {
    TELL(told, arguments);
    ASSERT_ONE(told.sets);
    EXPECT_THAT(told.sets[0], Tells(result));
  }
}

TEST_F(Claims, T03_BitsBeyondTheSystemsFailOnlyWhenNoUsableOneIsLeft) {
  TELL(left, {"self", "32", b + ",200"});
  ASSERT_ONE(left.sets);
  EXPECT_THAT(left.sets[0], Tells(Json{{"request", b + ",200"}, {"effective", b}, {"ret", 0}}));
  TELL(none, {"self", "32", "200"});
  ASSERT_ONE(none.sets);
  EXPECT_THAT(none.sets[0], Tells(Json{{"request", "200"}, {"error", "EINVAL"}}));
}

TEST_F(Claims, T04_TheMasksAddressIsTheKernelsAndItsContentTheUsers) {
  const Json schema = Json::parse(std::ifstream(PINFOLD_SCHEMA));
  const Json& set = schema["$defs"]["set"]["properties"];
  const Json& arguments = schema["$defs"]["arguments"]["properties"];
  for (const char* name : {"pid", "cpusetsize", "mask"})
    EXPECT_EQ(arguments[name]["x-origin"], (Json{"K"})) << name;
  EXPECT_THAT(set["request"]["x-origin"], testing::IsSupersetOf({"U", "TOCTOU", "OPT"}));
  EXPECT_THAT(set["kernel_request"]["x-origin"], testing::Contains("K"));
}

TEST_F(Claims, T04_TheContentMayChangeBetweenTheKernelsLookAndOurs) {
  // The mask changes at the right moment only while both threads of the case have a CPU: where
  // others need them, it takes more than one run of it.
  std::uint64_t changed = 0;
  for (int run = 0; run < 20 && changed == 0; ++run) {
    Tracer tracer({"--buffer", "67108864"});
    const auto caller = said(run_case("flipper", {"20000"}), "caller");
    ASSERT_ONE(caller);
    for (const Json& event : tracer.stop().sets_by(std::stoi(caller[0][0]))) {
      if (event["request"] == event["kernel_request"]) continue;
      ++changed;
      EXPECT_EQ(event["trusted"], false) << event;
    }
  }
  EXPECT_GT(changed, 0U);
}

TEST_F(Claims, T05_ThePlaceOfTheCallIsToldOnRequest) {
  TELL(told, {"--libc", "self", "8", b}, {"--callers"});
  ASSERT_ONE(told.sets);
  const Json& frames = told.sets[0]["callers"];
  ASSERT_FALSE(frames.empty());
  EXPECT_NE(frames[0]["module"].dump().find("libc"), std::string::npos)
      << "it called through the C library: " << frames;
}

TEST_F(Claims, T06_WhoSetsTheAffinityOfItsThreadsOrChildrenIsSeen) {
  for (const auto& [target, relation] : {std::pair{"self", "self"},
                                         {"thread", "thread"},
                                         {"child", "child"},
                                         {"grandchild", "descendant"}}) {
    TELL(told, {target, "8", b});
    ASSERT_ONE(told.sets);
    EXPECT_THAT(told.sets[0], Tells(Json{{"actor", {{"tid", told.actor}}},
                                         {"target", {{"tid", told.target}}},
                                         {"relation", relation}}));
  }
}

TEST_F(Claims, T09_TheRelatedCallIsToldOnRequest) {
  TELL(told, {"--get", "child", "1024", "none"}, {"--get"});
  ASSERT_ONE(told.gets);
  EXPECT_THAT(told.gets[0], Tells(Json{{"target", {{"tid", told.target}}},
                                       {"relation", "child"},
                                       {"answer", to_cpu_list(own)},
                                       {"ret", told.result}}));
}

TEST_F(Claims, M26_BothVersionsOfTheLibraryCallAreSeen) {
  Tracer tracer;
  const Output versions = run_case("versions");
  if (versions.exit == 77 || versions.exit == 127) GTEST_SKIP() << "this C library has one version";
  const auto caller = said(versions, "caller");
  ASSERT_ONE(caller);
  const auto sets = tracer.stop().sets_by(std::stoi(caller[0].at(0)));
  ASSERT_EQ(sets.size(), 2U);
  EXPECT_EQ(sets[0]["request"], caller[0].at(1)) << "by that without a size";
  EXPECT_EQ(sets[1]["request"], caller[0].at(2)) << "by that with one";
}

TEST_F(Claims, M30_TheKernelIsGivenASizeByThePrototypeWithoutOneToo) {
  Tracer tracer({"--get"});
  const Output versions = run_case("versions");
  if (versions.exit == 77 || versions.exit == 127) GTEST_SKIP() << "this C library has one version";
  const auto caller = said(versions, "caller");
  ASSERT_ONE(caller);
  const pid_t tid = std::stoi(caller[0].at(0));
  const Trace trace = tracer.stop();
  std::vector<Json> calls = trace.sets_by(tid);
  for (const Json& event : trace.events("get"))
    if (event["actor"]["tid"] == tid) calls.push_back(event);
  // Two sets, two gets, and before them the one with which the program finds its CPUs.
  ASSERT_EQ(calls.size(), 5U);
  const auto of_that_size = std::ranges::count_if(
      calls, [](const Json& call) { return call["arguments"]["cpusetsize"] == sizeof(cpu_set_t); });
  EXPECT_EQ(of_that_size, 4) << testing::PrintToString(calls);
}

}  // namespace
}  // namespace pinfold::test
