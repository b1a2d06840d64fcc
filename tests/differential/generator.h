// Operations at random, of which interesting states come.
#pragma once

#include <string>
#include <vector>

#include "differential/cast.h"
#include "differential/host.h"
#include "differential/random.h"

namespace pinfold::test {

/// The same seed makes the same scenario, as long as both sides answer the same.
class Generator {
 public:
  Generator(const Host& host, bool hotplug, std::uint64_t seed);

  /// How many operations the scenario is to have.
  [[nodiscard]] std::size_t length() const { return length_; }
  /// Mostly one that makes sense with that cast; what does not is not played.
  model::Operation next(const Cast& cast);

 private:
  using Make = model::Operation (Generator::*)(const Cast&);
  struct Choice {
    unsigned weight;
    Make make;
  };

  void add(unsigned weight, Make make) {
    choices_.push_back({weight, make});
    total_ += weight;
  }
  std::string member(const Cast& cast);
  std::string doer(const Cast& cast);
  std::string cgroup(const Cast& cast);
  std::string new_name();
  CpuSet mask();
  CpuSet some_of(const CpuSet& cpus);
  std::uint64_t capability_set();
  std::string list();

  model::Operation clone(const Cast& cast);
  model::Operation set(const Cast& cast);
  model::Operation set_oneself(const Cast& cast);
  model::Operation get(const Cast& cast);
  model::Operation life(const Cast& cast);
  model::Operation reap(const Cast& cast);
  model::Operation exec(const Cast& cast);
  model::Operation spin(const Cast& cast);
  model::Operation deadline(const Cast& cast);
  model::Operation userns(const Cast& cast);
  model::Operation uids(const Cast& cast);
  model::Operation capabilities(const Cast& cast);
  model::Operation make_cgroup(const Cast& cast);
  model::Operation remove_cgroup(const Cast& cast);
  model::Operation write(const Cast& cast);
  model::Operation write_cpus(const Cast& cast);
  model::Operation move(const Cast& cast);
  model::Operation hotplug(const Cast& cast);

  const Host& host_;
  Random random_;
  std::size_t length_;
  unsigned made_ = 0;
  unsigned total_ = 0;
  std::string base_;  // what cgroups are made in: "" or "/d"
  std::vector<Choice> choices_;
  std::vector<model::Operation> first_;  // what comes before all others, the last one first
};

}  // namespace pinfold::test
