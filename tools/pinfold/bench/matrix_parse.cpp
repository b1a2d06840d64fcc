#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include <pinfold/cpu_list.h>

#include "base/try.h"
#include "bench/matrix_json.h"
#include "machine/facts.h"

namespace pinfold::tool {
namespace {

using Json = nlohmann::json;

std::unexpected<Error> wrong(std::string reason) {
  return fail(
      {.kind = ErrorKind::unsupported,
       .text = "this file",
       .reason = "it is not what pinfold bench matrix --json writes: " + std::move(reason)});
}

// Null where there is none: the library would throw.
const Json& field(const Json& object, const char* name) {
  static const Json nothing;
  if (!object.is_object()) return nothing;
  const auto found = object.find(name);
  return found == object.end() ? nothing : *found;
}

std::optional<unsigned> small_number(const Json& json) {
  if (!json.is_number_unsigned()) return std::nullopt;
  const auto number = json.get<std::uint64_t>();
  if (number > highest_cpu_in_text.value()) return std::nullopt;
  return static_cast<unsigned>(number);
}

Result<CpuSet> cpu_list(const Json& json, const char* what) {
  if (json.is_string()) {
    if (auto cpus = parse_cpu_list(json.get<std::string>())) return cpus;
  }
  return wrong(std::string(what) + " is no list of CPUs");
}

Result<Machine> read_machine(const Json& whole) {
  MachineFacts facts;
  TRY(const CpuSet online, cpu_list(field(whole, "online"), "online"));
  facts.limits.cpus = {
      .possible = online, .present = online, .online = online, .isolated = {}, .nohz_full = {}};
  for (const Level level : {Level::package, Level::node, Level::die, Level::l3, Level::cluster,
                            Level::l2, Level::core}) {
    CpuSet known;
    for (const Json& list : field(field(whole, "objects"), name(level))) {
      TRY(CpuSet cpus, cpu_list(list, name(level)));
      if (cpus.intersects(known)) return wrong("a CPU stands in two objects of a level");
      known |= cpus;
      facts.objects[level].push_back({.cpus = std::move(cpus)});
    }
  }
  return Machine(std::move(facts));
}

Result<std::vector<CpuId>> read_cpus(const Json& whole, const Machine& machine) {
  std::vector<CpuId> cpus;
  CpuSet known;
  for (const Json& json : field(whole, "cpus")) {
    const auto number = small_number(json);
    if (!number || known.contains(CpuId(*number)) || !machine.online().contains(CpuId(*number)))
      return wrong("cpus are not CPUs that are online");
    known.add(CpuId(*number));
    cpus.emplace_back(*number);
  }
  if (cpus.size() < 2) return wrong("there are no two CPUs in it");
  return cpus;
}

Result<measure::MatrixCell> read_cell(const Json& pair) {
  measure::MatrixCell cell;
  const Json& median = field(pair, "one_way_ns");
  if (median.is_null()) {
    const Json& reason = field(pair, "reason");
    cell.reason = reason.is_string() ? reason.get<std::string>() : "no reason is known";
    return cell;
  }
  measure::Spread spread;
  for (const auto& [name, number] : {std::pair{"one_way_ns", &spread.median},
                                     {"low_ns", &spread.low},
                                     {"high_ns", &spread.high}}) {
    const Json& json = field(pair, name);
    if (!json.is_number() || json.get<double>() < 0)
      return wrong(std::string(name) + " of a pair is no number of nanoseconds");
    *number = json.get<double>();
  }
  spread.count = small_number(field(pair, "samples")).value_or(0);
  cell.one_way_ns = spread;
  return cell;
}

Result<void> read_pairs(const Json& pairs, measure::Matrix& matrix) {
  const auto place_of = [&](const Json& json) -> std::optional<std::size_t> {
    const auto number = small_number(json);
    const auto found = std::ranges::find(matrix.cpus(), CpuId(number.value_or(0)));
    if (!number || found == matrix.cpus().end()) return std::nullopt;
    return found - matrix.cpus().begin();
  };
  for (const Json& pair : pairs) {
    const Json& both = field(pair, "cpus");
    if (!both.is_array() || both.size() != 2) return wrong("a pair has no two CPUs");
    const auto a = place_of(both[0]);
    const auto b = place_of(both[1]);
    if (!a || !b || a == b) return wrong("a pair has no two CPUs of the matrix");
    TRY(matrix.at(*a, *b), read_cell(pair));
  }
  for (std::size_t b = 1; b < matrix.size(); ++b) {
    for (std::size_t a = 0; a < b; ++a) {
      measure::MatrixCell& cell = matrix.at(a, b);
      if (!cell.one_way_ns && cell.reason.empty()) cell.reason = "the file has no such pair";
    }
  }
  return {};
}

std::vector<measure::Doubt> read_doubts(const Json& list) {
  using Kind = measure::Doubt::Kind;
  std::vector<measure::Doubt> doubts;
  for (const Json& json : list) {
    measure::Doubt doubt{.kind = Kind::busy, .spoils = field(json, "spoils") == true, .text = {}};
    for (const Kind kind : {Kind::busy, Kind::stolen, Kind::throttled, Kind::virtual_}) {
      if (field(json, "kind") == name_of(kind)) doubt.kind = kind;
    }
    if (const Json& text = field(json, "text"); text.is_string())
      doubt.text = text.get<std::string>();
    doubts.push_back(std::move(doubt));
  }
  return doubts;
}

}  // namespace

Result<MatrixReport> parse_matrix(std::string_view json) {
  const Json whole = Json::parse(json, nullptr, false);
  if (whole.is_discarded()) return wrong("it is no JSON");
  if (field(whole, "bench") != "matrix" || field(whole, "schema_version") != 1)
    return wrong(R"(its "bench" is not "matrix", or its "schema_version" is not 1)");
  TRY(Machine machine, read_machine(whole));
  TRY(std::vector<CpuId> cpus, read_cpus(whole, machine));
  MatrixReport report{.machine = std::move(machine),
                      .matrix = measure::Matrix(std::move(cpus)),
                      .rounds = small_number(field(whole, "rounds")).value_or(0),
                      .samples = small_number(field(whole, "samples")).value_or(0),
                      .doubts = read_doubts(field(whole, "doubts"))};
  CHECK_OK(read_pairs(field(whole, "pairs"), report.matrix));
  return report;
}

}  // namespace pinfold::tool
