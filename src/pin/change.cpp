#include "pin/change.h"

#include <algorithm>
#include <nlohmann/json.hpp>

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

Result<MaskChange> mask_change_of(const Json& json) {
  MaskChange change;
  TRY(change.before, parse_cpus(json.at("before")));
  TRY(change.back, parse_cpus(json.at("back")));
  TRY(change.asked, parse_cpus(json.at("asked")));
  TRY(change.threads, parse_runs(json.at("threads").get<std::string>()));
  if (json.contains("start_times")) json.at("start_times").get_to(change.start_times);
  if (!change.start_times.empty() && change.start_times.size() != change.threads.size()) {
    return malformed("start_times", "not one for each thread");
  }
  return change;
}

ChangeHead head_of(const Json& json) {
  ChangeHead head;
  json.at("boot").get_to(head.system.boot);
  json.at("pid_namespace").get_to(head.system.pid_namespace);
  json.at("time").get_to(head.time);
  json.at("start_time").get_to(head.start_time);
  json.at("command").get_to(head.command);
  if (json.at("kind") == "dedicate") head.kind = ChangeKind::dedicate;
  return head;
}

Result<ProcessChange> process_change_of(const Json& json) {
  ProcessChange change;
  change.pid = Pid(json.at("pid"));
  change.tid = Tid(json.at("tid"));
  json.at("name").get_to(change.name);
  json.at("start_time").get_to(change.start_time);
  for (const Json& mask : json.at("masks")) {
    TRY(change.masks.emplace_back(), mask_change_of(mask));
  }
  return change;
}

// The library throws where a member is missing or is something else.
template <class Read>
auto read_json(std::string_view line, const Read& read)
    -> Result<std::decay_t<decltype(*read({}))>> {
  try {
    return read(Json::parse(line));
  } catch (const Json::exception& exception) {
    return malformed(line, exception.what());
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
    if (!mask.start_times.empty()) json["start_times"] = mask.start_times;
    masks.push_back(std::move(json));
  }
  return line_of({{"pid", process.pid.value()},
                  {"tid", process.tid.value()},
                  {"name", safe_text(process.name)},
                  {"start_time", process.start_time},
                  {"masks", std::move(masks)}});
}

Result<ChangeHead> parse_change_head(std::string_view line) {
  return read_json(line, [](const Json& json) -> Result<ChangeHead> { return head_of(json); });
}

Result<ProcessChange> parse_process_change(std::string_view line) {
  return read_json(line, process_change_of);
}

}  // namespace pinfold
