#include "model/cgroup.h"

#include <algorithm>

namespace pinfold::model {

std::string Cgroup::path() const {
  if (is_root()) return "/";
  return (parent->is_root() ? "" : parent->path()) + '/' + name;
}

bool Cgroup::populated() const {
  return !tasks.empty() ||
         std::ranges::any_of(children, [](const auto& child) { return child->populated(); });
}

bool Cgroup::below_threads() const {
  for (const Cgroup* at = parent; at; at = at->parent) {
    if (at->is_threads_root()) return true;
  }
  return false;
}

const Cgroup& Cgroup::governing() const {
  const Cgroup* at = this;
  while (!at->has_cpuset)
    at = at->parent;
  return *at;
}

Cgroup& Cgroup::governing() {
  return const_cast<Cgroup&>(std::as_const(*this).governing());  // NOLINT(*-const-cast): own object
}

Cgroup* Cgroup::child(std::string_view wanted) const {
  const auto found =
      std::ranges::find_if(children, [&](const auto& child) { return child->name == wanted; });
  return found == children.end() ? nullptr : found->get();
}

}  // namespace pinfold::model
