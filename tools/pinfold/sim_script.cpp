#include "sim_script.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include <pinfold/cpu_list.h>

#include "base/file.h"
#include "base/terminal_text.h"
#include "base/try.h"
#include "commands.h"
#include "console.h"
#include "report.h"

namespace pinfold::tool {
namespace {

using model::Happened;
using model::Operation;
using model::Player;
using model::TaskView;

Result<std::string> read_script(const std::string& file) {
  if (file != "-") return read_file(file.c_str());
  const Fd own(::dup(STDIN_FILENO));
  if (!own.is_open()) return fail({.number = EBADF, .text = "stdin"});
  auto content = read_all(own);
  if (!content) content.error().text = "stdin";
  return content;
}

std::vector<std::string_view> lines_of(std::string_view content) {
  std::vector<std::string_view> lines;
  while (!content.empty()) {
    const std::size_t end = std::min(content.find('\n'), content.size());
    lines.push_back(content.substr(0, end));
    if (lines.back().ends_with('\r')) lines.back().remove_suffix(1);
    content.remove_prefix(std::min(end + 1, content.size()));
  }
  return lines;
}

// Where the words stand that an error is about.
std::size_t column_of(std::string_view line, std::string_view words) {
  constexpr std::string_view space = " \t\r";
  const std::size_t first = line.find_first_not_of(space);
  if (words.empty()) return first;
  const auto is_space = [&](std::size_t at) {
    return at >= line.size() || space.contains(line[at]);
  };
  for (auto at = line.find(words); at != std::string_view::npos; at = line.find(words, at + 1)) {
    if ((at == 0 || is_space(at - 1)) && is_space(at + words.size())) return at;
  }
  return first;
}

std::size_t length(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(
      utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80; }));
}

// What came of one operation.
struct Played {
  const Operation* operation = nullptr;
  model::Outcome outcome = {};
  std::vector<TaskView> tasks = {};  // of show
  bool as_expected = true;
};

Json tasks_json(const std::vector<TaskView>& tasks) {
  Json all = Json::array();
  for (const TaskView& task : tasks) {
    all.push_back({{"name", task.name},
                   {"tid", task.number},
                   {"state", task.is_running ? "running" : model::name(task.state)},
                   {"cpu", task.cpu},
                   {"request", task.request ? Json(to_cpu_list(*task.request)) : Json(nullptr)},
                   {"allowed", to_cpu_list(task.allowed)},
                   {"effective", to_cpu_list(task.effective)},
                   {"cgroup", safe_text(task.cgroup)}});
  }
  return all;
}

std::string without_expected(const Operation& operation) {
  Operation alone = operation;
  alone.expected.reset();
  return safe_text(to_text(alone));
}

Json step_json(const Played& played) {
  const Operation& operation = *played.operation;
  const bool is_show = std::holds_alternative<model::operation::Show>(operation.action);
  const int error = played.outcome.error;
  Json step = {{"line", operation.line},
               {"operation", without_expected(operation)},
               {"result", is_show ? "ok" : safe_text(played.outcome.summary())},
               {"errno", error == 0 ? Json(nullptr) : Json(error)}};
  if (operation.expected) {
    step["expected"] = safe_text(*operation.expected);
    step["as_expected"] = played.as_expected;
  }
  if (is_show) step["tasks"] = tasks_json(played.tasks);
  return step;
}

class Script {
 public:
  Script(const SimScript& wish, std::string_view content)
      : wish_(wish), lines_(lines_of(content)) {}

  int play() {
    if (!parse()) return finish();
    for (const auto& setting : wish_.defaults) {
      if (const auto decided = player_.set_default(setting); !decided) {
        error_ = error_json(&decided.error());
        print_error(decided.error());
        finish();
        return decided.error().kind == ErrorKind::syntax ? exit_usage : exit_failed;
      }
    }
    for (const Operation& operation : operations_) {
      if (!play(operation)) return finish();
    }
    for (const Operation& operation : player_.waiting()) {
      if (operation.expected) {
        failed(operation.line,
               "expected " + safe_text(*operation.expected) + ", but no call came to that step");
      } else {
        print_note(place(operation.line) + ": no call came to that step");
      }
    }
    return finish();
  }

 private:
  [[nodiscard]] std::string place(std::size_t line) const {
    return safe_text(wish_.file) + ':' + std::to_string(line);
  }

  // All mistakes of all lines, up to so many that nobody wants to read more.
  bool parse() {
    constexpr unsigned most = 20;
    unsigned mistakes = 0;
    for (std::size_t i = 0; i < lines_.size() && mistakes < most; ++i) {
      auto operation = model::parse_operation(lines_[i]);
      if (!operation) {
        ++mistakes;
        say_wrong(i + 1, operation.error().column, operation.error());
      } else if (*operation) {
        (*operation)->line = i + 1;
        widest_ = std::max(widest_, length(without_expected(**operation)));
        operations_.push_back(std::move(**operation));
      }
    }
    return mistakes == 0;
  }

  // "FILE:LINE:COLUMN: REASON", and the line with a caret; of a long one a part.
  void say_wrong(std::size_t number, std::size_t column, const Error& error) {
    wrong_ = true;
    constexpr std::size_t most = 100;
    const std::string_view line = lines_[number - 1];
    column = std::min(column, line.size());
    const std::size_t start = column > most / 2 && line.size() > most ? column - most / 2 : 0;
    const std::string_view part = line.substr(start, most);
    const std::string reason =
        error.kind == ErrorKind::syntax ? safe_text(error.reason) : message(error);
    const std::size_t shown_column = length(line.substr(0, column)) + 1;
    print_error(place(number) + ':' + std::to_string(shown_column) + ": " + reason + "\n  " +
                safe_text(part) + "\n  " +
                std::string(length(safe_text(part.substr(0, column - start))), ' ') + '^');
    if (const std::string way_out = hint(error); !way_out.empty()) print_hint(way_out);
    if (!error_.is_null()) return;
    error_ = {{"kind", name(error.kind)},
              {"errno", error.number == 0 ? Json(nullptr) : Json(error.number)},
              {"message", reason},
              {"line", number},
              {"column", shown_column}};
  }

  void cannot_play(const Operation& operation, const Error& error) {
    const std::string_view line = lines_[operation.line - 1];
    const bool is_inside = !error.text.empty() && line.contains(error.text);
    say_wrong(operation.line, column_of(line, error.text) + (is_inside ? error.column : 0), error);
  }

  void failed(std::size_t line, const std::string& why) {
    ++failures_;
    print_error(place(line) + ": " + why);
  }

  bool play(const Operation& operation) {
    auto outcome = player_.play(operation);
    if (!outcome) {
      cannot_play(operation, outcome.error());
      return false;
    }
    Json step = tell(operation, std::move(*outcome), "");
    for (const Happened& happened : player_.take_happened()) {
      if (!happened.outcome) {
        cannot_play(happened.operation, happened.outcome.error());
        return false;
      }
      step["meanwhile"].push_back(tell(happened.operation, *happened.outcome, "  "));
    }
    for (const std::string& line : player_.take_log()) {
      if (!wish_.json) std::printf("  kernel: %s\n", safe_text(line).c_str());
      step["log"].push_back(safe_text(line));
    }
    steps_.push_back(std::move(step));
    return true;
  }

  Json tell(const Operation& operation, model::Outcome outcome, const char* indent) {
    Played played{.operation = &operation, .outcome = std::move(outcome)};
    const bool is_show = std::holds_alternative<model::operation::Show>(operation.action);
    if (const auto* show = std::get_if<model::operation::Show>(&operation.action)) {
      if (auto tasks = player_.look_at(show->tasks)) played.tasks = std::move(*tasks);
    }
    const std::string result = played.outcome.summary();
    played.as_expected =
        !operation.expected || played.outcome.waits || *operation.expected == result;
    if (!wish_.json) {
      constexpr std::size_t most = 60;
      const std::string text = indent + without_expected(operation);
      const std::size_t width = std::min(widest_, most);
      const std::string space(width - std::min(width, length(text)) + 2, ' ');
      if (is_show) {
        std::printf("%s\n", text.c_str());
        print_table(played.outcome.text);
      } else {
        std::printf("%s%s%s\n", text.c_str(), space.c_str(), safe_text(result).c_str());
      }
      std::fflush(stdout);
    }
    if (!played.as_expected) {
      failed(operation.line,
             "expected " + safe_text(*operation.expected) + ", and it was " + safe_text(result));
    }
    return step_json(played);
  }

  static void print_table(std::string_view table) {
    for (const std::string_view line : lines_of(table))
      std::printf("  %s\n", safe_text(line).c_str());
  }

  int finish() {
    if (wish_.json) {
      const Json object = {{"schema_version", 1},
                           {"steps", std::move(steps_)},
                           {"failed", failures_},
                           {"error", std::move(error_)}};
      std::puts(object.dump().c_str());
    }
    return wrong_ || failures_ > 0 ? exit_failed : exit_done;
  }

  const SimScript& wish_;
  std::vector<std::string_view> lines_;
  std::vector<Operation> operations_;
  Player player_;
  std::size_t widest_ = 0;
  unsigned failures_ = 0;  // expectations
  bool wrong_ = false;     // the script makes no sense
  Json steps_ = Json::array();
  Json error_;
};

}  // namespace

int play_script(const SimScript& wish) {
  const auto content = read_script(wish.file);
  if (content) return Script(wish, *content).play();
  print_error(content.error());
  if (wish.json) {
    const Json object = {{"schema_version", 1},
                         {"steps", Json::array()},
                         {"failed", 0},
                         {"error", error_json(&content.error())}};
    std::puts(object.dump().c_str());
  }
  return exit_failed;
}

}  // namespace pinfold::tool
