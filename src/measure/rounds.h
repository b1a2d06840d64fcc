// Rounds, and which of them count.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include <pinfold/cpu_set.h>

namespace pinfold::measure {

/// Called after each step of a long measurement: how many are done, and of how many.
using OnStep = std::function<void(std::size_t done, std::size_t of)>;

/// What is disturbed is tried again, up to so many times for each round that is wanted.
inline constexpr unsigned tries_per_round = 3;

/// Whether so much of a time was lost that it tells nothing: up to a twentieth is on quiet machines
/// too.
bool is_disturbed(std::uint64_t lost, std::uint64_t whole);

/// What became of the rounds of one number.
class Rounds {
 public:
  explicit Rounds(unsigned wanted) : wanted_(wanted) {}

  /// A round in which `lost` nanoseconds of `whole` went by without who was measured, though he
  /// could have run. Says whether it counts, which it does if it is not disturbed.
  bool count(bool disturbed, std::uint64_t lost, std::uint64_t whole);

  /// Enough of them count, or so many did not that no more will.
  [[nodiscard]] bool is_done() const { return good_ >= wanted_ || is_hopeless(); }
  [[nodiscard]] unsigned good() const { return good_; }

  /// Why these rounds make no number: half of those wanted must count. Empty if they do.
  [[nodiscard]] std::string objection(const CpuSet& cpus) const;

 private:
  [[nodiscard]] bool is_hopeless() const {
    return tries_ >= wanted_ * tries_per_round || (tries_ >= wanted_ && good_ == 0);
  }

  unsigned wanted_;
  unsigned good_ = 0;
  unsigned tries_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t whole_ = 0;
};

}  // namespace pinfold::measure
