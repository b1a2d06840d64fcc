#include "log_query.h"

#include <string_view>
#include <utility>

#include <pinfold/cpu_list.h>

#include "base/number.h"
#include "base/try.h"
#include "history/when.h"

namespace pinfold::tool {
namespace {

std::unexpected<Error> usage(std::string reason) {
  return fail({.kind = ErrorKind::syntax, .reason = std::move(reason)});
}

// A task may be gone: what it was called is all that there is to go by.
Result<history::Who> read_who(const char* option, const std::string& text) {
  history::Who who;
  std::string_view rest = text;
  const auto take = [&rest](std::string_view prefix) {
    if (!rest.starts_with(prefix)) return false;
    rest.remove_prefix(prefix.size());
    return true;
  };
  if (take("tid:")) {
    const auto number = parse_number<pid_t>(rest);
    if (!number || *number <= 0) return usage("a number is missing behind tid: in " + text);
    who.tid = Tid(*number);
    return who;
  }
  if (take("exe:") || text.starts_with('/')) {
    who.exe = std::string(rest);
    return who;
  }
  if (const auto number = parse_number<pid_t>(rest); number && *number > 0) {
    who.pid = Pid(*number);
    return who;
  }
  take("comm:");
  if (rest.empty())
    return usage(std::string(option) + " takes a number, tid:NUMBER or a name, not \"" + text +
                 '"');
  // The kernel keeps no more of a name.
  constexpr std::size_t most = 15;
  const bool is_pattern = rest.find_first_of("*?") != std::string_view::npos;
  who.comm = std::string(is_pattern ? rest : rest.substr(0, most));
  return who;
}

}  // namespace

Result<history::Query> read_query(const LogWords& words, trace::Time now) {
  history::Query query;
  if (words.since) {
    TRY(query.since, history::parse_when(*words.since, now));
  }
  if (words.until) {
    TRY(query.until, history::parse_when(*words.until, now));
  }
  if (query.since && query.until && *query.until < *query.since)
    return usage("--until is before --since");
  if (words.task) {
    TRY(query.task, read_who("--task", *words.task));
    if (query.task->exe)
      return usage("--task takes no program: a thread is known by number or name; see --actor");
  }
  if (words.actor) {
    TRY(query.actor, read_who("--actor", *words.actor));
  }
  if (words.cpu) {
    auto cpus = parse_cpu_list(*words.cpu);
    if (!cpus) return usage("--cpu takes CPUs, 3 or 0-3,8, not " + *words.cpu);
    query.cpus = std::move(*cpus);
  }
  if (words.cgroup) {
    query.cgroup = words.cgroup->starts_with('/') ? *words.cgroup : '/' + *words.cgroup;
    while (query.cgroup->size() > 1 && query.cgroup->ends_with('/'))
      query.cgroup->pop_back();
  }
  query.only_failed = words.failed;
  if (words.newest) {
    const auto count = parse_number<std::uint32_t>(*words.newest);
    if (!count || *count == 0)
      return usage("--newest takes a number, 1 or more, not " + *words.newest);
    query.newest = *count;
  }
  return query;
}

}  // namespace pinfold::tool
