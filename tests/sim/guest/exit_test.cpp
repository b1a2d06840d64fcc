// How `pinfold sim` ends, and what passes through it.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "sim/guest/inside.h"
#include "support/child.h"
#include "support/own_folder.h"
#include "support/sim.h"

namespace pinfold::test {
namespace {

using Json = nlohmann::json;

constexpr const char* machine = "core:8 pu:1";

class SimExit : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string reason = no_sim(); !reason.empty()) GTEST_SKIP() << reason;
  }
  static Output sim(std::vector<std::string> command, ChildOptions options = {}) {
    return run_child(simulated(machine, std::move(command)), std::move(options));
  }
};

TEST_F(SimExit, TheCommandsCodeIsItsOwn) {
  for (const int code : {0, 1, 7, 125, 255}) {
    const Output output = sim({"sh", "-c", "exit " + std::to_string(code)});
    EXPECT_EQ(output.exit, code);
    EXPECT_EQ(output.err, "");
  }
}

// A shell cannot tell whether it was the command or `pinfold sim` that the signal ended.
TEST_F(SimExit, ASignalThatEndsTheCommandIsToldAsAShellTellsIt) {
  for (const auto& [name, number] :
       {std::pair{"TERM", SIGTERM}, std::pair{"KILL", SIGKILL}, std::pair{"SEGV", SIGSEGV}}) {
    const Output native =
        run_child({"sh", "-c", "ulimit -c 0; kill -" + std::string(name) + " $$"});
    const Output output = sim({"sh", "-c", "ulimit -c 0; kill -" + std::string(name) + " $$"});
    EXPECT_EQ(output.exit, 128 + number) << name;
    EXPECT_EQ(output.exit, native.exit) << name;
  }
}

TEST_F(SimExit, ACommandThatIsNotThereIs127) {
  const Output output = sim({"no-such-program-of-pinfold"});
  EXPECT_EQ(output.exit, 127);
  EXPECT_NE(output.err.find("no-such-program-of-pinfold"), std::string::npos) << output.err;
  EXPECT_EQ(sim({"/no/such/program"}).exit, 127);
}

TEST_F(SimExit, AFileThatCannotBeExecutedIs126) {
  const OwnFolder folder;
  const std::string file = folder.path() + "/text";
  std::ofstream(file) << "no program\n";
  ::chmod(file.c_str(), 0644);
  const Output output = sim({file});
  EXPECT_EQ(output.exit, 126);
  EXPECT_NE(output.err.find(file), std::string::npos) << output.err;
  EXPECT_EQ(sim({"/"}).exit, 126);
}

TEST_F(SimExit, FailuresOfOursAre125) {
  EXPECT_EQ(run_child(simulated("/no/such/folder", {"true"})).exit, 125);
  const Output wrong = run_child(simulated("core:0 pu:1", {"true"}));
  EXPECT_EQ(wrong.exit, 125);
  EXPECT_NE(wrong.err.find("core:0"), std::string::npos) << wrong.err;
  EXPECT_EQ(
      run_child({PINFOLD_COMMAND, "sim", "--kernel", "0.1", "--cpus", "2", "--", "true"}).exit,
      125);
  EXPECT_EQ(run_child({PINFOLD_COMMAND, "sim", "--no-such-option", "--", "true"}).exit, 125);
}

TEST_F(SimExit, OptionsChooseTheMachine) {
  const auto nproc = [](std::vector<std::string> options) {
    std::vector<std::string> command = {PINFOLD_COMMAND, "sim"};
    command.insert(command.end(), options.begin(), options.end());
    command.insert(command.end(), {"--", "nproc"});
    return run_child(std::move(command)).out;
  };
  EXPECT_EQ(nproc({"--cpus", "48"}), "48\n");
  EXPECT_EQ(nproc({"--machine", "core:12 pu:2"}), "24\n");
  EXPECT_EQ(nproc({"--cpus", "3", "--kernel", "6.1"}), "3\n");
}

TEST_F(SimExit, StdinComesThroughAndStdoutIsTheCommandsAlone) {
  std::string input;
  for (int i = 0; i < 200'000; ++i)
    input += std::to_string(i) + '\n';
  const Output output = sim({"cat"}, {.input = input});
  EXPECT_EQ(output.out, input);
  EXPECT_EQ(output.err, "");
  EXPECT_EQ(output.exit, 0);
}

TEST_F(SimExit, StderrIsTheCommandsAlone) {
  const Output output = sim({"sh", "-c", "echo out; echo err >&2"});
  EXPECT_EQ(output.out, "out\n");
  EXPECT_EQ(output.err, "err\n");
}

// What a program inherits is what its caller had, and nothing of ours.
TEST_F(SimExit, TheCommandInheritsWhatItsCallerHad) {
  const OwnFolder folder;
  const std::string script =
      "pwd; umask; ulimit -a; echo \"$X\"; ls /proc/self/fd | tr '\\n' ' '; "
      "grep -E '^(Sig(Blk|Ign|Cgt)|Uid|Gid|Groups|Cap(Prm|Eff))' /proc/self/status";
  const ChildOptions options = {.environment = {"X=a b"}, .folder = folder.path()};
  const Output native = run_child({"sh", "-c", script}, options);
  const Output output = sim({"sh", "-c", script}, options);
  EXPECT_EQ(output.out, native.out);
}

TEST_F(SimExit, ClosedStandardFilesStayClosed) {
  const Output output =
      run_child({"sh", "-c", "\"$0\" sim --cpus 4 -- sh -c 'ls /proc/self/fd/0 || echo closed' <&-",
                 PINFOLD_COMMAND});
  EXPECT_NE(output.out.find("closed"), std::string::npos) << output.out << output.err;
}

TEST_F(SimExit, AMachineInsideOfAMachineIsRefusedWithTheReason) {
  const Output output = sim({PINFOLD_COMMAND, "sim", "--cpus", "4", "--", "nproc"});
  EXPECT_EQ(output.exit, 125) << output.out;
  EXPECT_NE(output.err.find("pinfold: "), std::string::npos) << output.err;
}

TEST_F(SimExit, PinfoldItselfWorksThere) {
  const std::string described = "pack:2 numa:1 core:4 pu:2";
  const auto topo = [](const Output& output) { return Json::parse(output.out)["machine"]; };
  const Json there = topo(run_child(simulated(described, {PINFOLD_COMMAND, "topo", "--json"})));
  const Json here = topo(run_child({PINFOLD_COMMAND, "topo", "--machine", described, "--json"}));
  for (const char* part : {"possible", "online", "allowed", "objects"})
    EXPECT_EQ(there[part], here[part]);
  const Output get = run_child(simulated(described, {PINFOLD_COMMAND, "run", "--on", "core:3", "--",
                                                     PINFOLD_COMMAND, "get", "--json"}));
  EXPECT_EQ(get.exit, 0) << get.err;
  EXPECT_EQ(Json::parse(get.out)["threads"][0]["effective"], "6-7") << get.out;
}

}  // namespace
}  // namespace pinfold::test
