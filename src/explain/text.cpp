#include "explain/text.h"

#include <algorithm>

#include <pinfold/cpu_list.h>

#include "base/terminal_text.h"

namespace pinfold {
namespace {

std::string list_or_none(const CpuSet& cpus) { return cpus.empty() ? "none" : to_cpu_list(cpus); }

// "CPU 7", "CPUs 7-9".
std::string the_cpus(const CpuSet& cpus) {
  return (cpus.count() == 1 ? "CPU " : "CPUs ") + to_cpu_list(cpus);
}

const char* choose(const CpuSet& cpus, const char* singular, const char* plural) {
  return cpus.count() == 1 ? singular : plural;
}

// Not because of the CPUs, but of the task.
bool is_refusal(const Constraint& constraint) {
  switch (constraint.kind) {
    case ConstraintKind::kernel_thread:
    case ConstraintKind::permission:
    case ConstraintKind::capabilities:
    case ConstraintKind::deadline:
      return !constraint.takes.empty();
    default:
      return false;
  }
}

bool has_taken(const Diagnosis& diagnosis, ConstraintKind kind) {
  return std::ranges::any_of(diagnosis.constraints, [kind](const Constraint& constraint) {
    return constraint.kind == kind && !constraint.takes.empty();
  });
}

std::string threads_text(const std::vector<Tid>& threads) {
  constexpr std::size_t most = 8;
  std::string text = threads.size() == 1 ? "thread " : "threads ";
  for (std::size_t i = 0; i < std::min(most, threads.size()); ++i)
    text += (i == 0 ? "" : ", ") + std::to_string(threads[i].value());
  if (threads.size() > most) text += " and " + std::to_string(threads.size() - most) + " more";
  return text;
}

std::string kernel_thread(const Constraint& constraint) {
  if (constraint.limit.count() == 1) {
    return "It is a per-CPU kernel thread: that it runs on " + to_cpu_list(constraint.limit) +
           " cannot be changed.";
  }
  return "It is a kernel thread that the kernel binds itself: its mask, " +
         to_cpu_list(constraint.limit) + ", cannot be changed.";
}

std::string isolated(const Constraint& constraint) {
  const CpuSet& cpus = constraint.cpus;
  const std::string what =
      the_cpus(cpus) + choose(cpus, " is isolated (", " are isolated (") + constraint.by + "): ";
  if (!constraint.takes.empty()) {
    return what + "a task is there only where somebody puts it there.";
  }
  return what + "the scheduler balances nothing there. A thread stays on the CPU that it is on, " +
         "and so do the threads and processes that it starts.";
}

std::string nohz_full(const Constraint& constraint) {
  const CpuSet& cpus = constraint.cpus;
  const std::string what = the_cpus(cpus) + choose(cpus, " is", " are") + " nohz_full: ";
  if (!constraint.takes.empty()) return what + "the kernel's own threads are kept away.";
  return what + "the tick of the scheduler is off there as long as only one task can run.";
}

std::string command(const Constraint& constraint) {
  if (constraint.where == "PATH") return "There is no command " + constraint.by + " in PATH.";
  return constraint.where +
         (constraint.lifts.empty() ? " does not exist." : " may not be executed.");
}

std::string text(const Constraint& constraint) {
  const CpuSet& cpus = constraint.cpus;
  const std::string limit = list_or_none(constraint.limit);
  switch (constraint.kind) {
    case ConstraintKind::nonexistent:
      return the_cpus(cpus) + choose(cpus, " does", " do") +
             " not exist: this machine can have no others than " + limit + ".";
    case ConstraintKind::not_present:
      return the_cpus(cpus) + choose(cpus, " is", " are") + " not present: this machine has " +
             limit + ".";
    case ConstraintKind::offline:
      return the_cpus(cpus) + choose(cpus, " is", " are") + " offline: online are " + limit + "." +
             (constraint.by.starts_with("SMT") ? " SMT is switched off." : "");
    case ConstraintKind::cpuset:
      return the_cpus(cpus) + choose(cpus, " is", " are") +
             " not given to the task: " + constraint.by +
             (constraint.by.starts_with("cgroup ") ? " allows " : ", leaves ") + limit + ".";
    case ConstraintKind::partition:
      return the_cpus(cpus) + choose(cpus, " belongs", " belong") +
             " to a partition: " + constraint.by + " has " + choose(cpus, "it", "them") +
             " for itself.";
    case ConstraintKind::arch:
      return the_cpus(cpus) + choose(cpus, " runs", " run") +
             " no 32-bit programs, and this is one: " + limit +
             choose(constraint.limit, " does.", " do.");
    case ConstraintKind::kernel_thread:
      return kernel_thread(constraint);
    case ConstraintKind::permission:
      return "It belongs to " + constraint.by + ": other users may not set its mask.";
    case ConstraintKind::capabilities:
      return "It holds capabilities that you do not: " + constraint.by + ".";
    case ConstraintKind::deadline:
      return "It runs under SCHED_DEADLINE: its mask must contain all of " + limit + ".";
    case ConstraintKind::command:
      return command(constraint);
    case ConstraintKind::isolated:
      return isolated(constraint);
    case ConstraintKind::nohz_full:
      return nohz_full(constraint);
    case ConstraintKind::request:
      return "Its mask was set to " + limit +
             (constraint.by.empty() ? ": the kernel does not tell by whom."
                                    : ": " + constraint.by + ".");
    case ConstraintKind::disagreement:
      return "Its mask keeps " + the_cpus(cpus) + ", which " + choose(cpus, "is", "are") +
             " offline: allowed is " + to_cpu_list(cpus | constraint.limit) + ", effective is " +
             limit + ".";
    case ConstraintKind::escaper:
    case ConstraintKind::binder:
      return constraint.by + ".";
  }
  return {};
}

}  // namespace

std::string label(const Diagnosis& diagnosis) {
  std::string text = safe_text(diagnosis.name);
  if (diagnosis.threads.empty()) return text;
  text += " (" + std::to_string(diagnosis.pid.value()) + ')';
  return diagnosis.whole_process ? text : text + ", " + threads_text(diagnosis.threads);
}

std::string verdict(const Diagnosis& diagnosis) {
  const std::string who = label(diagnosis);
  const CpuSet left = diagnosis.left();
  if (!diagnosis.asked) {
    if (left.empty())
      return who + " can run nowhere: its mask is " + to_cpu_list(diagnosis.allowed) + ".";
    CpuSet taken;
    for (const Constraint& constraint : diagnosis.constraints)
      taken |= constraint.takes;
    if (taken.empty())
      return who + " may run on " + to_cpu_list(left) + ", all CPUs of this machine.";
    return who + " may run on " + to_cpu_list(left) + ", and not on " + to_cpu_list(taken) + ".";
  }
  const CpuSet& asked = *diagnosis.asked;
  if (left == asked) return who + " may run on " + to_cpu_list(asked) + ".";
  if (has_taken(diagnosis, ConstraintKind::command)) return who + " cannot be started.";
  if (std::ranges::any_of(diagnosis.constraints, is_refusal)) {
    return who + " cannot be set to " + to_cpu_list(asked) + ".";
  }
  const std::string no = who + " cannot run on " + to_cpu_list(asked - left);
  return left.empty() ? no + "." : no + "; it may run on " + to_cpu_list(left) + ".";
}

std::string sentence(const Constraint& constraint) { return safe_text(text(constraint)); }

}  // namespace pinfold
