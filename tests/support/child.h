// A program that a test talks to while it runs.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "support/program.h"

namespace pinfold::test {

struct ChildOptions {
  std::string input = {};                     ///< what it reads from stdin, and then the end
  bool keep_input = false;                    ///< no end yet: type() goes on
  std::vector<std::string> environment = {};  ///< NAME=VALUE, beside the test's own
  std::string folder = {};                    ///< where it starts; the test's own without it
  std::string out_file = {};                  ///< where its stdout goes instead of here
  std::chrono::seconds patience = std::chrono::seconds(60);
};

/// Killed and reaped when destroyed, and killed when the test ends in any way. Whoever waits longer
/// than its patience gets std::runtime_error, with what it said so far.
class Child {
 public:
  explicit Child(std::vector<std::string> arguments, ChildOptions options = {});
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  [[nodiscard]] pid_t pid() const { return pid_; }
  void signal(int number) const;

  void type(std::string_view text);
  void end_input();

  /// Waits until it has said `text` on stdout, or until its end: whether it has.
  bool says(std::string_view text);
  /// The line on stdout that begins with `prefix`, without it; waits for all of it. Empty when
  /// there is none at its end.
  std::string line(std::string_view prefix);

  /// Whether it has ended; does not wait.
  bool has_ended();
  /// Waits for its end: its wait status. Others may go on and keep its pipes.
  int wait();
  /// The same, and what it said, as of run().
  Output finish();

  [[nodiscard]] const std::string& out() const { return out_; }
  [[nodiscard]] const std::string& err() const { return err_; }

 private:
  [[noreturn]] void become(const std::vector<std::string>& arguments) const;
  bool pump(std::chrono::milliseconds at_most = std::chrono::milliseconds::max());
  void read_what_is_there();

  ChildOptions options_;
  std::chrono::steady_clock::time_point deadline_;
  pid_t pid_ = -1;
  int handle_ = -1;  // a pidfd
  int in_ = -1;
  int out_pipe_ = -1;
  int err_pipe_ = -1;
  std::size_t typed_ = 0;
  std::string out_;
  std::string err_;
  bool ended_ = false;
  int status_ = 0;
};

/// Runs it to its end, as run() does, with patience.
Output run_child(std::vector<std::string> arguments, ChildOptions options = {});

}  // namespace pinfold::test
