// What the tests of this folder may do to the machine that they run on: it is an emulator's.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include <pinfold/cpu_set.h>

#include "kernel/kernel.h"
#include "kernel/world.h"
#include "support/program.h"

namespace pinfold::test {

/// Writes to a file in one write(2): 0, or the errno.
int write_file(const std::string& path, const std::string& text);

/// A CPU that is offline until the end of the block.
class Offline {
 public:
  explicit Offline(unsigned cpu);
  Offline(const Offline&) = delete;
  Offline& operator=(const Offline&) = delete;
  ~Offline() { end(); }
  /// Puts it online again.
  void end();

 private:
  std::string file_;
};

/// What a task has: on a kernel that remembers requests, and on one that forgets them.
CpuSet by_kernel(const char* remembering, const char* forgetting);

/// Ends the program outside of an emulator.
class VmTest : public testing::Test {
 protected:
  VmTest();

  static Kernel& kernel();

  /// A process that sleeps, and has left its CPU.
  static std::unique_ptr<TestProcess> sleeper();
  /// The same, after it asked for these CPUs.
  static std::unique_ptr<TestProcess> sleeper(const char* request);

  /// What the kernel answers; what it refuses is a failure of the test and an empty set.
  static CpuSet effective(Tid tid);
  static CpuSet effective(const TestProcess& process) { return effective(process.pid().leader()); }
  static CpuSet allowed(Tid tid);
  static CpuSet allowed(const TestProcess& process) { return allowed(process.pid().leader()); }
  /// 0, or the errno.
  static int set(Tid tid, const char* cpus);
  static int set(const TestProcess& process, const char* cpus) {
    return set(process.pid().leader(), cpus);
  }
};

}  // namespace pinfold::test
