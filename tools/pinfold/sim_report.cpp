#include "sim_report.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

#include <pinfold/cpu_list.h>

#include "base/terminal_text.h"
#include "report.h"

namespace pinfold::tool {
namespace {

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

std::string name_of_error(int number) {
  const char* const name = ::strerrorname_np(number);
  return name ? name : std::to_string(number);
}

std::string set_text(const CpuSet& cpus) { return cpus.empty() ? "none" : to_cpu_list(cpus); }

std::string who_text(const sim::Who& who) {
  return safe_text(who.name) + " (" + std::to_string(who.tid) + ')';
}

Json who_json(const sim::Who& who) {
  if (who.tid == 0) return nullptr;
  return {{"pid", who.pid}, {"tid", who.tid}, {"name", safe_text(who.name)}};
}

Json set_json(const sim::SetCall& call) {
  return {{"seconds", seconds(call.when)},
          {"actor", who_json(call.actor)},
          {"target", who_json(call.target)},
          {"asked", to_cpu_list(call.asked)},
          {"before", to_cpu_list(call.before)},
          {"effective", to_cpu_list(call.effective)},
          {"error", call.error == 0 ? Json(nullptr) : Json(name_of_error(call.error))}};
}

std::string set_line(const sim::SetCall& call) {
  char time[32];
  (void)std::snprintf(time, sizeof time, "%10.6f s  ", seconds(call.when));
  std::string line = time + who_text(call.actor);
  const bool itself = call.target.tid == call.actor.tid;
  if (call.target.tid == 0) {
    line += " sets a task that is not there";
  } else {
    line += itself ? " sets itself" : " sets " + who_text(call.target);
  }
  line += " to " + set_text(call.asked);
  if (call.error != 0) return line + ": " + name_of_error(call.error) + '\n';
  if (call.effective != call.asked) line += ", and has " + set_text(call.effective);
  return line + '\n';
}

std::string count_text(std::uint64_t count, const char* one, const char* many) {
  return std::to_string(count) + ' ' + (count == 1 ? one : many);
}

std::string left_out(std::uint64_t all, std::size_t shown) {
  if (all == shown) return {};
  return "  … and " + std::to_string(all - shown) + " more\n";
}

}  // namespace

std::string report_json(const sim::Record& record) {
  Json sets = Json::array();
  for (const sim::SetCall& call : record.sets)
    sets.push_back(set_json(call));
  Json widened = Json::array();
  for (const sim::Widened& one : record.widened) {
    widened.push_back({{"thread", who_json(one.thread)},
                       {"parent", who_json(one.parent)},
                       {"began_with", to_cpu_list(one.began_with)},
                       {"ended_with", to_cpu_list(one.ended_with)}});
  }
  const Json object = {{"schema_version", 1},
                       {"tasks", record.tasks},
                       {"still_running", record.still_running},
                       {"set_calls", record.set_calls},
                       {"refused", record.refused},
                       {"threads_widened", record.threads_widened},
                       {"sets", std::move(sets)},
                       {"widened", std::move(widened)}};
  return object.dump() + '\n';
}

std::string report_text(const sim::Record& record) {
  std::string text = "pinfold: report: " + count_text(record.tasks, "task", "tasks") + ", " +
                     count_text(record.set_calls, "mask set", "masks set");
  if (record.refused != 0) text += ", " + std::to_string(record.refused) + " refused";
  if (record.still_running != 0) text += "; " + std::to_string(record.still_running) + " still run";
  text += '\n';
  for (const sim::SetCall& call : record.sets)
    text += "  " + set_line(call);
  text += left_out(record.set_calls, record.sets.size());
  if (record.threads_widened == 0) return text;
  text += "ended with CPUs that their parents had not given them:\n";
  for (const sim::Widened& one : record.widened) {
    text += "  " + who_text(one.thread);
    if (one.parent.tid != 0) text += " of " + who_text(one.parent);
    text += ": began with " + set_text(one.began_with) + ", ended with " +
            set_text(one.ended_with) + '\n';
  }
  return text + left_out(record.threads_widened, record.widened.size());
}

}  // namespace pinfold::tool
