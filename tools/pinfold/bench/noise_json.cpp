#include <cmath>
#include <nlohmann/json.hpp>

#include "base/terminal_text.h"
#include "bench/matrix_json.h"
#include "bench/noise_text.h"
#include "bench/numbers.h"

namespace pinfold::tool {
namespace {

Json gaps_json(const measure::Gaps& gaps) {
  Json decades = Json::array();
  for (std::size_t i = 0; i < measure::Gaps::decades; ++i)
    decades.push_back({{"from_ns", measure::decade_begin(i)}, {"gaps", gaps.by_decade.at(i)}});
  return {{"elapsed_ns", gaps.elapsed_ns},
          {"readings", gaps.readings},
          {"clock_ns", hundredths(gaps.clock_ns)},
          {"gaps", gaps.count},
          {"largest_ns", gaps.largest_ns},
          {"largest_is_task", gaps.count > 0 ? Json(gaps.largest_is_task) : Json(nullptr)},
          {"lost_ns", std::llround(gaps.lost_ns)},
          {"lost_share", gaps.lost()},
          {"task_gaps", gaps.task_count},
          {"task_ns", gaps.task_ns},
          {"task_share", gaps.lost_to_tasks()},
          {"decades", std::move(decades)}};
}

Json heard_json(const measure::Heard& heard) {
  Json json = gaps_json(heard.gaps);
  json["preempted"] = heard.preempted;
  json["stolen_ns"] = heard.stolen_ns;
  Json interrupts = Json::array();
  for (const auto& [line, name, count] : heard.interrupts)
    interrupts.push_back({{"line", safe_text(line)}, {"name", safe_text(name)}, {"count", count}});
  json["interrupts"] = std::move(interrupts);
  json["doubts"] = doubts_json(heard.doubts);
  return json;
}

}  // namespace

std::string noise_json(const NoiseReport& report) {
  Json cpus = Json::array();
  for (const measure::Noise& noise : report.cpus) {
    cpus.push_back({{"cpu", noise.cpu.value()},
                    {"isolated", report.isolated.contains(noise.cpu)},
                    {"nohz_full", report.nohz_full.contains(noise.cpu)},
                    {"noise", noise.heard ? heard_json(*noise.heard) : Json(nullptr)},
                    {"reason", noise.heard ? Json(nullptr) : Json(safe_text(noise.reason))}});
  }
  const Json whole = {{"schema_version", 1},
                      {"bench", "noise"},
                      {"duration_ns", report.options.duration_ns},
                      {"threshold_ns", report.options.threshold_ns},
                      {"cpus", std::move(cpus)},
                      {"doubts", doubts_json(report.doubts)},
                      {"error", nullptr}};
  return whole.dump() + '\n';
}

}  // namespace pinfold::tool
