#include "history/history_fixture.h"

#include <cmath>
#include <stdexcept>

#include <pinfold/cpu_list.h>

#include "events/json.h"
#include "events/json_text.h"

namespace pinfold::history {
namespace {

using trace::SetEvent;

// Values one after the other, each with its length, so that none runs into the next.
class Whole {
 public:
  void add(std::string_view text) {
    text_ += std::to_string(text.size()) + ':' + std::string(text);
  }
  template <std::integral Number>
  void add(Number number) {
    add(std::to_string(number));
  }
  void add(const CpuSet& cpus) { add(to_cpu_list(cpus)); }
  void add(Pid pid) { add(pid.value()); }
  void add(Tid tid) { add(tid.value()); }
  void add(CpuId cpu) { add(cpu.value()); }
  template <class Enum>
    requires std::is_enum_v<Enum>
  void add(Enum value) {
    add(static_cast<int>(value));
  }
  template <class Value>
  void add(const std::optional<Value>& value) {
    value ? add(*value) : add(std::string_view("nothing"));
  }
  void add(const trace::Actor& actor) {
    add(actor.pid);
    add(actor.tid);
    add(actor.start_time);
    add(actor.ns_pid);
    add(actor.ns_tid);
    add(actor.comm);
    add(actor.exe);
    add(actor.uid);
    add(actor.cgroup);
    add(actor.container);
    add(actor.abi);
    for (const trace::Ancestor& parent : actor.parents) {
      add(parent.pid);
      add(parent.comm);
    }
  }
  void add(const trace::TargetTask& target) {
    add(target.pid);
    add(target.tid);
    add(target.comm);
    add(target.start_time);
    add(target.cgroup);
  }
  void add(const trace::CallArguments& arguments) {
    add(arguments.pid);
    add(arguments.length);
    add(arguments.mask);
  }
  void add(const SetEvent& set) {
    add(set.time.time_since_epoch().count());
    add(set.seq);
    add(set.cpu);
    add(set.actor);
    add(set.target);
    add(set.relation);
    add(set.old);
    add(set.old_from);
    add(set.request);
    add(set.kernel_request);
    add(set.effective);
    add(set.arguments);
    add(set.result);
    add(set.cause);
    add(set.attribution);
    add(static_cast<int>(set.trusted));
    add(set.narrowed);
    add(set.by);
    for (const trace::Frame& frame : set.callers) {
      add(frame.module);
      add(frame.offset);
    }
    add(set.count);
  }
  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace

trace::Time noon(double seconds) {
  using namespace std::chrono;
  return trace::Time(sys_days(2025y / November / 27) + 12h) +
         nanoseconds(std::llround(seconds * 1e9));
}

trace::StartEvent start_at(trace::Time time, std::uint64_t seq) {
  return {.time = time, .seq = seq, .kernel = "6.18.5", .cpu_ids = 8, .sampled = false, .legs = {}};
}

SetEvent set_at(trace::Time time, std::uint64_t seq, pid_t thread, const char* list) {
  SetEvent set;
  set.time = time;
  set.seq = seq;
  set.cpu = CpuId(1);
  set.actor = trace::Actor{.pid = Pid(900),
                           .tid = Tid(900),
                           .start_time = 4000,
                           .ns_pid = {},
                           .ns_tid = {},
                           .comm = "taskset",
                           .exe = "/usr/bin/taskset",
                           .uid = 1000,
                           .cgroup = "/user.slice",
                           .container = {},
                           .abi = trace::CallAbi::x86_64,
                           .parents = {{Pid(800), "bash"}}};
  set.target = trace::TargetTask{.pid = Pid(thread),
                                 .tid = Tid(thread),
                                 .comm = "nginx",
                                 .start_time = 5000,
                                 .cgroup = "/web"};
  set.relation = trace::Relation::other;
  set.request = set.kernel_request = set.effective = test::cpus(list);
  set.result = 0;
  set.cause = trace::Cause::syscall;
  set.attribution = trace::Attribution::exact;
  set.trusted = true;
  set.narrowed = false;
  return set;
}

trace::EndEvent end_at(trace::Time time, std::uint64_t seq) {
  trace::EndEvent end;
  end.time = time;
  end.seq = seq;
  return end;
}

trace::LostEvent lost_at(trace::Time from, trace::Time to, std::uint64_t seq, std::uint64_t count) {
  trace::LostEvent lost;
  lost.seq = seq;
  lost.count = count;
  lost.from = from;
  lost.to = to;
  return lost;
}

std::string whole(const trace::Event& event) {
  const auto* set = std::get_if<SetEvent>(&event);
  if (!set) return trace::to_json(event);
  Whole text;
  text.add(*set);
  return std::move(text).take();
}

Pen::Pen(const std::string& path, const Bounds& bounds) {
  auto opened = Writer::open(path, this_boot, bounds);
  if (!opened) throw std::runtime_error(message(opened.error()));
  writer_.emplace(std::move(*opened));
}

Pen& Pen::expect(const Result<void>& result) {
  if (!result) throw std::runtime_error(message(result.error()));
  return *this;
}

void HistoryTest::record(trace::Time from, const std::vector<SetEvent>& changes,
                         trace::Time to) const {
  Pen writer = pen();
  writer.add(trace::Event(start_at(from)));
  for (const SetEvent& set : changes)
    writer.add(trace::Event(set));
  writer.close(to);
}

Reader HistoryTest::reader() const {
  auto opened = Reader::open(path_);
  if (!opened) throw std::runtime_error(message(opened.error()));
  return std::move(*opened);
}

std::vector<Entry> HistoryTest::read(const Query& query, trace::Time now) const {
  std::vector<Entry> entries;
  const auto done = reader().read(query, now, [&](const Entry& entry) {
    entries.push_back(entry);
    return true;
  });
  if (!done) throw std::runtime_error(message(done.error()));
  return entries;
}

std::vector<SetEvent> changes_of(const std::vector<Entry>& entries) {
  std::vector<SetEvent> changes;
  for (const Entry& entry : entries) {
    const auto* event = std::get_if<trace::Event>(&entry);
    if (event && std::holds_alternative<SetEvent>(*event))
      changes.push_back(std::get<SetEvent>(*event));
  }
  return changes;
}

std::vector<Gap> gaps_of(const std::vector<Entry>& entries) {
  std::vector<Gap> gaps;
  for (const Entry& entry : entries) {
    if (const auto* gap = std::get_if<Gap>(&entry)) gaps.push_back(*gap);
  }
  return gaps;
}

std::vector<SetEvent> HistoryTest::changes(const Query& query) const {
  return changes_of(read(query));
}

std::vector<Gap> HistoryTest::gaps(const Query& query, trace::Time now) const {
  return gaps_of(read(query, now));
}

std::vector<std::uint64_t> HistoryTest::numbers(const Query& query) const {
  std::vector<std::uint64_t> numbers;
  for (const SetEvent& set : changes(query))
    numbers.push_back(set.seq);
  return numbers;
}

std::string HistoryTest::state(trace::Time moment) const {
  const auto states = reader().at(moment);
  if (!states) return message(states.error());
  std::string text;
  for (const ThreadState& one : *states) {
    if (!text.empty()) text += ' ';
    text += std::to_string(one.task.tid.value()) + ':' + to_cpu_list(one.allowed);
  }
  return text;
}

void PrintTo(const Gap& gap, std::ostream* out) {
  *out << gap.count << " from " << trace::utc_text(gap.from) << " to " << trace::utc_text(gap.to)
       << " (" << gap.reason << (gap.open ? ", open)" : ")");
}

}  // namespace pinfold::history
