// Programs that are started, waited for, and ended.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include <pinfold/cpu_set.h>
#include <pinfold/ids.h>

namespace pinfold::bench {

/// Where the shell would find the program; nothing if it would not.
std::optional<std::string> find_program(const std::string& name);

/// A program and its arguments. What it says on stdout goes nowhere.
class Command {
 public:
  explicit Command(std::vector<std::string> words) : words_(std::move(words)) {}

  /// Runs it to its end; whether it exited with 0.
  [[nodiscard]] bool run() const;

  [[nodiscard]] std::string& word(std::size_t index) { return words_[index]; }

 private:
  std::vector<std::string> words_;
};

/// A process with so many sleeping threads, for as long as this lives.
class QuietProcess {
 public:
  explicit QuietProcess(unsigned threads);
  QuietProcess(const QuietProcess&) = delete;
  QuietProcess& operator=(const QuietProcess&) = delete;
  ~QuietProcess();

  /// False where the system does not allow so many threads.
  [[nodiscard]] bool is_ready() const { return ready_; }
  [[nodiscard]] Pid pid() const { return Pid(pid_); }

 private:
  pid_t pid_ = -1;
  bool ready_ = false;
};

/// The most memory that a process had at once (VmHWM), in millions of bytes; 0 where nobody tells.
double peak_megabytes(pid_t pid);

/// The CPUs that the calling thread may use.
CpuSet own_cpus();

/// The calling thread, and what it starts, on these CPUs for a while.
class OnCpus {
 public:
  explicit OnCpus(const CpuSet& cpus);
  OnCpus(const OnCpus&) = delete;
  OnCpus& operator=(const OnCpus&) = delete;
  ~OnCpus();

 private:
  CpuSet before_;
};

}  // namespace pinfold::bench
