#include "bench/matrix_json.h"

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include <pinfold/cpu_list.h>

#include "base/terminal_text.h"
#include "bench/numbers.h"

namespace pinfold::tool {
namespace {

Json objects_json(const Machine& machine) {
  Json objects = Json::object();
  for (const Level level : {Level::package, Level::node, Level::die, Level::l3, Level::cluster,
                            Level::l2, Level::core}) {
    Json lists = Json::array();
    for (const Object& object : machine.objects(level))
      lists.push_back(to_cpu_list(object.cpus));
    objects[name(level)] = std::move(lists);
  }
  return objects;
}

Json kinds_json(const MatrixReport& report) {
  Json kinds = Json::array();
  for (const auto& [sharing, ns, unknown] : measure::by_sharing(report.machine, report.matrix)) {
    const auto number = [&, count = ns.count](double value) {
      return count > 0 ? Json(hundredths(value)) : Json(nullptr);
    };
    kinds.push_back({{"sharing", name_of(sharing)},
                     {"pairs", ns.count + unknown},
                     {"pairs_without_number", unknown},
                     {"one_way_ns", number(ns.median)},
                     {"low_ns", number(ns.low)},
                     {"high_ns", number(ns.high)},
                     {"least_ns", number(ns.least)},
                     {"most_ns", number(ns.most)}});
  }
  return kinds;
}

Json pair_json(const measure::Sharings& sharings, const measure::Matrix& matrix, std::size_t a,
               std::size_t b) {
  const CpuId first = matrix.cpus()[a];
  const CpuId second = matrix.cpus()[b];
  const auto& [ns, reason] = matrix.at(a, b);
  return {{"cpus", {first.value(), second.value()}},
          {"sharing", name_of(sharings.of(first, second))},
          {"one_way_ns", ns ? Json(hundredths(ns->median)) : Json(nullptr)},
          {"low_ns", ns ? Json(hundredths(ns->low)) : Json(nullptr)},
          {"high_ns", ns ? Json(hundredths(ns->high)) : Json(nullptr)},
          {"samples", ns ? ns->count : 0},
          {"reason", ns ? Json(nullptr) : Json(safe_text(reason))}};
}

}  // namespace

double hundredths(double number) { return std::round(number * 100) / 100; }

std::string matrix_json(const MatrixReport& report) {
  const measure::Matrix& matrix = report.matrix;
  const measure::Sharings sharings(report.machine);
  Json cpus = Json::array();
  for (const CpuId cpu : matrix.cpus())
    cpus.push_back(cpu.value());
  Json pairs = Json::array();
  for (std::size_t a = 0; a < matrix.size(); ++a) {
    for (std::size_t b = a + 1; b < matrix.size(); ++b)
      pairs.push_back(pair_json(sharings, matrix, a, b));
  }
  const Json whole = {{"schema_version", 1},
                      {"bench", "matrix"},
                      {"rounds", report.rounds},
                      {"samples", report.samples},
                      {"online", to_cpu_list(report.machine.online())},
                      {"objects", objects_json(report.machine)},
                      {"cpus", std::move(cpus)},
                      {"sharings", kinds_json(report)},
                      {"pairs", std::move(pairs)},
                      {"doubts", doubts_json(report.doubts)},
                      {"error", nullptr}};
  return whole.dump() + '\n';
}

}  // namespace pinfold::tool
