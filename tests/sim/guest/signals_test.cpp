// Signals, terminals, and who is left when `pinfold sim` is gone.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "sim/guest/inside.h"
#include "sim/guest/terminal.h"
#include "support/child.h"
#include "support/own_folder.h"
#include "support/sim.h"

namespace pinfold::test {
namespace {

constexpr const char* machine = "core:8 pu:1";

class SimSignals : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string reason = no_sim(); !reason.empty()) GTEST_SKIP() << reason;
  }
};

TEST_F(SimSignals, TermToPinfoldReachesTheCommandAndItsStatusComesBack) {
  Child sim(simulated(machine, {PINFOLD_SIGNALLED}), {.keep_input = true});
  ASSERT_TRUE(sim.says("ready\n")) << sim.err();
  sim.signal(SIGTERM);
  EXPECT_EQ(sim.finish().exit, 3);
  EXPECT_EQ(sim.out(), "ready\nterm\n");
}

TEST_F(SimSignals, TermThatEndsTheCommandEndsPinfold) {
  Child sim(simulated(machine, {"sh", "-c", "echo ready; exec sleep 1000"}));
  ASSERT_TRUE(sim.says("ready\n")) << sim.err();
  sim.signal(SIGTERM);
  EXPECT_EQ(sim.finish().exit, 128 + SIGTERM);
}

TEST_F(SimSignals, HupAndIntAndUsrReachTheCommandToo) {
  Child sim(simulated(machine, {PINFOLD_SIGNALLED}), {.keep_input = true});
  ASSERT_TRUE(sim.says("ready\n")) << sim.err();
  for (const auto& [number, name] :
       {std::pair{SIGHUP, "hup\n"}, std::pair{SIGINT, "int\n"}, std::pair{SIGUSR1, "other\n"}}) {
    sim.signal(number);
    EXPECT_TRUE(sim.says(name)) << name << sim.out() << sim.err();
  }
  sim.end_input();
  EXPECT_EQ(sim.finish().exit, 0);
}

TEST_F(SimSignals, CtrlCReachesTheCommandOnce) {
  Terminal terminal(simulated(machine, {PINFOLD_SIGNALLED}));
  ASSERT_TRUE(terminal.shows("ready")) << terminal.screen();
  terminal.type("\x03");
  ASSERT_TRUE(terminal.shows("int")) << terminal.screen();
  terminal.type("\n");
  ASSERT_TRUE(terminal.shows("end")) << terminal.screen();
  const int status = terminal.status();
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  EXPECT_EQ(count_of("int\r\n", terminal.screen()), 1U) << terminal.screen();
}

TEST_F(SimSignals, CtrlCEndsACommandThatDoesNotCatchIt) {
  Terminal terminal(simulated(machine, {"sh", "-c", "echo ready; exec sleep 1000"}));
  ASSERT_TRUE(terminal.shows("ready")) << terminal.screen();
  terminal.type("\x03");
  const int status = terminal.status();
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  EXPECT_EQ(code, 128 + SIGINT);
}

TEST_F(SimSignals, CtrlZStopsTheJobAndItGoesOnInTheForeground) {
  Terminal terminal(simulated(machine, {PINFOLD_SIGNALLED}));
  ASSERT_TRUE(terminal.shows("ready")) << terminal.screen();
  terminal.type("\x1a");
  int status = terminal.status();
  ASSERT_TRUE(WIFSTOPPED(status)) << status;
  EXPECT_EQ(WSTOPSIG(status), SIGTSTP);
  terminal.foreground();
  ASSERT_TRUE(terminal.shows("cont")) << terminal.screen();
  terminal.type("\x1a");
  status = terminal.status();
  ASSERT_TRUE(WIFSTOPPED(status)) << status;
  terminal.foreground();
  terminal.type("\n");
  ASSERT_TRUE(terminal.shows("end")) << terminal.screen();
  status = terminal.status();
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

TEST_F(SimSignals, TheTerminalIsTheCommands) {
  Terminal terminal(simulated(machine, {"sh", "-c", "test -t 0 && test -t 1 && tty && stty size"}));
  const int status = terminal.status();
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

// Whoever of our processes is killed: nobody of the simulated machine is left to find that its
// calls are answered no more, or are answered by the kernel under us.
class SimKilled : public SimSignals {};

TEST_F(SimKilled, WhicheverOfOurProcessesIsKilledAllOthersEnd) {
  for (std::size_t i = 0;; ++i) {
    const Marked marked;
    Child sim(
        simulated(machine,
                  {"sh", "-c",
                   "sleep 1000 & (sleep 1000 & setsid sleep 1000 & wait) & echo ready; wait"}),
        {.environment = {marked.variable()}});
    ASSERT_TRUE(sim.says("ready\n")) << sim.err();
    ASSERT_TRUE(eventually([&] { return marked.others().size() >= 5; }));
    std::vector<pid_t> ours = marked.of_pinfold();
    std::ranges::sort(ours);
    ASSERT_FALSE(ours.empty());
    if (i == ours.size()) break;
    ::kill(ours[i], SIGKILL);
    EXPECT_TRUE(eventually([&] { return marked.others().empty(); }))
        << "of ours, process " << i << " of " << ours.size();
    sim.wait();
    EXPECT_TRUE(eventually([&] { return marked.processes().empty(); })) << "one of ours is left";
  }
}

TEST_F(SimKilled, ADaemonDoesNotKeepPinfoldAndLivesOnItsMachine) {
  const Marked marked;
  const OwnFolder folder;
  const std::string gate = folder.path() + "/gate";
  const std::string answer = folder.path() + "/answer";
  ASSERT_EQ(::mkfifo(gate.c_str(), 0600), 0);
  const std::string daemon =
      "exec </dev/null >/dev/null 2>&1; read line < " + gate +
      "; { nproc; taskset -c 5 grep Cpus_allowed_list /proc/self/status; } > " + answer +
      ".new; mv " + answer + ".new " + answer;
  Child sim(simulated(machine, {"sh", "-c", "setsid sh -c '" + daemon + "' & echo gone; exit 4"}),
            {.environment = {marked.variable()}});
  EXPECT_EQ(sim.finish().exit, 4) << sim.err();
  EXPECT_EQ(sim.out(), "gone\n");
  // It can be opened as soon as the daemon waits to read.
  int writer = -1;
  ASSERT_TRUE(eventually([&] {
    writer = ::open(gate.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    return writer >= 0;
  })) << "the daemon has ended";
  ASSERT_EQ(::write(writer, "go\n", 3), 3);
  ::close(writer);
  ASSERT_TRUE(eventually([&] { return ::access(answer.c_str(), F_OK) == 0; }));
  EXPECT_EQ(text_of(answer), "8\nCpus_allowed_list:\t5\n");
  EXPECT_TRUE(eventually([&] { return marked.processes().empty(); })) << "one of ours is left";
}

TEST_F(SimKilled, NothingIsLeftWhenTheCommandHasEnded) {
  const Marked marked;
  Child sim(simulated(machine, {"true"}), {.environment = {marked.variable()}});
  EXPECT_EQ(sim.finish().exit, 0);
  EXPECT_TRUE(eventually([&] { return marked.processes().empty(); }));
}

}  // namespace
}  // namespace pinfold::test
