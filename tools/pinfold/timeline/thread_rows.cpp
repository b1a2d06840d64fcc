#include "timeline/thread_rows.h"

#include "events/json_text.h"

namespace pinfold::tool {
namespace {

void put_number(std::string& list, std::int64_t number) {
  list += std::to_string(number);
  list += ',';
}

// A list whose items have a comma behind each.
std::string bracketed(std::string list) {
  if (!list.empty()) list.pop_back();
  return '[' + list + ']';
}

}  // namespace

std::optional<std::size_t> ThreadRows::find(const trace::TargetTask& task) {
  const auto newest = newest_.find({task.pid, task.tid});
  if (newest == newest_.end()) return {};
  if (task.start_time == 0) return newest->second;
  for (std::optional<std::size_t> row = newest->second; row; row = rows_[*row].before) {
    trace::TargetTask& known = rows_[*row].task;
    if (known.start_time == task.start_time) return row;
    // Seen before only where nothing tells when it was started.
    if (known.start_time == 0) {
      known.start_time = task.start_time;
      return row;
    }
  }
  return {};
}

std::optional<std::size_t> ThreadRows::index(const trace::TargetTask& task) {
  if (const auto row = find(task)) {
    trace::TargetTask& known = rows_[*row].task;
    if (!task.comm.empty()) known.comm = task.comm;
    if (task.cgroup) known.cgroup = task.cgroup;
    return row;
  }
  const Number number{task.pid, task.tid};
  if (rows_.size() >= most_) {
    left_out_.insert(number);
    return {};
  }
  Row row{.task = task};
  const std::size_t index = rows_.size();
  const auto [newest, is_first] = newest_.try_emplace(number, index);
  if (!is_first) row.before = std::exchange(newest->second, index);
  rows_.push_back(std::move(row));
  return index;
}

void ThreadRows::add_alive(std::size_t row, std::int64_t at, std::size_t mask, bool born) {
  if (born) rows_[row].born = at;
  put_number(rows_[row].alive, at);
  put_number(rows_[row].alive, static_cast<std::int64_t>(mask));
}

void ThreadRows::add_end(std::size_t row, std::int64_t at) { rows_[row].ended = at; }

bool ThreadRows::add_run(Pid pid, Tid tid, const Run& run) {
  auto index = this->index({.pid = pid, .tid = tid, .comm = {}, .start_time = 0, .cgroup = {}});
  if (!index) return false;
  // A run is told when it is over, and its thread may have ended and its number been given anew.
  while (rows_[*index].before && rows_[*index].born && run.to <= *rows_[*index].born)
    index = rows_[*index].before;
  Row& row = rows_[*index];
  put_number(row.runs, run.from - row.ran_until);
  put_number(row.runs, run.to - run.from);
  put_number(row.runs, run.cpu);
  row.ran_until = run.to;
  return true;
}

std::string ThreadRows::json() const {
  std::string list;
  for (const Row& row : rows_) {
    trace::JsonText json;
    json.open().add("pid", row.task.pid).add("tid", row.task.tid).add("comm", row.task.comm);
    json.add("start", row.task.start_time);
    if (row.task.cgroup) json.add("cgroup", *row.task.cgroup);
    if (row.born) json.add("born", *row.born);
    if (row.ended) json.add("ended", *row.ended);
    list += std::move(json).take();
    if (!row.alive.empty()) list += ",\"alive\":" + bracketed(row.alive);
    if (!row.runs.empty()) list += ",\"runs\":" + bracketed(row.runs);
    list += "},";
  }
  return bracketed(std::move(list));
}

}  // namespace pinfold::tool
