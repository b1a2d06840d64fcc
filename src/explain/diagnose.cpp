#include "explain/diagnose.h"

#include <algorithm>
#include <cerrno>

#include "base/try.h"
#include "explain/case.h"
#include "kernel/requests.h"

namespace pinfold {
namespace {

bool same(const Constraint& a, const Constraint& b) {
  return a.kind == b.kind && a.takes == b.takes && a.cpus == b.cpus && a.limit == b.limit &&
         a.by == b.by;
}

// Whether one text can be said of both: where and how differ only in the thread's number.
bool same(const Diagnosis& a, const Diagnosis& b) {
  const bool same_mask =
      a.allowed == b.allowed && a.effective == b.effective && a.request == b.request;
  return (a.asked || same_mask) &&
         std::ranges::equal(a.constraints, b.constraints,
                            [](const auto& x, const auto& y) { return same(x, y); });
}

// Where all CPUs are the same in that, nobody needs to know.
std::optional<bool> runs_32_bit(const Case& about) {
  if (!about.facts().cpus().aarch32) return std::nullopt;
  return about.kernel().runs_32_bit(about.task().tid);
}

Result<void> why_not_there(Case& about, const Diagnosis& found) {
  find_missing_cpus(about);
  CHECK_OK(find_cpusets(about));
  find_arch(about, runs_32_bit(about));
  const CpuSet usable = about.rest();
  CHECK_OK(find_refusals(about, found.allowed, *found.asked));
  remark_on_cpus(about, usable);
  return {};
}

Result<void> why_this_mask(Case& about, const Diagnosis& found, const Question& question) {
  find_missing_cpus(about);
  CHECK_OK(find_cpusets(about));
  find_arch(about, runs_32_bit(about));
  find_request(about, found, question);
  remark_on_cpus(about, found.effective);
  return {};
}

Requests requests_for(Kernel& kernel, const Question& question, const Scope& scope) {
  return question.asked ? Requests() : Requests::read(kernel, scope);
}

Result<Diagnosis> diagnose(Facts& facts, const Task& task, const Question& question,
                           const Requests& requests) {
  Kernel& kernel = facts.kernel();
  Diagnosis found{.pid = task.pid,
                  .name = task.name,
                  .threads = {task.tid},
                  .asked = question.asked,
                  .request = requests.of(task.tid)};
  TRY(found.allowed, kernel.allowed(task.tid));
  TRY(found.effective, kernel.effective(task.tid));
  Case about(facts, task,
             question.asked ? *question.asked : facts.cpus().possible - found.effective);
  CHECK_OK(question.asked ? why_not_there(about, found) : why_this_mask(about, found, question));
  remark_on_disagreement(about, found.allowed, found.effective);
  found.constraints = std::move(about.constraints());
  return found;
}

}  // namespace

Result<Diagnosis> diagnose_thread(Kernel& kernel, Tid tid, const Question& question) {
  TRY(Facts facts, Facts::read(kernel));
  TRY(const Task task, kernel.task(tid));
  return diagnose(facts, task, question, requests_for(kernel, question, task.tid));
}

Result<std::vector<Diagnosis>> diagnose_process(Kernel& kernel, Pid pid, const Question& question) {
  TRY(Facts facts, Facts::read(kernel));
  TRY(const auto process, kernel.process(pid));
  TRY(const Task leader, process->task(pid.leader()));
  TRY(const Listing listing, process->list());
  const Requests requests = requests_for(kernel, question, pid);
  std::vector<Diagnosis> groups;
  for (const Tid tid : listing.threads) {
    const auto task = process->task(tid);
    if (!task) continue;
    auto found = diagnose(facts, *task, question, requests);
    if (!found) {
      const bool ended =
          found.error().kind == ErrorKind::no_such_task || found.error().number == ESRCH;
      if (ended) continue;
      return fail(std::move(found).error());
    }
    const auto like = std::ranges::find_if(groups, [&](const auto& g) { return same(g, *found); });
    if (like != groups.end()) {
      like->threads.push_back(tid);
      continue;
    }
    found->name = leader.name;
    groups.push_back(std::move(*found));
  }
  if (groups.empty()) {
    return fail(
        {.kind = ErrorKind::no_such_task, .task = "process " + std::to_string(pid.value())});
  }
  for (Diagnosis& group : groups)
    group.whole_process = groups.size() == 1;
  return groups;
}

}  // namespace pinfold
