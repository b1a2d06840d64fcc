#include "explain/diagnosis.h"

namespace pinfold {

const char* name(ConstraintKind kind) {
  switch (kind) {
    case ConstraintKind::nonexistent:
      return "nonexistent";
    case ConstraintKind::not_present:
      return "not_present";
    case ConstraintKind::offline:
      return "offline";
    case ConstraintKind::cpuset:
      return "cpuset";
    case ConstraintKind::partition:
      return "partition";
    case ConstraintKind::arch:
      return "arch";
    case ConstraintKind::kernel_thread:
      return "kernel_thread";
    case ConstraintKind::permission:
      return "permission";
    case ConstraintKind::capabilities:
      return "capabilities";
    case ConstraintKind::deadline:
      return "deadline";
    case ConstraintKind::command:
      return "command";
    case ConstraintKind::isolated:
      return "isolated";
    case ConstraintKind::nohz_full:
      return "nohz_full";
    case ConstraintKind::request:
      return "request";
    case ConstraintKind::disagreement:
      return "disagreement";
    case ConstraintKind::escaper:
      return "escaper";
    case ConstraintKind::binder:
      return "binder";
  }
  return "unknown";
}

CpuSet Diagnosis::left() const {
  if (!asked) return effective;
  CpuSet left = *asked;
  for (const Constraint& constraint : constraints)
    left -= constraint.takes;
  return left;
}

bool Diagnosis::may() const { return asked ? left() == *asked : !effective.empty(); }

}  // namespace pinfold
