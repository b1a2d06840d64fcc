#include "pin/change.h"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

#include <pinfold/cpu_list.h>

#include "base/number.h"
#include "base/terminal_text.h"
#include "base/try.h"

namespace pinfold {
namespace {

using Json = nlohmann::ordered_json;

std::string line_of(const Json& json) { return json.dump() + '\n'; }

std::string list_of(const CpuSet& cpus) { return cpus.empty() ? "" : to_cpu_list(cpus); }

// "1234-1240,1300": ten thousand threads are mostly a few runs of numbers.
std::string runs_of(const std::vector<Tid>& threads) {
  std::string text;
  for (std::size_t i = 0; i < threads.size();) {
    std::size_t end = i + 1;
    while (end < threads.size() && threads[end].value() == threads[end - 1].value() + 1)
      ++end;
    if (!text.empty()) text += ',';
    text += std::to_string(threads[i].value());
    if (end - i > 1) text += '-' + std::to_string(threads[end - 1].value());
    i = end;
  }
  return text;
}

std::unexpected<Error> malformed(std::string_view line, const char* reason) {
  return fail({.kind = ErrorKind::syntax, .text = std::string(line), .reason = reason});
}

// As many threads as a system can have (PID_MAX_LIMIT).
constexpr std::size_t most_threads = 4U << 20U;

Result<std::vector<Tid>> parse_runs(std::string_view text) {
  std::vector<Tid> threads;
  while (!text.empty()) {
    const std::string_view run = text.substr(0, text.find(','));
    text.remove_prefix(std::min(run.size() + 1, text.size()));
    const std::size_t dash = run.find('-');
    TRY(const pid_t first, parse_number<pid_t>(run.substr(0, dash)));
    pid_t last = first;
    if (dash != std::string_view::npos) {
      TRY(last, parse_number<pid_t>(run.substr(dash + 1)));
    }
    if (first < 1 || last < first || (!threads.empty() && threads.back() >= Tid(first)) ||
        static_cast<std::size_t>(last - first) >= most_threads - threads.size()) {
      return malformed(run, "not a run of threads");
    }
    for (pid_t tid = first; tid < last; ++tid)
      threads.emplace_back(tid);
    threads.emplace_back(last);
  }
  return threads;
}

Result<CpuSet> parse_cpus(const std::string& list) {
  return list.empty() ? CpuSet() : parse_cpu_list(list);
}

// Numbers of other kinds would be converted, to whatever.
template <class Number>
Result<Number> number_of(const Json& json, const char* key, Number least = 0) {
  const Json& value = json.at(key);
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (std::in_range<Number>(number) && static_cast<Number>(number) >= least) {
      return static_cast<Number>(number);
    }
  }
  return malformed(key, "not a number that it can be");
}

Result<MaskChange> mask_change_of(const Json& json) {
  MaskChange change;
  TRY(change.before, parse_cpus(json.at("before")));
  TRY(change.back, parse_cpus(json.at("back")));
  TRY(change.asked, parse_cpus(json.at("asked")));
  TRY(change.threads, parse_runs(json.at("threads").get<std::string>()));
  if (json.contains("guessed")) change.guessed = json.at("guessed").get<bool>();
  if (json.contains("start_times")) {
    for (const Json& time : json.at("start_times")) {
      if (!time.is_number_unsigned()) return malformed("start_times", "not times");
      change.start_times.push_back(time);
    }
  }
  if (!change.start_times.empty() && change.start_times.size() != change.threads.size()) {
    return malformed("start_times", "not one for each thread");
  }
  return change;
}

Result<ChangeHead> head_of(const Json& json) {
  ChangeHead head;
  TRY(const unsigned version, number_of<unsigned>(json, "schema_version"));
  if (version != 1) return malformed("schema_version", "not 1");
  json.at("boot").get_to(head.system.boot);
  TRY(head.system.pid_namespace, number_of<std::uint64_t>(json, "pid_namespace"));
  TRY(head.time, number_of<std::int64_t>(json, "time"));
  TRY(head.start_time, number_of<std::uint64_t>(json, "start_time"));
  head.command = safe_text(json.at("command").get<std::string>());
  const auto kind = json.at("kind").get<std::string>();
  if (kind != "set" && kind != "dedicate") return malformed(kind, "not a kind of change");
  if (kind == "dedicate") head.kind = ChangeKind::dedicate;
  return head;
}

Result<ProcessChange> process_change_of(const Json& json) {
  ProcessChange change;
  TRY(const pid_t pid, number_of<pid_t>(json, "pid", 1));
  TRY(const pid_t tid, number_of<pid_t>(json, "tid"));
  change.pid = Pid(pid);
  change.tid = Tid(tid);
  json.at("name").get_to(change.name);
  TRY(change.start_time, number_of<std::uint64_t>(json, "start_time"));
  if (!json.at("masks").is_array()) return malformed("masks", "not a list of masks");
  for (const Json& mask : json.at("masks")) {
    TRY(change.masks.emplace_back(), mask_change_of(mask));
  }
  return change;
}

// The library throws where a member is missing or is something else.
template <class Read>
auto read_json(std::string_view line, const Read& read)
    -> Result<std::decay_t<decltype(*read({}))>> {
  const Json json = Json::parse(line, nullptr, false);
  if (json.is_discarded()) return malformed(line, "not JSON");
  try {
    auto said = read(json);
    if (!said) return malformed(line, said.error().reason.c_str());
    return said;
  } catch (const Json::exception& exception) {
    // "[json.exception.out_of_range.403] key 'boot' not found"
    const std::string_view reason = exception.what();
    return malformed(line, std::string(reason.substr(reason.find(']') + 2)).c_str());
  }
}

}  // namespace

std::string to_line(const ChangeHead& head) {
  return line_of({{"schema_version", 1},
                  {"boot", head.system.boot},
                  {"pid_namespace", head.system.pid_namespace},
                  {"time", head.time},
                  {"start_time", head.start_time},
                  {"kind", head.kind == ChangeKind::dedicate ? "dedicate" : "set"},
                  {"command", safe_text(head.command)}});
}

std::string to_line(const ProcessChange& process) {
  Json masks = Json::array();
  for (const MaskChange& mask : process.masks) {
    Json json = {{"before", list_of(mask.before)},
                 {"back", list_of(mask.back)},
                 {"asked", list_of(mask.asked)},
                 {"threads", runs_of(mask.threads)}};
    if (mask.guessed) json["guessed"] = true;
    if (!mask.start_times.empty()) json["start_times"] = mask.start_times;
    masks.push_back(std::move(json));
  }
  return line_of({{"pid", process.pid.value()},
                  {"tid", process.tid.value()},
                  {"name", safe_text(process.name)},
                  {"start_time", process.start_time},
                  {"masks", std::move(masks)}});
}

Result<ChangeHead> parse_change_head(std::string_view line) { return read_json(line, head_of); }

Result<ProcessChange> parse_process_change(std::string_view line) {
  return read_json(line, process_change_of);
}

}  // namespace pinfold
