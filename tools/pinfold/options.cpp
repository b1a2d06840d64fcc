#include "options.h"

#include <algorithm>
#include <utility>

#include "base/closest.h"
#include "base/terminal_text.h"
#include "base/try.h"
#include "console.h"

namespace pinfold::tool {
namespace {

std::unexpected<Error> usage(std::string reason) {
  return fail({.kind = ErrorKind::syntax, .reason = std::move(reason)});
}

}  // namespace

void Options::flag(std::string_view name, bool& set, char short_name) {
  options_.push_back({.name = name, .short_name = short_name, .set = &set});
}

void Options::value(std::string_view name, std::optional<std::string>& value, char short_name) {
  options_.push_back({.name = name, .short_name = short_name, .value = &value});
}

void Options::values(std::string_view name, std::vector<std::string>& values) {
  options_.push_back({.name = name, .values = &values});
}

std::unexpected<Error> Options::unknown(std::string_view argument) const {
  const std::string_view name = argument.substr(0, argument.find('='));
  std::vector<std::string_view> names;
  for (const Option& option : options_)
    names.push_back(option.name);
  const auto near = closest(name, names);
  return usage("unknown option " + std::string(argument) +
               (near ? ": did you mean " + std::string(*near) + '?' : ""));
}

Result<void> Options::read_option(std::string_view argument, char**& rest) {
  const bool is_long = argument.starts_with("--");
  const std::string_view name = argument.substr(0, argument.find('='));
  const auto option = std::ranges::find_if(options_, [&](const Option& known) {
    return is_long
               ? known.name == name
               : known.short_name != '\0' && argument.substr(1) == std::string{known.short_name};
  });
  if (option == options_.end()) return unknown(argument);
  const bool has_value = is_long && name.size() < argument.size();
  if (option->set) {
    if (has_value) return usage(std::string(name) + " takes no value");
    *option->set = true;
    return {};
  }
  if (!has_value && !*rest) return usage("a value is missing after " + std::string(name));
  std::string given(has_value ? argument.substr(name.size() + 1) : std::string_view(*rest++));
  if (option->values) {
    option->values->push_back(std::move(given));
  } else {
    *option->value = std::move(given);
  }
  return {};
}

Result<void> Options::read(char** arguments, After after) {
  std::optional<std::string> color;
  flag("--help", help_, 'h');
  value("--color", color);
  rest_ = arguments;
  while (*rest_) {
    const std::string_view argument = *rest_;
    if (argument == "--") {
      ++rest_;
      break;
    }
    if (argument.starts_with('-') && argument != "-") {
      ++rest_;
      CHECK_OK(read_option(argument, rest_));
    } else if (after == After::arguments) {
      break;
    } else {
      arguments_.emplace_back(argument);
      ++rest_;
    }
  }
  if (after == After::anything) {
    while (*rest_)
      arguments_.emplace_back(*rest_++);
  }
  if (!color) return {};
  if (Color chosen{}; parse_color(*color, chosen)) {
    use_color(chosen);
    return {};
  }
  return usage("--color takes auto, always or never, not " + *color);
}

void Options::print_usage_error(const Error& error) const {
  print_error(std::string(command_) + ": " + safe_text(error.reason));
  print_hint("pinfold " + std::string(command_) + " --help shows how it is used");
}

}  // namespace pinfold::tool
