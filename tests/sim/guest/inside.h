// Tests that run inside of a simulated machine, and what they leave behind.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

namespace pinfold::test {

struct InsideOptions {
  std::vector<std::string> sim = {};       ///< options of `pinfold sim`
  std::vector<std::string> launcher = {};  ///< what starts `pinfold sim`: "setpriv …"
};

/// Runs `body`, which makes assertions, in a simulated machine: this program is started there once
/// more, for this test only. What fails there fails the test, what is skipped there skips it. What
/// `pinfold sim` and `body` say on stderr comes back.
std::string inside(const std::string& machine, const std::function<void()>& body,
                   const InsideOptions& options = {});

/// Whether this is the program that inside() has started.
bool is_inside();

/// Starts a command as an ordinary user, whom no file names.
std::vector<std::string> as_ordinary_user();
/// Why it cannot; empty where it can. An ordinary user needs user namespaces to simulate.
std::string no_ordinary_user();
/// The same user, to whom /dev/fuse is open as on most systems, whatever it is here: through it his
/// cgroups are shown.
std::vector<std::string> as_ordinary_user_with_fuse();

/// Everybody who was started with `variable()` in the environment, until this object ends: then
/// they are killed, each by its number.
class Marked {
 public:
  Marked();
  Marked(const Marked&) = delete;
  Marked& operator=(const Marked&) = delete;
  ~Marked();

  [[nodiscard]] const std::string& variable() const { return variable_; }
  [[nodiscard]] std::vector<pid_t> processes() const;
  /// Those that run the pinfold command, and those that do not.
  [[nodiscard]] std::vector<pid_t> of_pinfold() const;
  [[nodiscard]] std::vector<pid_t> others() const;

 private:
  std::string variable_;
};

/// How often `part` stands in `text`.
std::size_t count_of(const std::string& part, const std::string& text);

/// The value of a field of a status file's text: "Cpus_allowed_list".
std::string status_field(const std::string& text, const std::string& name);

/// All of a file; empty where it cannot be read.
std::string text_of(const std::string& path);

/// Waits for something that must come: false after ten seconds.
bool eventually(const std::function<bool()>& condition);

}  // namespace pinfold::test
