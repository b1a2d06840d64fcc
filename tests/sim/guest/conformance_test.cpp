// Behave as a kernel would: the contract suite and the conformance tables, as they are, on
// simulated machines. They ask what they believe to be the kernel.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "support/child.h"
#include "support/own_folder.h"
#include "support/sim.h"

namespace pinfold::test {
namespace {

using Json = nlohmann::json;

// What cannot be tried there, and why.
const std::map<std::string, std::string> left_out = [] {
  std::map<std::string, std::string> reasons;
  for (const char* name : {"HoldStopsAComputingThreadForAMoment", "HoldLeavesASleeperUndisturbed",
                           "HoldLeavesOtherThreadsAlone", "HeldThreadCanBeHeldAgainByAnother"})
    reasons["Contract." + std::string(name)] = "every task has a tracer: the supervisor";
  for (const char* calls : {"Native", "I386"}) {
    const std::string table = std::string(calls) + "/SetTable.Answers/";
    reasons[table + "PossibleButNotUsable"] = "all possible CPUs are usable there";
    reasons[table + "LastOfTheLeast"] = "with 64 CPUs, all that a short mask can name are usable";
  }
  for (const char* name :
       {"TellsWhatOneTaskIsAskedFor", "RequestIsWhatWasAskedFor", "RefusedCallLeavesTheRequest",
        "ThreadsAndChildrenInheritTheRequest", "WhoHasNeverAskedHasAnEmptyRequest",
        "ProcessIsAllItsThreadsAndNobodyElse", "EverybodyIsInIt", "WhoSleepsIsShownOutsideClone",
        "NobodyIsNoSuchTask", "NeedsTwoCapabilities"}) {
    reasons["SnapshotContract." + std::string(name)] =
        "a task iterator would show the real machine: it is not used under a filter of calls";
  }
  reasons["Set.The32BitCallTakesCpusBehindItsLength"] =
      "with 8 CPUs or fewer, none has a number of 8 to 31";
  return reasons;
}();

// Whether this kernel serves 32-bit programs: what it does not, no machine on it can.
bool has_32_bit_calls() {
#ifdef __x86_64__
  const pid_t child = ::fork();
  if (child == 0) {
    long result = 20;  // getpid
    asm volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
    ::_exit(result > 0 ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
#else
  return false;
#endif
}

bool is_about_32_bits(const std::string& name) {
  return name.starts_with("I386") || name.contains("32Bit");
}

struct Case {
  const char* name;
  const char* machine;
};

void PrintTo(const Case& machine, std::ostream* out) { *out << machine.machine; }

class Conformance : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    if (const std::string reason = no_sim(); !reason.empty()) GTEST_SKIP() << reason;
  }

  // Every test of a binary, run there; at least so many must pass.
  static void expect_passes(const std::string& binary, unsigned least) {
    const OwnFolder folder;
    const std::string file = folder.path() + "/result";
    const Output output = run_child(
        simulated(GetParam().machine, {binary, "--gtest_output=json:" + file}),
        {.environment = {"ASAN_OPTIONS=detect_leaks=0"}, .patience = std::chrono::seconds(200)});
    std::ifstream stream(file);
    const Json result = Json::parse(stream, nullptr, false);
    ASSERT_FALSE(result.is_discarded()) << output.exit << output.out << output.err;
    unsigned passed = 0;
    const bool with_32_bits = has_32_bit_calls();
    for (const Json& suite : result["testsuites"]) {
      for (const Json& test : suite["testsuite"]) {
        const std::string name =
            suite["name"].get<std::string>() + '.' + test["name"].get<std::string>();
        if (test["result"] == "SKIPPED") {
          EXPECT_TRUE(left_out.contains(name) || (!with_32_bits && is_about_32_bits(name)))
              << name << " was skipped";
        } else if (test.contains("failures")) {
          std::string why;
          for (const Json& failure : test["failures"])
            why += failure["failure"].get<std::string>() + '\n';
          ADD_FAILURE() << name << '\n' << why.substr(0, 2000);
        } else {
          ++passed;
        }
      }
    }
    EXPECT_EQ(output.exit, 0) << output.err;
    EXPECT_GE(passed, least);
  }
};

INSTANTIATE_TEST_SUITE_P(Machines, Conformance,
                         testing::Values(Case{"Two", "core:2 pu:1"},
                                         Case{"Eight", "pack:2 numa:1 core:2 pu:2"},
                                         Case{"SixtyFour", "pack:2 core:16 pu:2"}),
                         [](const auto& parameter) { return parameter.param.name; });

TEST_P(Conformance, TheContractAndTheTablesHold) {
  expect_passes(PINFOLD_KERNEL_TESTS, has_32_bit_calls() ? 250 : 170);
}

TEST_P(Conformance, PermissionsAndDeadlinesHold) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  expect_passes(PINFOLD_KERNEL_SYSTEM_TESTS, 40);
}

}  // namespace
}  // namespace pinfold::test
