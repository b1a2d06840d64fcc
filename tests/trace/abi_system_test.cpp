// How programs call the kernel: 64 and 32 bits, each version of the C library's call.

#include "trace/trace_fixture.h"

namespace pinfold::test {
namespace {

class TraceAbi : public TraceTest {};

#ifdef __x86_64__
constexpr const char* native = "x86-64";
#elif defined(__aarch64__)
constexpr const char* native = "arm64";
#else
constexpr const char* native = "";
#endif

TEST_F(TraceAbi, TheProgramsOwn) {
  TELL(told, {"self", "8", b});
  ASSERT_ONE(told.sets);
  EXPECT_EQ(told.sets[0]["actor"]["abi"], native);
}

TEST_F(TraceAbi, A32BitCallOfA64BitProgram) {
  TELL(told, {"--int80", "self", "4", b});
  ASSERT_ONE(told.sets);
  EXPECT_THAT(told.sets[0], Tells(Json{{"actor", {{"abi", "i386"}}},
                                       {"arguments", {{"pid", 0}, {"cpusetsize", 4}}},
                                       {"request", b},
                                       {"effective", b},
                                       {"ret", 0},
                                       {"trusted", true}}));
}

TEST_F(TraceAbi, A32BitCallThatFails) {
  TELL(told, {"--int80", "-1", "4", b});
  ASSERT_ONE(told.sets);
  EXPECT_THAT(told.sets[0], Tells(Json{{"actor", {{"abi", "i386"}}},
                                       {"arguments", {{"pid", -1}}},
                                       {"target", nullptr},
                                       {"ret", -3},
                                       {"error", "ESRCH"}}));
}

TEST_F(TraceAbi, A32BitCallOfGet) {
  TELL(told, {"--int80", "--get", "self", "1024", "none"}, {"--get"});
  ASSERT_ONE(told.gets);
  EXPECT_EQ(told.gets[0]["actor"]["abi"], "i386");
}

// tests/kernel/calls32.cpp: its calls of set, in order.
TEST_F(TraceAbi, A32BitProgram) {
#ifdef PINFOLD_CALLS32
  const Output works = run_child({PINFOLD_CALLS32});
  if (works.exit != 0) GTEST_SKIP() << "this kernel runs no 32-bit programs";
  Tracer tracer;
  Child program({PINFOLD_CALLS32});
  const Output output = program.finish();
  const auto sets = tracer.stop().sets_by(program.pid());
  std::vector<std::string> results;
  for (const char* call : {"set", "moved", "set-null", "set-nobody", "set-no-task"}) {
    for (const auto& words : said(output, call))
      results.push_back(words.at(1));
  }
  ASSERT_EQ(sets.size(), results.size() + 1) << "one of them prints the masks that it gave";
  for (const Json& event : sets)
    EXPECT_EQ(event["actor"]["abi"], "i386") << event;
  const std::vector<std::string> lengths = {"0", "1",  "2",  "3",  "4",   "5",    "6",   "7",
                                            "8", "12", "32", "64", "128", "1024", "4096"};
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    EXPECT_EQ(sets[i]["arguments"]["cpusetsize"].dump(), lengths[i]);
    EXPECT_EQ(sets[i]["ret"].dump(), results[i]) << sets[i];
  }
#else
  GTEST_SKIP() << "the compiler makes no 32-bit programs (-m32)";
#endif
}

TEST_F(TraceAbi, BothVersionsOfTheLibraryCall) {
  Tracer tracer({"--get"});
  const Output versions = run_case("versions");
  if (versions.exit == 77 || versions.exit == 127) GTEST_SKIP() << "this C library has one version";
  const auto caller = said(versions, "caller");
  ASSERT_ONE(caller);
  const pid_t tid = std::stoi(caller[0].at(0));
  const Trace trace = tracer.stop();
  const auto sets = trace.sets_by(tid);
  ASSERT_EQ(sets.size(), 2U);
  EXPECT_THAT(sets[0], Tells(Json{{"request", caller[0].at(1)}, {"trusted", true}}));
  EXPECT_THAT(sets[1], Tells(Json{{"request", caller[0].at(2)}, {"trusted", true}}));
  EXPECT_EQ(sets[0]["arguments"]["cpusetsize"], sizeof(cpu_set_t)) << "which that version adds";
  EXPECT_EQ(sets[1]["arguments"]["cpusetsize"], sizeof(cpu_set_t));
}

// Whoever calls the kernel itself needs no library, and no probe on one sees him: `calls` does.

TEST_F(TraceAbi, GetIsToldOnRequest) {
  TELL(told, {"--get", "self", "1024", "none"}, {"--get"});
  ASSERT_ONE(told.gets);
  EXPECT_THAT(told.gets[0], Tells(Json{{"event", "get"},
                                       {"ret", told.result},
                                       {"relation", "self"},
                                       {"arguments", {{"pid", 0}, {"cpusetsize", 1024}}},
                                       {"target", {{"tid", told.actor}}}}));
  EXPECT_GT(told.result, 0);
  EXPECT_EQ(told.gets[0]["answer"], to_cpu_list(own));
}

TEST_F(TraceAbi, GetThatFails) {
  TELL(told, {"--get", "self", "1", "none"}, {"--get"});
  ASSERT_ONE(told.gets);
  EXPECT_THAT(told.gets[0], Tells(Json{{"ret", -22}, {"error", "EINVAL"}, {"answer", nullptr}}));
}

TEST_F(TraceAbi, GetIsNotToldUnasked) {
  TELL(told, {"--get", "self", "1024", "none"});
  EXPECT_THAT(told.trace.events("get"), testing::IsEmpty());
}

}  // namespace
}  // namespace pinfold::test
