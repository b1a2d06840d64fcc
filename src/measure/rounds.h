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

/// Of what is disturbed another try is made, up to so many for each round that is wanted.
inline constexpr unsigned tries_per_round = 3;

/// What became of the rounds of one number.
class Rounds {
 public:
  explicit Rounds(unsigned wanted) : wanted_(wanted) {}

  /// A round in which `lost` nanoseconds of `whole` went by without who was measured, though he
  /// could have run. Says whether it counts: up to a twentieth is lost on quiet machines too.
  bool count(std::uint64_t lost, std::uint64_t whole);

  [[nodiscard]] bool is_done() const { return good_ >= wanted_; }
  [[nodiscard]] unsigned good() const { return good_; }
  [[nodiscard]] unsigned tries() const { return tries_; }

  /// Why these rounds make no number: half of those wanted must count. Empty if they do.
  [[nodiscard]] std::string objection(const CpuSet& cpus) const;

 private:
  unsigned wanted_;
  unsigned good_ = 0;
  unsigned tries_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t whole_ = 0;
};

}  // namespace pinfold::measure
