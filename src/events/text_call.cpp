#include "events/text_call.h"

#include <algorithm>
#include <cerrno>
#include <vector>

#include "base/terminal_text.h"
#include "events/json_text.h"
#include "events/names.h"
#include "events/text_line.h"

namespace pinfold::trace {
namespace {

// A line of 100 characters has room for a short note behind them.
enum Column : std::size_t {
  column_actor = 14,
  column_arrow = 36,
  column_mask = 66,
  column_note = 79
};

using Notes = std::vector<std::string>;

bool failed(const SetEvent& set) { return set.result && *set.result < 0; }

std::string actor_text(const SetEvent& set) {
  if (set.actor) return task_text(set.actor->comm, set.actor->pid, set.actor->tid);
  return set.cause == Cause::hotplug || set.cause == Cause::fallback ? "kernel" : "unknown";
}

std::string target_text(const std::optional<TargetTask>& target,
                        const std::optional<Relation>& relation,
                        const std::optional<CallArguments>& arguments) {
  if (!target) {
    return arguments ? "nobody (" + std::to_string(arguments->pid) + ')' : std::string("unknown");
  }
  std::string task = task_text(target->comm, target->pid, target->tid);
  if (!relation) return task;
  switch (*relation) {
    case Relation::self:
      return "itself";
    case Relation::thread:
      // Whose thread has been said.
      return "its thread " + task_text(target->comm, Pid(target->tid.value()), target->tid);
    case Relation::child:
      return "its child " + task;
    case Relation::descendant:
      return "its descendant " + task;
    case Relation::other:
      break;
  }
  return task;
}

std::string mask_text(const SetEvent& set) {
  const std::string old = set.old ? short_list(*set.old) : "?";
  if (failed(set)) return set.old ? "stays " + old : "unchanged";
  const std::string effective = set.effective ? short_list(*set.effective) : "?";
  if (set.cause == Cause::inheritance) return "born on " + effective;
  if (set.old && set.old == set.effective) return "stays " + old;
  return old + " → " + effective;
}

// What the call asked for, from where it is known best.
const std::optional<CpuSet>& asked(const SetEvent& set) {
  return set.request || failed(set) ? set.request : set.kernel_request;
}

// Programs ask for more CPUs than there can be, and mean all.
CpuSet possible_of(const CpuSet& cpus, unsigned cpu_ids) {
  return cpu_ids == 0 ? cpus : cpus & CpuSet::range(CpuId(0), CpuId(cpu_ids - 1));
}

void note_request(Notes& notes, const SetEvent& set, unsigned cpu_ids) {
  const auto& request = asked(set);
  if (set.cause != Cause::syscall || failed(set) || !request || !set.effective) return;
  const bool two = set.request && set.kernel_request &&
                   possible_of(*set.request, cpu_ids) != possible_of(*set.kernel_request, cpu_ids);
  const CpuSet denied = possible_of(*request, cpu_ids) - *set.effective;
  const CpuSet more = *set.effective - *request;
  if (!two && denied.empty() && more.empty()) return;
  std::string note = "asked " + short_list(*request);
  if (two && !set.trusted) {
    note += " or " + short_list(*set.kernel_request) + ", not certain which";
  } else {
    if (!denied.empty()) note += ", denied " + short_list(denied);
    if (!set.trusted) note += " (not certain)";
  }
  notes.push_back(std::move(note));
}

std::string reason(const SetEvent& set) {
  switch (-*set.result) {
    case EINVAL:
      if (!set.request) return "no CPU that it asked for can be used";
      if (set.request->empty()) return "no CPU was asked for";
      return "no CPU of " + short_list(*set.request) + " can be used";
    case EPERM:
      return "not permitted" + (set.request ? "; asked " + short_list(*set.request) : "");
    case ESRCH:
      return "no such thread";
    case EFAULT:
      return "the mask cannot be read" +
             (set.arguments ? " at " + address_text(set.arguments->mask) : "");
    case EBUSY:
      return "its deadline scheduling does not allow it";
    case ENOMEM:
      return "the kernel has no memory left";
    default:
      return "the kernel refused it";
  }
}

std::string reason(const GetEvent& get) {
  switch (-get.result) {
    case EINVAL:
      return std::to_string(get.arguments.length) + " bytes are too few, or not whole words";
    case ESRCH:
      return "no such thread";
    case EPERM:
      return "not permitted";
    case EFAULT:
      return "the mask cannot be written at " + address_text(get.arguments.mask);
    default:
      return "the kernel refused it";
  }
}

void note_cause(Notes& notes, const SetEvent& set) {
  std::string note;
  const std::string by = set.by ? ' ' + safe_text(*set.by) : "";
  switch (set.cause) {
    case Cause::syscall:
      break;
    case Cause::cpuset_write:
      note = "cpuset write" + by;
      break;
    case Cause::cgroup_move:
      note = "cgroup move" + (by.empty() ? "" : " to" + by);
      break;
    case Cause::hotplug:
      note = "hotplug" + by;
      break;
    case Cause::fallback:
      note = "fallback: none of its CPUs was left";
      break;
    case Cause::inheritance:
      note = "inheritance: its cpuset allows more";
      break;
    case Cause::unknown:
      note = "cause unknown";
      break;
  }
  if (set.attribution == Attribution::inferred) note += note.empty() ? "inferred" : " (inferred)";
  if (set.attribution == Attribution::unknown && set.cause != Cause::unknown) {
    note += note.empty() ? "by whom is not certain" : " (not certain)";
  }
  if (!note.empty()) notes.push_back(std::move(note));
}

// Who is behind somebody else's change: the name of a tool says little, that of its script more.
void note_origin(Notes& notes, const SetEvent& set) {
  if (!set.actor) return;
  if (set.relation != Relation::self && set.relation != Relation::thread) {
    constexpr std::size_t nearest = 2;
    std::string note;
    for (std::size_t i = 0; i < std::min(nearest, set.actor->parents.size()); ++i) {
      const Ancestor& parent = set.actor->parents[i];
      if (parent.pid == Pid(1)) break;
      note += (note.empty() ? "from " : " < ") +
              task_text(parent.comm, parent.pid, parent.pid.leader());
    }
    if (!note.empty()) notes.push_back(std::move(note));
  }
  if (set.actor->container) {
    constexpr std::size_t short_id = 12;  // as docker(1) and crictl(1) print it
    notes.push_back("container " + safe_text(set.actor->container->substr(0, short_id)));
  }
}

void note_count(Notes& notes, std::uint64_t count) {
  if (count > 1) notes.push_back(std::to_string(count) + " times");
}

void put_notes(TextLine& line, const Notes& notes) {
  for (std::size_t i = 0; i < notes.size(); ++i)
    line.put(i == 0 ? "" : "; ").put(notes[i]);
}

void put_error(TextLine& line, std::int64_t result, const std::string& why, bool more) {
  line.put(errno_name(result), Look::alarm).put(": " + why).put(more ? "; " : "");
}

}  // namespace

std::string line_of(const SetEvent& set, const TextStyle& style) {
  const bool own = set.relation == Relation::self || set.relation == Relation::thread;
  const Look who = own ? Look::plain : Look::strong;
  TextLine line(style.color);
  line.put(clock_text(set.time), Look::faint).column(column_actor).put(actor_text(set), who);
  line.column(column_arrow).put("→ ");
  line.put(target_text(set.target, set.relation, set.arguments), who);
  line.column(column_mask).put(mask_text(set));
  Notes notes;
  note_request(notes, set, style.cpu_ids);
  note_cause(notes, set);
  note_count(notes, set.count);
  note_origin(notes, set);
  if (failed(set) || !notes.empty()) line.column(column_note);
  if (failed(set)) put_error(line, *set.result, reason(set), !notes.empty());
  put_notes(line, notes);
  for (const Frame& frame : set.callers) {
    line.below(column_actor + 2).put("at ");
    line.put(frame.module.empty() ? "" : safe_text(frame.module) + '+');
    line.put(address_text(frame.offset));
  }
  return std::move(line).take();
}

std::string line_of(const GetEvent& get, const TextStyle& style) {
  TextLine line(style.color);
  line.put(clock_text(get.time), Look::faint).column(column_actor);
  line.put(task_text(get.actor.comm, get.actor.pid, get.actor.tid));
  line.column(column_arrow).put("← " + target_text(get.target, get.relation, get.arguments));
  const bool told = get.result >= 0;
  const std::string answer = get.answer ? short_list(*get.answer) : "?";
  line.column(column_mask).put(told ? "reads " + answer : "not told");
  Notes notes;
  note_count(notes, get.count);
  if (!told || !notes.empty()) line.column(column_note);
  if (!told) put_error(line, get.result, reason(get), !notes.empty());
  put_notes(line, notes);
  return std::move(line).take();
}

}  // namespace pinfold::trace
