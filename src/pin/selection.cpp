#include "pin/selection.h"

#include <algorithm>
#include <cerrno>
#include <ranges>
#include <utility>

#include "base/try.h"
#include "base/user.h"
#include "pin/name_pattern.h"

namespace pinfold {
namespace {

bool is_inside(const std::string& path, const std::string& cgroup) {
  if (!path.starts_with(cgroup)) return false;
  return path.size() == cgroup.size() || path[cgroup.size()] == '/';
}

int number_of(const Target& target) {
  return std::visit([](auto id) { return id.value(); }, target);
}

}  // namespace

// A process while it is looked at: whatever is asked of it is read once, however many ask.
class Selection::Candidate {
 public:
  Candidate(Kernel& kernel, Pid pid) : kernel_(kernel), pid_(pid) {}

  [[nodiscard]] Pid pid() const { return pid_; }

  const Result<Task>& task() {
    if (!task_) task_ = kernel_.leader(pid_);
    return *task_;
  }
  const Result<std::optional<FileId>>& executable() {
    if (!executable_) executable_ = kernel_.executable(pid_);
    return *executable_;
  }
  const Result<Credentials>& credentials() {
    if (!credentials_) credentials_ = kernel_.credentials(pid_.leader());
    return *credentials_;
  }
  const Result<std::vector<std::string>>& cgroups() {
    if (!cgroups_) cgroups_ = kernel_.cgroups(pid_.leader());
    return *cgroups_;
  }

 private:
  Kernel& kernel_;
  Pid pid_;
  std::optional<Result<Task>> task_;
  std::optional<Result<std::optional<FileId>>> executable_;
  std::optional<Result<Credentials>> credentials_;
  std::optional<Result<std::vector<std::string>>> cgroups_;
};

Selection::Selection(Kernel& kernel, std::vector<Selector> selectors) : kernel_(kernel) {
  for (Selector& selector : selectors) {
    if (const Pid* pid = std::get_if<Pid>(&selector.what)) {
      if (given_.insert(*pid).second) numbers_.emplace_back(*pid);
    } else if (const Tid* tid = std::get_if<Tid>(&selector.what)) {
      numbers_.emplace_back(*tid);
    } else if (std::holds_alternative<Self>(selector.what)) {
      numbers_.emplace_back(Tid());
    } else {
      rules_.push_back(make_rule(std::move(selector)));
    }
  }
}

Selection::Rule Selection::make_rule(Selector selector) {
  Rule rule;
  if (const auto* executable = std::get_if<ByExecutable>(&selector.what)) {
    if (const auto file = file_id(executable->path.c_str())) rule.file = *file;
  }
  if (const auto* user = std::get_if<ByUser>(&selector.what)) {
    const auto* number = std::get_if<uid_t>(&user->user);
    rule.user = number ? *number : user_id(std::get<std::string>(user->user));
  }
  rule.selector = std::move(selector);
  return rule;
}

Result<Pass> Selection::pass(const std::function<void(const Found&)>& found) {
  Pass pass;
  if (first_ && can_grow()) find_parents();
  if (can_grow()) CHECK_OK(look_at_all(pass, found));
  // Nobody is said to be there only after a look that missed nobody, if there is one.
  constexpr int looks = 20;
  for (int i = 1; first_ && !pass.whole && !all_matched() && i < looks; ++i) {
    pass = {};
    CHECK_OK(look_at_all(pass, found));
  }
  if (!std::exchange(first_, false)) return pass;
  give_numbers(found);
  for (const Rule& rule : rules_) {
    if (rule.matched) continue;
    pass.unmatched.push_back(no_match(kernel_, rule.selector, rule.left_out, pass.hidden));
  }
  return pass;
}

Result<void> Selection::look_at_all(Pass& pass, const std::function<void(const Found&)>& found) {
  TRY(const std::vector<Pid> pids, kernel_.processes());
  // The newest are those that may be gone in a moment.
  for (const Pid pid : std::views::reverse(pids))
    look(pid, pass, found);
  return {};
}

bool Selection::all_matched() const {
  return std::ranges::all_of(rules_, [](const Rule& rule) { return rule.matched; });
}

Result<Pass> Selection::pass(std::vector<Found>& found) {
  auto pass = this->pass([&](const Found& one) { found.push_back(one); });
  std::ranges::sort(found, {}, [](const Found& one) { return number_of(one.target); });
  return pass;
}

void Selection::find_parents() {
  auto task = kernel_.task(Tid());
  if (task) self_ = task->pid;
  while (task && parents_.insert(task->pid).second) {
    if (task->parent == Pid()) return;
    task = kernel_.leader(task->parent);
  }
}

void Selection::give_numbers(const std::function<void(const Found&)>& found) {
  std::set<Tid> tids;
  for (const Target& target : numbers_) {
    if (const Tid* tid = std::get_if<Tid>(&target)) {
      if (!tids.insert(*tid).second || is_in_given_process(*tid)) continue;
    }
    found({.target = target});
  }
}

bool Selection::is_in_given_process(Tid tid) {
  if (given_.empty() && known_.empty()) return false;
  const auto task = kernel_.task(tid);
  return task && (given_.contains(task->pid) || known_.contains(task->pid));
}

void Selection::look(Pid pid, Pass& pass, const std::function<void(const Found&)>& found) {
  Candidate candidate(kernel_, pid);
  if (const auto known = known_.find(pid); known != known_.end()) {
    const auto& task = candidate.task();
    if (!task || task->start_time == known->second) return;
  }
  bool is_hidden = false;
  std::vector<Rule*> matched;
  for (Rule& rule : rules_) {
    const Match match = this->match(candidate, rule, pass);
    if (match == Match::gone) {
      pass.whole = false;
      return;
    }
    if (match == Match::yes) matched.push_back(&rule);
    is_hidden |= match == Match::hidden;
  }
  if (!matched.empty()) {
    take(candidate, matched, pass, found);
  } else if (is_hidden) {
    const auto& task = candidate.task();
    if (!task || !why_left_out(*task)) ++pass.hidden;
  }
}

// One that matches, unless it is left out.
void Selection::take(Candidate& candidate, const std::vector<Rule*>& matched, Pass& pass,
                     const std::function<void(const Found&)>& found) {
  const Pid pid = candidate.pid();
  const auto& task = candidate.task();
  auto mask = kernel_.effective(pid.leader());
  if (!task || !mask) {
    pass.whole = false;
    return;
  }
  const bool given = first_ && given_.contains(pid);
  const char* why = given ? nullptr : why_left_out(*task);
  for (Rule* rule : matched) {
    if (!why) {
      rule->matched = true;
    } else if (pid != self_) {
      rule->left_out.try_emplace(pid, *task, why);
    }
  }
  if (why) return;
  known_[pid] = task->start_time;
  if (!given) found({.target = pid, .start_time = task->start_time, .mask = std::move(*mask)});
}

Selection::Match Selection::match(Candidate& candidate, const Rule& rule, Pass& pass) {
  const auto failed = [](const Error& error) {
    return error.kind == ErrorKind::no_such_task ? Match::gone : Match::hidden;
  };
  const auto yes_if = [](bool matches) { return matches ? Match::yes : Match::no; };
  if (const auto* name = std::get_if<ByName>(&rule.selector.what)) {
    const auto& task = candidate.task();
    return task ? yes_if(matches_name(name->pattern, task->name)) : failed(task.error());
  }
  if (std::holds_alternative<ByUser>(rule.selector.what)) {
    if (!rule.user) return Match::no;
    const auto& credentials = candidate.credentials();
    return credentials ? yes_if(credentials->effective == *rule.user) : failed(credentials.error());
  }
  if (const auto* cgroup = std::get_if<ByCgroup>(&rule.selector.what)) {
    const auto& paths = candidate.cgroups();
    if (!paths) return failed(paths.error());
    return yes_if(std::ranges::any_of(
        *paths, [&](const std::string& path) { return is_inside(path, cgroup->path); }));
  }
  if (!rule.file) return Match::no;
  const auto& file = candidate.executable();
  if (!file) return failed(file.error());
  if (*file) return yes_if(**file == *rule.file);
  return match_without_executable(candidate, pass);
}

// A kernel thread, or a process that has ended and is not reaped: whoever it started is there in
// the next pass.
Selection::Match Selection::match_without_executable(Candidate& candidate, Pass& pass) {
  const auto& task = candidate.task();
  if (!task) return Match::gone;
  if (task->kernel_thread) return Match::no;
  const auto [zombie, is_new] = zombies_.try_emplace(candidate.pid(), task->start_time);
  if (is_new || std::exchange(zombie->second, task->start_time) != task->start_time) {
    pass.whole = false;
  }
  return Match::no;
}

const char* Selection::why_left_out(const Task& task) const {
  if (task.kernel_thread) return "a kernel thread";
  if (task.pid == Pid(1)) return "the first process";
  if (!parents_.contains(task.pid)) return nullptr;
  return "a parent of pinfold";
}

}  // namespace pinfold
