// What is to be known of who did it.
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "support/cpuset_v1.h"
#include "support/pid_namespace.h"
#include "support/program.h"
#include "trace/trace_fixture.h"

namespace pinfold::test {
namespace {

class TraceActor : public TraceTest {};

std::string own_name() {
  std::ifstream file("/proc/self/comm");
  std::string name;
  std::getline(file, name);
  return name;
}

TEST_F(TraceActor, ProgramAndUser) {
  TELL(told, {"self", "8", b});
  ASSERT_ONE(told.sets);
  EXPECT_THAT(told.sets[0]["actor"],
              Tells(Json{{"exe", std::filesystem::canonical(case_path("calls"))},
                         {"uid", 0},
                         {"ns_pid", told.actor},
                         {"ns_tid", told.actor},
                         {"container", nullptr}}));
}

TEST_F(TraceActor, TheRealUser) {
  TELL(told, {"--uid", "65534", "self", "8", b});
  ASSERT_ONE(told.sets);
  EXPECT_EQ(told.sets[0]["actor"]["uid"], 65534);
}

TEST_F(TraceActor, ParentsFromTheNearestOn) {
  TELL(told, {"self", "8", b});
  ASSERT_ONE(told.sets);
  const Json& parents = told.sets[0]["actor"]["parents"];
  ASSERT_GE(parents.size(), 2U) << parents;
  EXPECT_EQ(parents[0], (Json{{"pid", ::getpid()}, {"comm", own_name()}}));
  EXPECT_EQ(parents[1]["pid"], ::getppid());
}

TEST_F(TraceActor, Cgroup) {
  if (const auto missing = CpusetV1::missing(); !missing.empty()) GTEST_SKIP() << missing;
  CpusetV1 cpuset(own);
  const Victim victim({"quiet", "1"});
  cpuset.move_in(victim.pid());
  TELL(told, {victim.pid_text(), "8", b});
  ASSERT_ONE(told.sets);
  EXPECT_TRUE(told.sets[0]["actor"]["cgroup"].is_string()) << told.sets[0];
  EXPECT_TRUE(told.sets[0]["target"]["cgroup"].is_string()) << told.sets[0];
}

// Names are written by those who bear them.
TEST_F(TraceActor, ANameCannotReachTheTerminal) {
  TELL(told, {"--name", "\x1b[31m\"\\\n\xff\x01", "self", "8", b});
  ASSERT_ONE(told.sets);
  const std::string& text = told.trace.text();
  EXPECT_EQ(std::ranges::count_if(text, [](unsigned char c) { return c < 32 && c != '\n'; }), 0);
  EXPECT_EQ(text.find('\xff'), std::string::npos);
  const std::string comm = told.sets[0]["actor"]["comm"];
  EXPECT_EQ(std::ranges::count_if(comm, [](unsigned char c) { return c < 32; }), 0) << comm;
  EXPECT_NE(comm.find("[31m"), std::string::npos) << comm;
}

TEST_F(TraceActor, ANameCannotReachTheTerminalAsText) {
  Child tracer({PINFOLD_COMMAND, "trace", "--comm", "\x1b*"});
  // Without --json nothing says when it has begun: until it has told one of them.
  std::string all;
  for (int attempt = 0; attempt < 200 && tracer.out().find("[31m") == std::string::npos;
       ++attempt) {
    run_child({case_path("calls"), "--name", "\x1b[31m\x9b\r", "self", "8", b});
    if (tracer.has_ended()) break;
  }
  tracer.signal(SIGINT);
  const Output output = tracer.finish();
  EXPECT_NE(output.out.find("[31m"), std::string::npos) << output.out << output.err;
  for (const std::string& text : {output.out, output.err}) {
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_EQ(text.find('\x9b'), std::string::npos);
    EXPECT_EQ(text.find('\r'), std::string::npos);
  }
}

TEST_F(TraceActor, InAPidNamespaceOfItsOwn) {
  TELL(told, {"--namespace", "self", "8", b});
  ASSERT_ONE(told.sets);
  EXPECT_THAT(told.sets[0],
              Tells(Json{{"actor", {{"pid", told.actor}, {"ns_pid", 2}, {"ns_tid", 2}}},
                         {"target", {{"pid", told.actor}, {"tid", told.actor}}},
                         {"relation", "self"},
                         {"trusted", true}}));
}

TEST_F(TraceActor, ATargetByItsNumberInAPidNamespace) {
  TELL(told, {"--namespace", "init", "8", b});
  ASSERT_ONE(told.sets);
  EXPECT_THAT(told.sets[0], Tells(Json{{"arguments", {{"pid", 1}}},
                                       {"target", {{"pid", told.target}, {"tid", told.target}}},
                                       {"relation", "other"},
                                       {"effective", b},
                                       {"trusted", true}}));
}

TEST_F(TraceActor, NumbersAreThoseOfTheTracersPidNamespace) {
  if (const auto missing = no_pid_namespace(); !missing.empty()) GTEST_SKIP() << missing;
  in_pid_namespace([&] {
    Tracer tracer;
    if (tracer.start()["sampled"] == true) {  // then it knows no numbers but those of /proc
      EXPECT_NE(tracer.start()["legs"].dump().find("pid namespace"), std::string::npos);
      return;
    }
    const Calls calls({"child", "8", b});
    const auto sets = tracer.stop().sets_by(calls.actor);
    ASSERT_ONE(sets);
    EXPECT_THAT(sets[0], Tells(Json{{"actor", {{"pid", calls.actor}, {"ns_pid", calls.actor}}},
                                    {"target", {{"pid", calls.target}}},
                                    {"relation", "child"}}));
    EXPECT_EQ(sets[0]["actor"]["parents"][0]["pid"], ::getpid());
  });
}

TEST_F(TraceActor, CallersAreToldAsPlacesInFiles) {
  Tracer tracer({"--callers"});
  const Calls calls({"--site", "self", "8", b});
  if (calls.site == 0) GTEST_SKIP() << "the program cannot say where its call is";
  const auto sets = tracer.stop().sets_by(calls.actor);
  ASSERT_ONE(sets);
  const Json& callers = sets[0]["callers"];
  ASSERT_FALSE(callers.empty());
  EXPECT_EQ(callers[0], (Json{{"module", std::filesystem::canonical(case_path("calls"))},
                              {"offset", hex(calls.site)}}));
}

TEST_F(TraceActor, CallersAreNotToldUnasked) {
  TELL(told, {"self", "8", b});
  ASSERT_ONE(told.sets);
  const Json callers = told.sets[0].value("callers", Json());
  EXPECT_TRUE(callers.empty()) << callers;
}

}  // namespace
}  // namespace pinfold::test
