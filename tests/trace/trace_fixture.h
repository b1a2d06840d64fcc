// What the tests of `pinfold trace` share.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include <pinfold/cpu_set.h>

#include "support/child.h"
#include "support/program.h"
#include "trace/traced.h"

namespace pinfold::test {

/// The path of one of tests/trace/cases.
std::string case_path(const std::string& name);

/// A run of the program `calls`, which lives as long as this.
class Calls {
 public:
  explicit Calls(std::vector<std::string> arguments);

  pid_t actor = 0;
  pid_t target = 0;  ///< 0 or -1 where nobody is meant
  long result = 0;
  std::uint64_t address = 0;
  std::uint64_t site = 0;  ///< with --site: where in its file the call is
  bool made = false;       ///< false: something is missing here that it needs

 private:
  Child child_;
};

/// As addresses are told: "0x7ffd1000".
std::string hex(std::uint64_t number);

/// Words that a case has printed behind `name`, a line after the other.
std::vector<std::vector<std::string>> said(const Output& output, const std::string& name);
/// Runs one of the cases to its end.
Output run_case(const std::string& name, std::vector<std::string> arguments = {},
                std::chrono::seconds patience = std::chrono::seconds(60));

/// Needs root, BPF and two CPUs; skips where one is missing.
class TraceTest : public testing::Test {
 protected:
  TraceTest();
  void SetUp() override;

  /// The tracer's whole stream about one run of `calls`.
  struct Told {
    pid_t actor = 0;
    pid_t target = 0;
    long result = 0;
    std::uint64_t address = 0;
    std::vector<Json> sets;  ///< by that actor
    std::vector<Json> gets;
    Trace trace = Trace("");
  };
  /// Traces the machine while `calls` runs. An actor 0: `calls` cannot do that here.
  static Told tell(const std::vector<std::string>& arguments,
                   const std::vector<std::string>& options = {});

  CpuSet own;     ///< this thread's mask
  std::string a;  ///< two CPUs of it, lowest first, and both
  std::string b;
  std::string ab;
  CpuSet only_a;
  CpuSet only_b;

 private:
  MaskGuard guard_;
};

}  // namespace pinfold::test

/// `const Told told = tell(…)`, or the test is skipped.
#define TELL(told, ...)                \
  const Told told = tell(__VA_ARGS__); \
  if (told.actor == 0) GTEST_SKIP() << "the call cannot be made here"

/// A call is one event: neither none nor two.
#define ASSERT_ONE(events) ASSERT_EQ((events).size(), 1U) << ::testing::PrintToString(events)
