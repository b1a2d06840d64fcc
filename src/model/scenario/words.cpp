#include "model/scenario/words.h"

#include <pinfold/cpu_list.h>

#include "base/closest.h"
#include "model/scenario/names.h"

namespace pinfold::model {
namespace {

constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_of_name(char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-'; }

// Longer ones are no slip of the finger.
constexpr std::size_t longest_word = 64;

}  // namespace

std::string quoted(std::string_view text) {
  const bool cut = text.size() > longest_word;
  return '"' + std::string(text.substr(0, longest_word)) + (cut ? "..." : "") + '"';
}

std::optional<std::string_view> near(std::string_view word,
                                     std::span<const std::string_view> known) {
  return word.size() > longest_word ? std::nullopt : closest(word, known);
}

std::string listed(std::span<const std::string_view> names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i != 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

Result<std::size_t> read_one_of(Line& line, std::string_view what,
                                std::span<const std::string_view> names) {
  const Line::Word word = line.next();
  if (word.text.empty()) return line.wrong(word, std::string(what) + " is missing");
  const auto found = std::ranges::find(names, word.text);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  const auto meant = near(word.text, names);
  const std::string kind(what.substr(what.find(' ') + 1));
  return line.wrong(word, "unknown " + kind + ' ' + quoted(word.text) +
                              (meant ? ": did you mean " + std::string(*meant) + '?'
                                     : ": there are " + listed(names)));
}

Result<std::string> read_task(Line& line, Name kind) {
  const Line::Word word = line.next();
  if (word.text.empty()) return line.wrong(word, "a task is missing");
  if (!is_letter(word.text.front())) {
    return line.wrong(word, "the name of a task begins with a letter");
  }
  const auto* bad = std::ranges::find_if_not(word.text, is_of_name);
  if (kind == Name::any && bad != word.text.end() && *bad == '/' && bad + 1 != word.text.end()) {
    bad = std::find_if_not(bad + 1, word.text.end(), is_digit);
  }
  if (bad != word.text.end()) {
    return line.wrong(word.column + static_cast<std::size_t>(bad - word.text.begin()),
                      "the name of a task has letters, digits, _ and - only");
  }
  if (word.text.size() > longest_word) {
    return line.wrong(word.column + longest_word, "the name of a task is too long");
  }
  return std::string(word.text);
}

Result<std::string> read_path(Line& line) {
  const Line::Word word = line.next();
  if (word.text.empty()) return line.wrong(word, "a cgroup is missing");
  if (word.text.front() != '/') return line.wrong(word, "a cgroup's path begins with /");
  if (word.text == "/") return std::string(word.text);
  for (std::size_t at = 0; at < word.text.size();) {
    const std::size_t end = std::min(word.text.find('/', at + 1), word.text.size());
    const std::string_view name = word.text.substr(at + 1, end - at - 1);
    if (name.empty()) return line.wrong(word.column + at, "a name is missing behind the slash");
    if (name == "." || name == "..") {
      return line.wrong(word.column + at + 1, "a cgroup's path has no . and ..");
    }
    at = end;
  }
  return std::string(word.text);
}

Result<std::string> read_file_name(Line& line) {
  const Line::Word word = line.next();
  if (word.text.empty()) return line.wrong(word, "a file of the cgroup is missing");
  return std::string(word.text);
}

Result<CpuSet> read_cpus(Line& line) {
  const Line::Word word = line.next();
  if (word.text.empty()) return line.wrong(word, "CPUs are missing: a list, or none");
  if (word.text == nothing_word) return CpuSet();
  auto cpus = parse_cpu_list(word.text);
  if (!cpus) return line.wrong(word.column + cpus.error().column, cpus.error().reason);
  return cpus;
}

}  // namespace pinfold::model
