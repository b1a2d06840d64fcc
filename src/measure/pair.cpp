#include "measure/pair.h"

#include <algorithm>
#include <random>
#include <utility>

#include "base/try.h"
#include "measure/shuffle.h"

namespace pinfold::measure {
namespace {

constexpr std::uint64_t round_time = 20'000'000;

CpuSet cpus_of(const CpuPair& pair) { return {pair.first, pair.second}; }

// Time that the two were kept from their CPUs by somebody else.
std::uint64_t lost_in(const CpuPair& pair, const PairTimes& times) {
  const auto missing = [](std::uint64_t whole, std::uint64_t had) {
    return whole > had ? whole - had : 0;
  };
  const auto& [parent, child] = times;
  if (pair.sharing == Sharing::cpu)
    return missing(std::max(parent.real, child.real), parent.cpu + child.cpu);
  return std::max(missing(parent.real, parent.cpu), missing(child.real, child.cpu));
}

class Row {
 public:
  Row(const Machine& machine, const CpuPair& pair, Surroundings& surroundings, unsigned rounds)
      : pair_(pair), rounds_(rounds), watch_(surroundings, machine, cpus_of(pair)) {}

  [[nodiscard]] bool is_done() const { return rounds_.is_done() || !failure_.empty(); }

  void run(PairRunner& runner, std::uint64_t calls) {
    watch_.begin();
    const auto times = runner.run(pair_, calls);
    if (!times) {
      failure_ = message(times.error());
      return;
    }
    const std::uint64_t real = std::max(times->parent.real, times->child.real);
    watch_.end(real);
    const std::uint64_t lost = lost_in(pair_, *times);
    if (!rounds_.count(is_disturbed(lost, real), lost, real)) return;
    real_.push_back(static_cast<double>(real));
    cpu_.push_back(static_cast<double>(times->parent.cpu + times->child.cpu));
    user_ += static_cast<double>(times->parent.user + times->child.user);
    system_ += static_cast<double>(times->parent.system + times->child.system);
  }

  [[nodiscard]] PairRow result() const {
    PairRow row{.pair = pair_, .numbers = {}, .reason = objection()};
    if (!row.reason.empty()) return row;
    const auto count = static_cast<double>(real_.size());
    row.numbers = PairNumbers{.real = spread_of(real_),
                              .cpu = spread_of(cpu_),
                              .user = user_ / count,
                              .system = system_ / count};
    return row;
  }

 private:
  [[nodiscard]] std::string objection() const {
    if (!failure_.empty()) return failure_;
    for (const Doubt& doubt : watch_.doubts()) {
      if (doubt.spoils) return doubt.text;
    }
    return rounds_.objection(cpus_of(pair_));
  }

  CpuPair pair_;
  Rounds rounds_;
  Watch watch_;
  std::string failure_;
  std::vector<double> real_;
  std::vector<double> cpu_;
  double user_ = 0;
  double system_ = 0;
};

Result<std::uint64_t> find_calls(std::span<const CpuPair> pairs, PairRunner& runner) {
  Result<std::uint64_t> calls = fail({.kind = ErrorKind::unsupported,
                                      .text = "there is nothing to measure",
                                      .reason = "no CPU may be used"});
  for (const CpuPair& pair : pairs) {
    calls = runner.calls_in(pair.first, round_time);
    if (calls) break;
  }
  return calls;
}

}  // namespace

Result<PairReport> measure_pairs(const Machine& machine, std::span<const CpuPair> pairs,
                                 PairRunner& runner, Surroundings& surroundings,
                                 const PairOptions& options) {
  PairReport report{.calls = options.calls, .rounds = options.rounds};
  if (report.calls == 0) {
    TRY(report.calls, find_calls(pairs, runner));
  }
  std::vector<Row> rows;
  for (const CpuPair& pair : pairs)
    rows.emplace_back(machine, pair, surroundings, options.rounds);
  std::mt19937 random(options.seed);
  for (std::size_t pass = 0; !std::ranges::all_of(rows, &Row::is_done); ++pass) {
    for (const std::size_t i : shuffled(rows.size(), random)) {
      if (!rows[i].is_done()) rows[i].run(runner, report.calls);
    }
    if (options.on_step)
      options.on_step(std::min<std::size_t>(pass + 1, options.rounds), options.rounds);
  }
  for (const Row& row : rows)
    report.rows.push_back(row.result());
  if (surroundings.is_virtual()) report.doubts.push_back(virtual_doubt());
  return report;
}

}  // namespace pinfold::measure
