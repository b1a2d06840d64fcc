#include "measure/migrate.h"

#include <algorithm>
#include <random>
#include <utility>

#include "measure/shuffle.h"

namespace pinfold::measure {
namespace {

// One pair and one size.
class Cell {
 public:
  Cell(const Machine& machine, const CpuPair& pair, std::size_t bytes, Surroundings& surroundings,
       unsigned rounds)
      : pair_(pair),
        bytes_(bytes),
        rounds_(rounds),
        watch_(surroundings, machine, {pair.first, pair.second}) {}

  [[nodiscard]] bool is_done() const { return rounds_.is_done() || !failure_.empty(); }

  void run(Mover& mover) {
    watch_.begin();
    const auto trial = mover.run(pair_, bytes_);
    if (!trial) {
      failure_ = message(trial.error());
      return;
    }
    watch_.end(trial->whole);
    const MoveTimes& stayed = trial->stayed;
    const MoveTimes& moved = trial->moved;
    const std::uint64_t whole = stayed.call + stayed.walk + moved.call + moved.walk;
    const bool disturbed = is_disturbed(lost_in(*trial), whole);
    if (!rounds_.count(disturbed, trial->waited, trial->whole)) return;
    stayed_calls_.push_back(static_cast<double>(stayed.call));
    moved_calls_.push_back(static_cast<double>(moved.call));
    stayed_.push_back(static_cast<double>(stayed.walk));
    moved_.push_back(static_cast<double>(moved.walk));
    cost_.push_back(static_cast<double>(moved.walk) - static_cast<double>(stayed.walk));
  }

  [[nodiscard]] WalkRow walk_row() const {
    WalkRow row{.bytes = bytes_, .numbers = {}, .reason = objection()};
    if (row.reason.empty()) {
      row.numbers = WalkNumbers{
          .stayed = spread_of(stayed_), .moved = spread_of(moved_), .cost = spread_of(cost_)};
    }
    return row;
  }

  [[nodiscard]] CallNumbers call_numbers() const {
    return {.stayed = spread_of(stayed_calls_), .moved = spread_of(moved_calls_)};
  }

  [[nodiscard]] std::string objection() const {
    if (!failure_.empty()) return failure_;
    for (const Doubt& doubt : watch_.doubts()) {
      if (doubt.spoils) return doubt.text;
    }
    return rounds_.objection({pair_.first, pair_.second});
  }

 private:
  // A CPU that slept takes some time to wake up: that belongs to the move.
  static std::uint64_t lost_in(const MoveTrial& trial) {
    constexpr std::uint64_t to_wake_up = 100'000;
    const auto more = [](std::uint64_t a, std::uint64_t b) { return a > b ? a - b : 0; };
    const std::uint64_t from_walks = more(trial.stayed.walk, trial.stayed.walk_cpu) +
                                     more(trial.moved.walk, trial.moved.walk_cpu);
    return std::max(from_walks, more(trial.waited, to_wake_up));
  }

  CpuPair pair_;
  std::size_t bytes_;
  Rounds rounds_;
  Watch watch_;
  std::string failure_;
  std::vector<double> stayed_calls_;
  std::vector<double> moved_calls_;
  std::vector<double> stayed_;
  std::vector<double> moved_;
  std::vector<double> cost_;
};

}  // namespace

MigrateReport measure_migrations(const Machine& machine, std::span<const CpuPair> pairs,
                                 Mover& mover, Surroundings& surroundings,
                                 const MigrateOptions& options) {
  MigrateReport report{.rounds = options.rounds};
  std::vector<Cell> cells;
  for (const CpuPair& pair : pairs) {
    if (pair.first == pair.second) continue;
    report.rows.push_back({.pair = pair});
    cells.emplace_back(machine, pair, 0, surroundings, options.rounds);
    for (const std::size_t bytes : options.sizes)
      cells.emplace_back(machine, pair, bytes, surroundings, options.rounds);
  }
  std::mt19937 random(options.seed);
  for (std::size_t pass = 0; !std::ranges::all_of(cells, &Cell::is_done); ++pass) {
    for (const std::size_t i : shuffled(cells.size(), random)) {
      if (!cells[i].is_done()) cells[i].run(mover);
    }
    if (options.on_step)
      options.on_step(std::min<std::size_t>(pass + 1, options.rounds), options.rounds);
  }
  auto cell = cells.begin();
  for (MigrateRow& row : report.rows) {
    row.reason = cell->objection();
    if (row.reason.empty()) row.call = cell->call_numbers();
    ++cell;
    for (std::size_t i = 0; i < options.sizes.size(); ++i)
      row.walks.push_back((cell++)->walk_row());
  }
  if (surroundings.is_virtual()) report.doubts.push_back(virtual_doubt());
  return report;
}

}  // namespace pinfold::measure
