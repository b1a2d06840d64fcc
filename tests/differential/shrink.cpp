#include "differential/shrink.h"

#include <algorithm>
#include <chrono>

namespace pinfold::test {
namespace {

namespace op = model::operation;
using std::chrono::steady_clock;

class Shrinker {
 public:
  Shrinker(Scenario scenario, const std::function<bool(const Scenario&)>& differs, unsigned seconds)
      : best_(std::move(scenario)),
        differs_(differs),
        end_(steady_clock::now() + std::chrono::seconds(seconds)) {}

  Scenario run() {
    while (remove_pieces() || simplify_masks()) {
    }
    return std::move(best_);
  }

 private:
  bool is_over() const { return steady_clock::now() > end_; }

  bool take(Scenario candidate) {
    if (is_over() || !differs_(candidate)) return false;
    best_ = std::move(candidate);
    return true;
  }

  // As ddmin does it: large pieces first.
  bool remove_pieces() {
    bool shorter = false;
    for (std::size_t size = best_.size() / 2; size > 0; size /= 2) {
      for (std::size_t from = best_.size(); from > 0 && !is_over();) {
        from = from > size ? from - size : 0;
        const auto begin = best_.begin() + static_cast<std::ptrdiff_t>(from);
        const auto length = std::min(size, best_.size() - from);
        if (length == best_.size()) break;
        Scenario candidate(best_.begin(), begin);
        candidate.insert(candidate.end(), begin + static_cast<std::ptrdiff_t>(length), best_.end());
        if (take(std::move(candidate))) shorter = true;
      }
    }
    return shorter;
  }

  // One CPU less in the mask of one set, as long as that goes.
  bool simplify_masks() {
    bool simpler = false;
    for (std::size_t i = 0; i < best_.size(); ++i) {
      const auto* const set = std::get_if<op::Set>(&best_[i].action);
      if (!set) continue;
      if (set->by != "init") {
        Scenario candidate = best_;
        std::get<op::Set>(candidate[i].action).by = "init";
        if (take(std::move(candidate))) simpler = true;
      }
      constexpr std::size_t few = 16;
      const CpuSet cpus = std::get<op::Set>(best_[i].action).cpus;
      if (cpus.count() > few) continue;
      for (const CpuId cpu : cpus) {
        Scenario candidate = best_;
        std::get<op::Set>(candidate[i].action).cpus.remove(cpu);
        if (take(std::move(candidate))) simpler = true;
      }
    }
    return simpler;
  }

  Scenario best_;
  const std::function<bool(const Scenario&)>& differs_;
  steady_clock::time_point end_;
};

}  // namespace

Scenario shrink(Scenario scenario, const std::function<bool(const Scenario&)>& differs,
                unsigned seconds) {
  return Shrinker(std::move(scenario), differs, seconds).run();
}

}  // namespace pinfold::test
