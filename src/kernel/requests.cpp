#include "kernel/requests.h"

#include <algorithm>

namespace pinfold {

Requests Requests::read(Kernel& kernel, const Scope& scope) {
  Requests requests;
  const auto done =
      kernel.for_each_task(scope, [&](const TaskMasks& masks) { requests.add(masks); });
  return done ? requests : Requests();
}

void Requests::add(const TaskMasks& masks) {
  Known known{.tid = masks.task.tid, .start_time = masks.task.start_time};
  if (masks.request) {
    if (requests_.size() == 1 || requests_.back() != *masks.request) {
      requests_.push_back(*masks.request);
    }
    known.request = static_cast<std::uint32_t>(requests_.size() - 1);
  }
  const auto at = std::ranges::upper_bound(known_, known.tid, {}, &Known::tid);
  known_.insert(at, known);
}

std::optional<CpuSet> Requests::of(Tid tid) const {
  const Known* known = find(tid);
  if (!known || known->request == 0) return std::nullopt;
  return requests_[known->request];
}

std::optional<std::uint64_t> Requests::start_time(Tid tid) const {
  const Known* known = find(tid);
  return known ? std::optional(known->start_time) : std::nullopt;
}

const Requests::Known* Requests::find(Tid tid) const {
  const auto found = std::ranges::lower_bound(known_, tid, {}, &Known::tid);
  return found != known_.end() && found->tid == tid ? &*found : nullptr;
}

}  // namespace pinfold
