// Other programs, run by tests.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include <pinfold/cpu_set.h>

#include "support/print.h"

namespace pinfold::test {

struct Output {
  std::string out;
  std::string err;
  int exit = -1;  ///< its exit code; 128 + N when signal N ended it
};

/// Runs a program to its end. `arguments` begins with the program's path or name; `name`, where
/// given, is what it finds as argv[0].
Output run(const std::vector<std::string>& arguments, const std::string& name = {});

/// The pinfold command under test.
Output pinfold(std::vector<std::string> arguments);

/// A program that runs until the test is over. It says on stdout when it is ready: a line with
/// its pid. Killed and reaped when destroyed.
class Victim {
 public:
  /// One of tests/victims, with its arguments; or the path of a copy.
  explicit Victim(std::vector<std::string> arguments);
  Victim(const Victim&) = delete;
  Victim& operator=(const Victim&) = delete;
  ~Victim();

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] std::string pid_text() const { return std::to_string(pid_); }
  /// What it wrote to stdout since, up to now; does not wait.
  std::string output();
  /// All its threads, in SIGSTOP until the end, so that they stand still to be counted.
  std::vector<pid_t> stop();

 private:
  pid_t pid_ = -1;
  int output_ = -1;
};

/// The threads of a process at this moment, ascending.
std::vector<pid_t> threads_of(pid_t pid);

/// The set that a CPU list names.
CpuSet cpus(const char* list);

/// What sched_getaffinity(2) says of a thread, asked without our own library. 0: the caller.
CpuSet mask_of(pid_t tid);

/// Puts the calling thread's mask back as it was when the test is over.
class MaskGuard {
 public:
  MaskGuard();
  MaskGuard(const MaskGuard&) = delete;
  MaskGuard& operator=(const MaskGuard&) = delete;
  ~MaskGuard();

 private:
  CpuSet before_;
};

}  // namespace pinfold::test
