#include "measure/matrix.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

namespace pinfold::measure {
namespace {

struct Pair {
  std::size_t a;
  std::size_t b;
  std::vector<double> samples;
  unsigned disturbed = 0;
  CpuId where;          // it was disturbed last
  std::string refusal;  // why no more samples are taken
};

std::string cpu_text(CpuId cpu) { return "CPU " + std::to_string(cpu.value()); }

std::string ns_text(double ns) { return std::to_string(std::lround(ns)) + " ns"; }

void take_sample(PingPong& instrument, const Matrix& matrix, unsigned rounds, Pair& pair) {
  const auto bounce = instrument.bounce(matrix.cpus()[pair.a], matrix.cpus()[pair.b], rounds);
  if (!bounce) {
    pair.refusal = message(bounce.error());
    return;
  }
  switch (bounce->outcome) {
    case Bounce::Outcome::measured:
      pair.samples.push_back(bounce->one_way_ns);
      break;
    case Bounce::Outcome::disturbed:
      ++pair.disturbed;
      pair.where = bounce->where;
      break;
    case Bounce::Outcome::unanswered:
      pair.refusal = "the thread on " + cpu_text(bounce->where) + " got no answer within 2 s";
      break;
    case Bounce::Outcome::astray:
      pair.refusal = "the pin to " + cpu_text(bounce->where) + " did not take effect";
      break;
  }
}

// The fewest that can be believed of so many tries.
std::size_t enough(unsigned samples) { return std::max(fewest_samples, (samples + 1) / 2); }

MatrixCell judge(const Pair& pair, unsigned samples) {
  if (!pair.refusal.empty()) return {.reason = pair.refusal};
  const std::size_t tries = pair.samples.size() + pair.disturbed;
  if (pair.samples.size() < enough(samples)) {
    return {.reason = "other tasks ran on " + cpu_text(pair.where) + " or its partner in " +
                      std::to_string(pair.disturbed) + " of " + std::to_string(tries) + " samples"};
  }
  const Spread spread = spread_of(pair.samples);
  constexpr double too_wide = 0.3;
  if (spread.width() > too_wide) {
    return {.reason = "the samples lie too far apart: a quarter below " + ns_text(spread.low) +
                      ", a quarter above " + ns_text(spread.high)};
  }
  return {.one_way_ns = spread, .reason = {}};
}

std::vector<Pair> pairs_of(const Matrix& matrix) {
  std::vector<Pair> pairs;
  pairs.reserve(matrix.pairs());
  for (std::size_t b = 1; b < matrix.size(); ++b) {
    for (std::size_t a = 0; a < b; ++a)
      pairs.push_back({.a = a, .b = b, .samples = {}, .where = {}, .refusal = {}});
  }
  return pairs;
}

}  // namespace

Matrix::Matrix(std::vector<CpuId> cpus) : cpus_(std::move(cpus)) {
  cells_.resize(cpus_.empty() ? 0 : cpus_.size() * (cpus_.size() - 1) / 2);
}

std::size_t Matrix::measured() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      cells_, [](const MatrixCell& cell) { return cell.one_way_ns.has_value(); }));
}

unsigned samples_for(std::size_t pairs) {
  constexpr std::size_t all_together = 30'000;
  constexpr std::size_t most = 51;
  constexpr std::size_t fewest = 7;
  // Odd, so that the median is one of them.
  return static_cast<unsigned>(
      std::clamp(all_together / std::max<std::size_t>(pairs, 1), fewest, most) | 1U);
}

std::vector<CpuId> in_order(const Machine& machine, const CpuSet& cpus) {
  std::vector<CpuId> order;
  for (const CpuId cpu : machine.cpus()) {
    if (cpus.contains(cpu)) order.push_back(cpu);
  }
  return order;
}

Matrix measure_matrix(PingPong& instrument, std::vector<CpuId> cpus, const MatrixOptions& options,
                      const SampleCount& count) {
  Matrix matrix(std::move(cpus));
  const unsigned samples =
      options.samples > 0 ? std::max(options.samples, fewest_samples) : samples_for(matrix.pairs());
  std::vector<Pair> pairs = pairs_of(matrix);
  std::vector<Pair*> order;
  for (Pair& pair : pairs)
    order.push_back(&pair);
  std::minstd_rand random(options.seed);
  std::size_t done = 0;
  std::size_t all = pairs.size() * samples;
  for (unsigned pass = 0; pass < 2 * samples && !order.empty(); ++pass) {
    std::ranges::shuffle(order, random);
    for (Pair* pair : order) {
      count(done++, all);
      take_sample(instrument, matrix, options.rounds, *pair);
    }
    std::erase_if(order, [&](const Pair* pair) {
      return !pair->refusal.empty() || pair->samples.size() >= samples;
    });
    // Who needs a sample in place of a disturbed one gets it in a pass behind the others.
    if (pass + 1 >= samples) {
      all = done;
      for (const Pair* pair : order)
        all += std::min<std::size_t>(samples - pair->samples.size(), 2 * samples - pass - 1);
    } else {
      all = done + order.size() * (samples - pass - 1);
    }
  }
  for (const Pair& pair : pairs)
    matrix.at(pair.a, pair.b) = judge(pair, samples);
  return matrix;
}

}  // namespace pinfold::measure
