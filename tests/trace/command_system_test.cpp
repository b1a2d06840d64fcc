// How the command begins and ends: commands that it starts, signals, pipes, privileges, probes.
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "support/program.h"
#include "trace/trace_fixture.h"

namespace pinfold::test {
namespace {

class TemporaryFile {
 public:
  TemporaryFile() { ::close(::mkstemp(path_.data())); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { ::unlink(path_.c_str()); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/pinfold-trace-XXXXXX";
};

class TraceCommand : public TraceTest {
 protected:
  static std::vector<std::string> with_command(std::vector<std::string> options,
                                               const std::vector<std::string>& command) {
    options.emplace_back("--");
    options.insert(options.end(), command.begin(), command.end());
    return options;
  }
  /// sh, with the output of its script in a file.
  static std::vector<std::string> shell(const std::string& script, const std::string& file) {
    return {"sh", "-c", "exec >" + file + "\n" + script};
  }
  static std::string content(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const TemporaryFile made_;
  const std::string& file_ = made_.path();
};

// CMD.

TEST_F(TraceCommand, EndsWithTheCommandAndHasItsExitCode) {
  Tracer tracer(with_command({}, shell("exit 7", "/dev/null")));
  const Trace trace = tracer.stop(0);
  expect_exact(trace);
  EXPECT_EQ(tracer.exit(), 7);
  EXPECT_EQ(tracer.err(), "");
}

TEST_F(TraceCommand, ACommandThatASignalEnds) {
  Tracer tracer(with_command({}, shell("kill -TERM $$", "/dev/null")));
  expect_exact(tracer.stop(0));
  EXPECT_EQ(tracer.exit(), 128 + SIGTERM);
}

TEST_F(TraceCommand, ACommandThatIsNotThere) {
  const Output output = pinfold({"trace", "--json", "--", "/nowhere/at-all"});
  EXPECT_EQ(output.exit, 127);
  EXPECT_NE(output.err.find("/nowhere/at-all"), std::string::npos) << output.err;
}

TEST_F(TraceCommand, WhatTheCommandDoesIsToldFromItsFirstCallOn) {
  Tracer tracer(with_command({}, shell("exec " + case_path("flood") + " 1", file_)));
  const auto events = tracer.stop(0).events("set");
  const auto calls = std::ranges::count_if(events, [&](const Json& event) {
    return event["actor"].is_object() && event["actor"]["comm"] == "flood" &&
           event["effective"] == a && event["cause"] == "syscall";
  });
  EXPECT_EQ(calls, 1) << testing::PrintToString(events);
  EXPECT_EQ(tracer.exit(), 0);
}

TEST_F(TraceCommand, AndWhatItsChildrenDo) {
  Tracer tracer(with_command({}, shell(case_path("flood") + " 1; :", "/dev/null")));
  const auto events = tracer.stop(0).events("set");
  EXPECT_TRUE(std::ranges::any_of(events, [&](const Json& event) {
    return event["actor"].is_object() && event["actor"]["comm"] == "flood" &&
           event["cause"] == "syscall";
  })) << testing::PrintToString(events);
}

TEST_F(TraceCommand, AndNobodyElse) {
  Child other({case_path("calls"), "--times", "1", "self", "8", b}, {.keep_input = true});
  Tracer tracer(with_command({}, shell(case_path("flood") + " 1; :", "/dev/null")));
  run_case("flood", {"1", "stranger"});
  for (const Json& event : tracer.stop(0).events("set")) {
    if (event["actor"].is_object()) {
      EXPECT_NE(event["actor"]["comm"], "stranger") << event;
    }
  }
}

TEST_F(TraceCommand, TheCommandHasNoneOfOurDescriptors) {
  const auto list = shell("for f in /proc/$$/fd/*; do echo ${f##*/}; done", file_);
  ASSERT_EQ(run_child(list).exit, 0);
  const std::string inherited = content(file_);  // by everybody whom this test starts
  Tracer(with_command({}, list)).stop(0);
  EXPECT_EQ(content(file_), inherited);
}

TEST_F(TraceCommand, TheCommandHasNoneOfOurCapabilitiesNorUsersUnderSudo) {
  const ChildOptions sudo = {
      .environment = {"SUDO_UID=65534", "SUDO_GID=65534", "SUDO_USER=nobody"}};
  const std::string script = "{ id -u; id -g; id -G; grep CapEff /proc/self/status; }";
  ASSERT_EQ(::chmod(file_.c_str(), 0666), 0);
  Tracer(with_command({}, {"sh", "-c", script + " >>" + file_}), {}, sudo).stop(0);
  EXPECT_EQ(content(file_), "65534\n65534\n65534\nCapEff:\t0000000000000000\n");
  Tracer as_root(with_command({"--as-root"}, shell("id -u", file_)), {}, sudo);
  as_root.stop(0);
  EXPECT_EQ(content(file_), "0\n");
}

TEST_F(TraceCommand, TheCommandBeginsWithTheMaskAndSignalsThatItsCallerHas) {
  Tracer tracer(with_command(
      {}, shell("exec grep -E '^(Cpus_allowed_list|SigBlk|SigIgn)' /proc/self/status", file_)));
  tracer.stop(0);
  Tracer none(with_command({"--get"}, shell("exit 0", "/dev/null")));
  none.stop(0);
  // SIGPIPE is what a Child restores for its own program.
  EXPECT_EQ(content(file_),
            "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n"
            "Cpus_allowed_list:\t" +
                to_cpu_list(own) + '\n');
}

// Signals and pipes.

TEST_F(TraceCommand, EndsBySigintAndSigterm) {
  for (const int signal : {SIGINT, SIGTERM}) {
    Tracer tracer;
    const Calls calls({"self", "8", b});
    const Trace trace = tracer.stop(signal);
    EXPECT_EQ(trace.sets_by(calls.actor).size(), 1U) << "what was done before it is told";
    expect_exact(trace);
    EXPECT_EQ(tracer.exit(), 0);
    EXPECT_EQ(tracer.err(), "");
  }
}

TEST_F(TraceCommand, EndsQuietlyWhenNobodyReads) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const std::string pipe = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(ends[1]);
  Child tracer({PINFOLD_COMMAND, "trace", "--json"}, {.out_file = pipe});
  char byte = 0;
  while (byte != '\n')
    ASSERT_EQ(::read(ends[0], &byte, 1), 1);
  ::close(ends[1]);
  ::close(ends[0]);
  while (!tracer.has_ended())
    run_case("flood", {"1"});
  const Output output = tracer.finish();
  EXPECT_EQ(output.err, "");
  EXPECT_THAT(output.exit, testing::AnyOf(0, 1, 128 + SIGPIPE));
}

TEST_F(TraceCommand, AFullDiskIsSaid) {
  Child tracer({PINFOLD_COMMAND, "trace", "--json"}, {.out_file = "/dev/full"});
  const Output output = tracer.finish();
  EXPECT_EQ(output.exit, 1);
  EXPECT_NE(output.err, "");
}

TEST_F(TraceCommand, ATargetThatEndsDoesNotEndTheTrace) {
  auto victim = std::make_unique<Victim>(std::vector<std::string>{"quiet", "1"});
  Tracer tracer({victim->pid_text()});
  ASSERT_EQ(pinfold({"set", b, victim->pid_text()}).exit, 0);
  const pid_t pid = victim->pid();
  victim.reset();
  const Trace trace = tracer.stop();
  EXPECT_EQ(trace.sets_of(pid).size(), 1U);
  expect_exact(trace);
}

TEST_F(TraceCommand, WhatIsWrittenWrongIsUsage) {
  const std::vector<std::vector<std::string>> wrong = {
      {"--leg", "kprobe"},   {"--format", "xml"},
      {"--rate", "0"},       {"--rate", "x"},
      {"--rate", "-1"},      {"--buffer", "x"},
      {"--buffer", "-1"},    {"--failed", "--ok"},
      {"--touches", "what"}, {"--uid", "no-such-user-here"},
      {"--wrong"},           {"--"},
  };
  for (auto arguments : wrong) {
    arguments.insert(arguments.begin(), "trace");
    const Output output = pinfold(arguments);
    EXPECT_THAT(output.exit, testing::AnyOf(1, 2)) << testing::PrintToString(arguments);
    EXPECT_EQ(output.out, "") << testing::PrintToString(arguments);
    EXPECT_TRUE(output.err.starts_with("pinfold: ")) << output.err;
  }
}

TEST_F(TraceCommand, ATargetThatIsNotThere) {
  const Output output = pinfold({"trace", "--json", "2147483646"});
  EXPECT_EQ(output.exit, 1);
  EXPECT_EQ(output.out, "");
  EXPECT_NE(output.err.find("2147483646"), std::string::npos) << output.err;
}

// What is chosen.

/// Where it is not mounted, it is for this test: it has mounts of its own (OwnState).
bool has_tracefs() {
  const std::string folder = "/sys/kernel/tracing";
  const auto there = [&] { return ::access((folder + "/events").c_str(), X_OK) == 0; };
  return there() || (::mount("tracefs", folder.c_str(), "tracefs", 0, nullptr) == 0 && there());
}

TEST_F(TraceCommand, StartSaysWhatWasChosenAndWhatItCannotSee) {
  Tracer tracer;
  const Json& start = tracer.start();
  EXPECT_THAT(start, Tells(Json{{"schema_version", 1}, {"event", "start"}, {"sampled", false}}));
  EXPECT_TRUE(start["kernel"].is_string());
  EXPECT_GE(start["cpu_ids"].get<unsigned>(), own.last()->value() + 1);
  ASSERT_GE(start["legs"].size(), 2U);
  for (const Json& leg : start["legs"]) {
    EXPECT_NE(leg["name"], "") << leg;
    const bool none = leg["chosen"].is_null() || leg["chosen"] == "";
    if (none) {
      EXPECT_NE(leg["reason"], "") << "why there is none: " << leg;
    }
  }
}

TEST_F(TraceCommand, ProbeSaysTheSameAndEnds) {
  const Output json = pinfold({"trace", "--probe", "--json"});
  EXPECT_EQ(json.exit, 0) << json.err;
  EXPECT_EQ(Json::parse(json.out)["legs"], Tracer().start()["legs"]);
  const Output text = pinfold({"trace", "--probe"});
  EXPECT_EQ(text.exit, 0) << text.err;
  const Json start = Json::parse(json.out);
  for (const Json& leg : start["legs"])
    EXPECT_NE(text.out.find(leg["name"].get<std::string>()), std::string::npos) << text.out;
}

TEST_F(TraceCommand, EveryRungOfTheCallLegTellsCalls) {
  for (const char* leg : {"tp_btf", "raw_tp", "tp"}) {
    if (leg == std::string("tp") && !has_tracefs()) GTEST_SKIP() << "no tracefs here";
    TELL(told, {"self", "8", b}, {"--leg", leg});
    ASSERT_ONE(told.sets);
    EXPECT_THAT(told.sets[0], Tells(Json{{"request", b},
                                         {"effective", b},
                                         {"ret", 0},
                                         {"arguments", {{"pid", 0}, {"cpusetsize", 8}}},
                                         {"target", {{"tid", told.actor}}}}))
        << leg;
    const Json legs = told.trace.events("start").at(0)["legs"];
    EXPECT_NE(legs.dump().find(leg), std::string::npos) << legs;
  }
}

TEST_F(TraceCommand, TheLastRungSaysThatItIsBlindFor32BitCalls) {
#ifndef __x86_64__
  GTEST_SKIP() << "of x86-64";
#endif
  if (!has_tracefs()) GTEST_SKIP() << "no tracefs here";
  Tracer tracer({"--leg", "tp"});
  bool said = false;
  for (const Json& leg : tracer.start()["legs"])
    said |=
        leg["blind"].is_string() && leg["blind"].get<std::string>().find("32") != std::string::npos;
  EXPECT_TRUE(said) << tracer.start()["legs"];
  const Calls calls({"--int80", "self", "4", b});
  if (!calls.made) GTEST_SKIP() << "this kernel runs no 32-bit programs";
  EXPECT_EQ(tracer.stop().sets_by(calls.actor).size(), 0U) << "or it is not blind";
}

TEST_F(TraceCommand, SampledSaysThatItIsAndSeesWhatLasts) {
  const Victim victim({"quiet", "1"});
  Tracer tracer({"--sampled"});
  EXPECT_EQ(tracer.start()["sampled"], true);
  ASSERT_EQ(pinfold({"set", b, victim.pid_text()}).exit, 0);
  const Json event = tracer.await([&](const Json& found) {
    return found["event"] == "set" && found["target"]["tid"] == victim.pid();
  });
  EXPECT_THAT(event, Tells(Json{{"cause", "unknown"},
                                {"attribution", "unknown"},
                                {"actor", nullptr},
                                {"old", to_cpu_list(own)},
                                {"old_from", "remembered"},
                                {"effective", b},
                                {"trusted", false},
                                {"arguments", nullptr},
                                {"ret", nullptr}}));
  expect_exact(tracer.stop());
}

// Privileges.

std::vector<std::string> as_nobody(const std::string& capabilities) {
  std::vector<std::string> prefix = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"};
  if (!capabilities.empty()) {
    prefix.push_back("--inh-caps=" + capabilities);
    prefix.push_back("--ambient-caps=" + capabilities);
  }
  return prefix;
}

TEST_F(TraceCommand, TwoCapabilitiesAreEnough) {
  Tracer tracer({}, as_nobody("+bpf,+perfmon"));
  EXPECT_EQ(tracer.start()["sampled"], false) << tracer.start();
  const Victim victim({"quiet", "1"});
  const Calls calls({victim.pid_text(), "8", b});
  const auto sets = tracer.stop().sets_by(calls.actor);
  ASSERT_ONE(sets);
  EXPECT_THAT(sets[0], Tells(Json{{"actor", {{"comm", "calls"}, {"uid", 0}}},
                                  {"target", {{"tid", victim.pid()}, {"comm", "quiet"}}},
                                  {"request", b},
                                  {"kernel_request", b},
                                  {"effective", b},
                                  {"trusted", true}}));
}

TEST_F(TraceCommand, CapabilitiesThatAreNotNeededAreDropped) {
  Tracer tracer;
  std::ifstream status("/proc/" + std::to_string(tracer.pid()) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with("CapEff:")) continue;
    const auto held = std::stoull(line.substr(7), nullptr, 16);
    constexpr int sys_boot = 22;
    constexpr int sys_module = 16;
    constexpr int net_admin = 12;
    for (const int unneeded : {sys_boot, sys_module, net_admin})
      EXPECT_EQ(held >> unneeded & 1U, 0U) << unneeded << " in " << line;
  }
}

TEST_F(TraceCommand, WithoutAnyItSamplesOrSaysWhatIsMissing) {
  try {
    Tracer tracer({}, as_nobody(""));
    EXPECT_EQ(tracer.start()["sampled"], true) << tracer.start();
    EXPECT_NE(tracer.start()["legs"].dump().find("cap_bpf"), std::string::npos) << tracer.start();
    const Victim victim({"quiet", "1"});
    ASSERT_EQ(pinfold({"set", b, victim.pid_text()}).exit, 0);
    tracer.stop();
  } catch (const std::runtime_error& ended) {
    EXPECT_NE(std::string(ended.what()).find("cap_bpf"), std::string::npos) << ended.what();
  }
}

// The shape of Tracee's events.

TEST_F(TraceCommand, FormatTraceeHasItsFieldsAndOurs) {
  Child tracer(
      with_command({PINFOLD_COMMAND, "trace", "--format", "tracee"}, {case_path("flood"), "1"}));
  const Output output = tracer.finish();
  EXPECT_EQ(output.exit, 0) << output.err;
  std::istringstream lines(output.out);
  std::size_t found = 0;
  for (std::string line; std::getline(lines, line);) {
    const Json event = Json::parse(line, nullptr, false);
    if (!event.is_object() || event.value("name", "") != "sched_setaffinity") continue;
    const Json& thread = event.at("workload").at("process").at("thread");
    if (thread.at("name") != "flood") continue;
    ++found;
    EXPECT_EQ(event.at("id"), 204);
    EXPECT_TRUE(event.at("timestamp").get<std::string>().ends_with('Z'));
    EXPECT_EQ(thread.at("syscall"), "sched_setaffinity");
    EXPECT_EQ(thread.at("compat"), false);
    std::vector<std::string> names;
    for (const Json& field : event.at("data"))
      names.push_back(field.at("name"));
    ASSERT_GE(names.size(), 4U);
    EXPECT_EQ(std::vector(names.begin(), names.begin() + 4),
              (std::vector<std::string>{"pid", "cpusetsize", "mask", "returnValue"}));
    EXPECT_EQ(event["data"][0].at("int32"), 0);
    EXPECT_EQ(event["data"][1].at("u_int64"), "8");
    EXPECT_TRUE(event["data"][2].contains("pointer"));
    EXPECT_EQ(event["data"][3].at("int64"), "0");
    EXPECT_THAT(names, testing::Contains("effective"));
  }
  EXPECT_EQ(found, 1U) << output.out;
}

}  // namespace
}  // namespace pinfold::test
