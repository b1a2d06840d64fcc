// `trace --record` in earnest: masks that change while it records, and what `log` and `why` say
// of it afterwards (needs root and BPF).
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "support/own_folder.h"
#include "support/own_state.h"
#include "trace/trace_fixture.h"

namespace pinfold::test {
namespace {

using testing::HasSubstr;

class LogSystem : public TraceTest {
 protected:
  [[nodiscard]] std::vector<Json> log(std::vector<std::string> options) const {
    options.insert(options.begin(), {"log", "--json", "--history", path_});
    return Trace(pinfold(std::move(options)).out).events("set");
  }
  [[nodiscard]] std::vector<Json> log_of(pid_t target) const {
    return log({"--task", "tid:" + std::to_string(target)});
  }
  // Until the history has a change of that thread: it is on the disk some tenths of a second later.
  [[nodiscard]] std::vector<Json> await_log_of(pid_t target) const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    for (;;) {
      auto found = log_of(target);
      if (!found.empty() || std::chrono::steady_clock::now() > end) return found;
      std::this_thread::yield();
    }
  }
  [[nodiscard]] std::string log_text() const { return pinfold({"log", "--history", path_}).out; }

  OwnFolder folder_;
  std::string path_ = folder_.path() + "/history.db";
  const std::vector<std::string> record_ = {"--history", path_};
};

TEST_F(LogSystem, WhatWasTracedIsInTheLogLineByLine) {
  Tracer tracer(record_);
  const Calls calls({"child", "8", b});
  ASSERT_TRUE(calls.made);
  const Trace trace = tracer.stop(SIGTERM);
  EXPECT_EQ(tracer.exit(), 0) << tracer.err();
  EXPECT_THAT(tracer.err(), HasSubstr("recorded "));
  const auto told = trace.sets_of(calls.target);
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(log_of(calls.target), told) << "the very same lines";
  const auto by_actor = log({"--actor", "tid:" + std::to_string(calls.actor), "--cpu", b});
  ASSERT_FALSE(by_actor.empty());
  EXPECT_THAT(by_actor[0], Tells(Json{{"target", {{"tid", calls.target}}}, {"effective", b}}));
}

TEST_F(LogSystem, WhileItIsRecordedItCanBeRead) {
  const Tracer tracer(record_);
  const Calls calls({"self", "8", b});
  ASSERT_TRUE(calls.made);
  EXPECT_FALSE(await_log_of(calls.target).empty());
  EXPECT_THAT(log_text(), testing::Not(HasSubstr("nothing recorded")));
  // And nobody else records there meanwhile.
  const Output second = pinfold({"trace", "--history", path_});
  EXPECT_EQ(second.exit, 1);
  EXPECT_THAT(second.err, HasSubstr(path_));
  EXPECT_THAT(second.err, HasSubstr("another pinfold"));
}

TEST_F(LogSystem, ARecorderThatIsKilledLeavesAGapAndNothingIsLost) {
  pid_t target = 0;
  {
    Tracer tracer(record_);
    const Calls calls({"self", "8", b});
    ASSERT_TRUE(calls.made);
    target = calls.target;
    ASSERT_FALSE(await_log_of(target).empty());
    tracer.stop(SIGKILL);
  }
  EXPECT_FALSE(log_of(target).empty());
  Tracer next(record_);
  const Calls calls({"self", "8", a});
  ASSERT_TRUE(calls.made);
  next.stop(SIGTERM);
  EXPECT_FALSE(log_of(target).empty());
  EXPECT_FALSE(log_of(calls.target).empty());
  EXPECT_THAT(log_text(), HasSubstr("the recording ended unexpectedly"));
}

TEST_F(LogSystem, TheFileIsTheOwnersAlone) {
  Tracer tracer(record_);
  for (const char* suffix : {"", "-wal", "-shm", "-lock"}) {
    struct stat status{};
    ASSERT_EQ(::stat((path_ + suffix).c_str(), &status), 0) << suffix;
    EXPECT_EQ(status.st_mode & 07777U, 0600U) << suffix;
  }
  tracer.stop(SIGTERM);
}

// Root's usual history is below /var/lib: here an empty one, that only this test sees.
class WhyOutOfTheHistory : public LogSystem {
 protected:
  void SetUp() override {
    LogSystem::SetUp();
    if (IsSkipped()) return;
    if (OwnState::folder().empty()) GTEST_SKIP() << "there are no mounts of one's own here";
    is_mounted_ = ::mount("tmpfs", "/var/lib", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") == 0;
    ASSERT_TRUE(is_mounted_);
    path_ = "/var/lib/pinfold/history.db";
  }
  void TearDown() override {
    if (is_mounted_) ::umount2("/var/lib", MNT_DETACH);
  }

 private:
  bool is_mounted_ = false;
};

TEST_F(WhyOutOfTheHistory, WhoAskedForItAndWhen) {
  const Victim victim({"quiet", "1"});
  Tracer tracer({"--record"});
  const Output set = run({"taskset", "-pc", b, victim.pid_text()});
  if (set.exit != 0) GTEST_SKIP() << "no taskset: " << set.err;
  ASSERT_FALSE(await_log_of(victim.pid()).empty());
  const Output why = pinfold({"why", "tid:" + victim.pid_text()});
  EXPECT_THAT(why.out, HasSubstr("taskset ("));
  EXPECT_THAT(why.out, HasSubstr("of root, which asked for " + b));
  EXPECT_THAT(why.out, HasSubstr("pinfold log --task tid:" + victim.pid_text()));
  tracer.stop(SIGTERM);
  EXPECT_EQ(pinfold({"log", "--task", victim.pid_text()}).exit, 0) << "the usual one is looked at";
  // Whoever has changed it since, unseen, is not that taskset.
  ASSERT_EQ(run({"taskset", "-pc", ab, victim.pid_text()}).exit, 0);
  ASSERT_EQ(run({"taskset", "-pc", a, victim.pid_text()}).exit, 0);
  EXPECT_THAT(pinfold({"why", "tid:" + victim.pid_text()}).out,
              testing::Not(HasSubstr("which asked for")));
}

// Claim T06, after the fact: whoever sets the affinity of its threads or children.
TEST_F(LogSystem, T06_WhoSetTheAffinityOfItsThreadsOrChildrenIsFoundAfterwards) {
  for (const auto& [target, relation] : {std::pair{"self", "self"},
                                         {"thread", "thread"},
                                         {"child", "child"},
                                         {"grandchild", "descendant"}}) {
    Tracer tracer(record_);
    const Calls calls({target, "8", b});
    ASSERT_TRUE(calls.made);
    tracer.stop(SIGTERM);
    const auto found = log({"--actor", "tid:" + std::to_string(calls.actor), "--task",
                            "tid:" + std::to_string(calls.target), "--cpu", b});
    ASSERT_FALSE(found.empty()) << target;
    EXPECT_THAT(found.back(), Tells(Json{{"actor", {{"tid", calls.actor}}},
                                         {"target", {{"tid", calls.target}}},
                                         {"relation", relation}}));
  }
}

}  // namespace
}  // namespace pinfold::test
