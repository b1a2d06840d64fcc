// Operations from text.
#include <algorithm>
#include <array>

#include <pinfold/cpu_list.h>

#include "base/try.h"
#include "model/scenario/line.h"
#include "model/scenario/names.h"
#include "model/scenario/scenario.h"
#include "model/scenario/words.h"

namespace pinfold::model {
namespace {

using Word = Line::Word;
using Verb = operation::Life::Verb;

Result<Action> read_machine(Line& line) {
  const Word value = line.rest();
  if (value.text.empty()) {
    return line.wrong(value, "a machine is missing, such as pack:1 core:4 pu:2");
  }
  return operation::Setting{.name = "machine", .value = std::string(value.text)};
}

Result<Action> read_kernel(Line& line) {
  std::vector<std::string_view> names;
  for (const Profile& profile : profiles())
    names.push_back(profile.name);
  TRY(const std::size_t which, read_one_of(line, "a kernel", names));
  return operation::Setting{.name = "kernel", .value = std::string(names[which])};
}

Result<Action> read_cpusets(Line& line) {
  TRY(const std::size_t which, read_one_of(line, "a kind of cpusets", hierarchy_names));
  return operation::Setting{.name = "cpusets", .value = std::string(hierarchy_names[which])};
}

Result<Action> read_nr_cpus(Line& line) {
  TRY(const unsigned number,
      read_number<unsigned>(line, "a number of CPUs", 1, highest_cpu_in_text.value() + 1));
  return operation::Setting{.name = "nr_cpus", .value = std::to_string(number)};
}

Result<Action> read_start(Line& line) {
  TRY(std::string made, read_task(line, Name::made));
  return operation::Clone{.creator = "init", .made = std::move(made)};
}

template <System::Make make>
Result<Action> read_clone(Line& line) {
  TRY(std::string creator, read_task(line));
  TRY(std::string made, read_task(line, Name::made));
  return operation::Clone{.creator = std::move(creator), .made = std::move(made), .make = make};
}

Result<Action> read_begin(Line& line) {
  constexpr std::array<std::string_view, 2> kinds = {"fork", "thread"};
  TRY(const std::size_t which, read_one_of(line, "a beginning", kinds));
  TRY(Action action, which == 0 ? read_clone<System::Make::process>(line)
                                : read_clone<System::Make::thread>(line));
  std::get<operation::Clone>(action).begin_only = true;
  return action;
}

template <Verb verb>
Result<Action> read_life(Line& line) {
  TRY(std::string task, read_task(line));
  return operation::Life{.verb = verb, .task = std::move(task)};
}

Result<Action> read_uids(Line& line) {
  // -1 would mean: as before.
  constexpr uid_t highest = ~uid_t{0} - 1;
  operation::Uids uids;
  TRY(uids.task, read_task(line));
  TRY(uids.real, read_number<uid_t>(line, "the real uid", 0, highest));
  TRY(uids.effective, read_number<uid_t>(line, "the effective uid", 0, highest));
  TRY(uids.saved, read_number<uid_t>(line, "the saved uid", 0, highest));
  return uids;
}

Result<Action> read_caps(Line& line) {
  constexpr std::uint64_t highest = ~std::uint64_t{0};
  operation::Capabilities capabilities;
  TRY(capabilities.task, read_task(line));
  TRY(capabilities.permitted,
      read_number<std::uint64_t>(line, "a mask of permitted capabilities", 0, highest, 16));
  TRY(capabilities.effective,
      read_number<std::uint64_t>(line, "a mask of effective capabilities", 0, highest, 16));
  return capabilities;
}

Result<Action> read_set(Line& line) {
  operation::Set set;
  TRY(set.task, read_task(line));
  TRY(set.cpus, read_cpus(line));
  if (line.at_end()) return set;
  if (line.peek().text != "by")
    return line.wrong(line.peek(), "unexpected text: by TASK may follow");
  line.next();
  TRY(set.by, read_task(line));
  return set;
}

Result<Action> read_get(Line& line) {
  TRY(std::string task, read_task(line));
  return operation::Get{std::move(task)};
}

Result<Action> read_mkdir(Line& line) {
  TRY(std::string cgroup, read_path(line));
  return operation::Make{std::move(cgroup)};
}

Result<Action> read_rmdir(Line& line) {
  TRY(std::string cgroup, read_path(line));
  return operation::Remove{std::move(cgroup)};
}

Result<Action> read_write(Line& line) {
  operation::Write write;
  TRY(write.cgroup, read_path(line));
  TRY(write.file, read_file_name(line));
  write.text = line.rest().text;
  return write;
}

Result<Action> read_read(Line& line) {
  operation::Read read;
  TRY(read.cgroup, read_path(line));
  TRY(read.file, read_file_name(line));
  return read;
}

Result<Action> read_move(Line& line) {
  operation::Move move;
  TRY(move.task, read_task(line));
  // A task may be called "thread".
  if (move.task == "thread" && !line.at_end() && line.peek().text.front() != '/') {
    move.thread_only = true;
    TRY(move.task, read_task(line));
  }
  TRY(move.cgroup, read_path(line));
  return move;
}

template <bool online>
Result<Action> read_hotplug(Line& line) {
  TRY(const unsigned cpu, read_number<unsigned>(line, "a CPU", 0, highest_cpu_in_text.value()));
  return operation::Hotplug{.cpu = CpuId(cpu), .online = online};
}

Result<Action> read_show(Line& line) {
  operation::Show show;
  while (!line.at_end()) {
    TRY(show.tasks.emplace_back(), read_task(line));
  }
  return show;
}

struct Reader {
  std::string_view verb;
  Result<Action> (*read)(Line& line);
};

constexpr Reader readers[] = {
    {"machine", read_machine},
    {"kernel", read_kernel},
    {"cpusets", read_cpusets},
    {"nr_cpus", read_nr_cpus},
    {"start", read_start},
    {"fork", read_clone<System::Make::process>},
    {"thread", read_clone<System::Make::thread>},
    {"begin", read_begin},
    {"finish", read_life<Verb::finish>},
    {"exit", read_life<Verb::exit>},
    {"kill", read_life<Verb::kill>},
    {"reap", read_life<Verb::reap>},
    {"spin", read_life<Verb::spin>},
    {"sleep", read_life<Verb::sleep>},
    {"exec", read_life<Verb::exec>},
    {"userns", read_life<Verb::userns>},
    {"deadline", read_life<Verb::deadline>},
    {"uids", read_uids},
    {"caps", read_caps},
    {"set", read_set},
    {"get", read_get},
    {"mkdir", read_mkdir},
    {"rmdir", read_rmdir},
    {"write", read_write},
    {"read", read_read},
    {"move", read_move},
    {"offline", read_hotplug<false>},
    {"online", read_hotplug<true>},
    {"show", read_show},
};

Result<Action> read_action(Line& line) {
  const Word verb = line.next();
  if (verb.text.empty()) return line.wrong(verb, "an operation is missing");
  for (const Reader& reader : readers) {
    if (verb.text == reader.verb) return reader.read(line);
  }
  std::vector<std::string_view> verbs = {"at"};
  for (const Reader& reader : readers)
    verbs.push_back(reader.verb);
  const auto meant = near(verb.text, verbs);
  return line.wrong(verb, "unknown operation " + quoted(verb.text) +
                              (meant ? ": did you mean " + std::string(*meant) + '?'
                                     : ": there are " + listed(verbs)));
}

// A name in capitals is meant as an error's.
Result<std::string> read_expected(const Line& line, const Word& word, const Action& action) {
  if (std::holds_alternative<operation::Show>(action)) {
    return line.wrong(word, "a table cannot be expected");
  }
  if (word.text.empty()) return line.wrong(word, "what is expected is missing behind =>");
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  const bool is_error = word.text.starts_with('E') && std::ranges::all_of(word.text, is_capital);
  if (is_error && !is_errno_name(word.text)) {
    const auto meant = near(word.text, errno_names());
    return line.wrong(word, "unknown error " + quoted(word.text) +
                                (meant ? ": did you mean " + std::string(*meant) + '?' : ""));
  }
  return std::string(word.text);
}

}  // namespace

Result<std::optional<Operation>> parse_operation(std::string_view text) {
  Line line(text);
  if (const auto feed = text.find('\n'); feed != std::string_view::npos) {
    return line.wrong(feed, "an operation is one line");
  }
  if (line.at_end() && !line.expected()) return std::nullopt;
  Operation operation;
  if (line.peek().text == "at") {
    line.next();
    TRY(const std::size_t step, read_one_of(line, "a step", step_names));
    operation.at = static_cast<Step>(step);
  }
  const Word verb = line.peek();
  TRY(operation.action, read_action(line));
  if (operation.at && std::holds_alternative<operation::Setting>(operation.action)) {
    return line.wrong(verb, "how the system is made is said at no step");
  }
  if (!line.at_end()) return line.wrong(line.peek(), "unexpected text");
  if (const auto& expected = line.expected()) {
    TRY(operation.expected, read_expected(line, *expected, operation.action));
  }
  return operation;
}

}  // namespace pinfold::model
