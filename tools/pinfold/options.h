// The options of a command: a table, read once. (A library for this costs a fifth of the time in
// which `run` starts a program; ./dev bench measures it.)
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <pinfold/result.h>

namespace pinfold::tool {

/// Every command has -h, --help and --color too.
class Options {
 public:
  enum class After {
    anything,   ///< options and arguments may be mixed
    arguments,  ///< the first argument ends the options: what follows is somebody else's
  };

  explicit Options(std::string_view command) : command_(command) {}

  /// `--name`, and `-s` if there is a short form.
  void flag(std::string_view name, bool& set, char short_name = '\0');
  /// `--name VALUE` or `--name=VALUE`; `-s VALUE` if there is a short form.
  void value(std::string_view name, std::optional<std::string>& value, char short_name = '\0');
  /// The same, as often as one likes.
  void values(std::string_view name, std::vector<std::string>& values);

  /// Reads what follows the command's name, up to the null pointer. Kind `syntax`, with the reason
  /// alone, for what makes no sense.
  Result<void> read(char** arguments, After after);

  [[nodiscard]] bool help() const { return help_; }
  [[nodiscard]] const std::vector<std::string>& arguments() const { return arguments_; }
  /// With After::arguments: what follows the options, as it stands in argv.
  [[nodiscard]] char** rest() const { return rest_; }

  /// "pinfold: COMMAND: REASON", and where help is.
  void print_usage_error(const Error& error) const;

 private:
  struct Option {
    std::string_view name;  // with its dashes
    char short_name = '\0';
    bool* set = nullptr;
    std::optional<std::string>* value = nullptr;
    std::vector<std::string>* values = nullptr;
  };

  Result<void> read_option(std::string_view argument, char**& rest);
  [[nodiscard]] std::unexpected<Error> unknown(std::string_view argument) const;

  std::string_view command_;
  std::vector<Option> options_;
  std::vector<std::string> arguments_;
  char** rest_ = nullptr;
  bool help_ = false;
};

}  // namespace pinfold::tool
