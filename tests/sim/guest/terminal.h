// A terminal with a shell that has one job in the foreground.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace pinfold::test {

/// The job is in a process group of its own, as a shell would start it. Job, shell and terminal
/// end with this object. Whoever waits longer than a minute gets std::runtime_error, with what was
/// on the terminal.
class Terminal {
 public:
  explicit Terminal(const std::vector<std::string>& job);
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal();

  [[nodiscard]] pid_t job() const { return job_; }
  /// As from a keyboard: "\x03" is Ctrl-C, "\x1a" Ctrl-Z.
  void type(std::string_view text) const;
  /// Waits until it is on the screen; false when the terminal was closed.
  bool shows(std::string_view text);
  [[nodiscard]] const std::string& screen() const { return screen_; }
  /// What the shell learns next of the job, stopped or ended: a wait status.
  int status();
  /// Lets the stopped job go on.
  void foreground() const;

 private:
  [[noreturn]] static void be_shell(const std::vector<std::string>& job, const char* terminal,
                                    int test);
  bool wait_for(int descriptor) const;

  std::chrono::steady_clock::time_point deadline_;
  int terminal_ = -1;
  int shell_socket_ = -1;
  pid_t shell_ = -1;
  pid_t job_ = -1;
  std::string screen_;
};

}  // namespace pinfold::test
