#include "timeline/timeline.h"

#include <algorithm>
#include <utility>

#include <pinfold/cpu_list.h>

#include "base/replace_file.h"
#include "events/json_text.h"
#include "events/names.h"
#include "timeline/event_json.h"
#include "timeline/page.h"

namespace pinfold::tool {
namespace {

using trace::JsonText;

constexpr int schema_version = 1;

JsonText line(const char* event, std::optional<std::int64_t> at, std::uint64_t seq) {
  JsonText json;
  json.open().add("event", event);
  put_known(json, "at", at);
  json.add("seq", seq);
  return json;
}

std::string finished(JsonText json) { return std::move(json.close()).take(); }

void put_relation(JsonText& json, const std::optional<trace::Relation>& relation) {
  if (relation) json.add("relation", trace::name_of(*relation));
}

void put_count(JsonText& json, std::uint64_t count) {
  if (count != 1) json.add("count", count);
}

void stretch(TimelineCut& cut, std::optional<std::int64_t> at) {
  if (!at) return;
  cut.from = std::min(cut.from.value_or(*at), *at);
  cut.to = std::max(cut.to.value_or(*at), *at);
}

void count_in(TimelineCut& cut, std::optional<std::int64_t> at) {
  ++cut.count;
  stretch(cut, at);
}

void put_cut(JsonText& json, const char* what, std::size_t limit, const TimelineCut& cut) {
  if (cut.count == 0) return;
  json.open(what).add("limit", limit).add("count", cut.count);
  put_known(json, "from", cut.from);
  put_known(json, "to", cut.to);
  json.close();
}

std::string_view without_last_comma(std::string_view list) {
  return list.empty() ? list : list.substr(0, list.size() - 1);
}

}  // namespace

void Timeline::add(const trace::Event& event) {
  std::visit([this](const auto& one) { put(one); }, event);
}

void Timeline::add(const trace::Life& life) {
  std::visit([this](const auto& one) { put(one); }, life);
}

std::optional<std::int64_t> Timeline::offset(trace::Time time) {
  if (time == trace::Time()) return {};
  if (!origin_) origin_ = time;
  return (time - *origin_).count();
}

std::optional<std::size_t> Timeline::index(const std::optional<CpuSet>& cpus) {
  if (!cpus) return {};
  return masks_.index('"' + to_cpu_list(*cpus) + '"');
}

std::optional<std::size_t> Timeline::index(const std::optional<trace::TargetTask>& target) {
  if (!target) return {};
  return targets_.index(target_json(*target, threads_.index(*target)));
}

bool Timeline::has_room(trace::Time time) {
  if (told_ < limits_.events) return true;
  count_in(cut_events_, offset(time));
  return false;
}

void Timeline::append(std::string_view event) {
  events_ += event;
  events_ += ',';
  ++told_;
}

void Timeline::append_notice(std::string_view event) {
  if (notices_ >= limits_.events) return count_in(cut_notices_, {});
  events_ += event;
  events_ += ',';
  ++notices_;
}

void Timeline::put(const trace::StartEvent& start) {
  JsonText json = line("start", offset(start.time), start.seq);
  json.add("kernel", start.kernel).add("cpu_ids", start.cpu_ids).add("sampled", start.sampled);
  put_legs(json, start.legs);
  append_notice(finished(std::move(json)));
}

void Timeline::put(const trace::SetEvent& set) {
  if (!has_room(set.time)) return;
  JsonText json = line("set", offset(set.time), set.seq);
  put_known(json, "cpu", set.cpu);
  if (set.actor) json.add("actor", actors_.index(actor_json(*set.actor)));
  put_known(json, "target", index(set.target));
  put_relation(json, set.relation);
  put_known(json, "old", index(set.old));
  json.add("old_from", trace::name_of(set.old_from));
  put_known(json, "request", index(set.request));
  put_known(json, "kernel_request", index(set.kernel_request));
  put_known(json, "effective", index(set.effective));
  if (set.result) put_result(json, *set.result);
  json.add("cause", trace::name_of(set.cause));
  json.add("attribution", trace::name_of(set.attribution)).add("trusted", set.trusted);
  put_known(json, "narrowed", set.narrowed);
  put_known(json, "by", set.by);
  if (set.arguments) put_arguments(json, *set.arguments);
  put_callers(json, set.callers);
  put_count(json, set.count);
  append(finished(std::move(json)));
}

void Timeline::put(const trace::GetEvent& get) {
  if (!has_room(get.time)) return;
  JsonText json = line("get", offset(get.time), get.seq);
  put_known(json, "cpu", get.cpu);
  json.add("actor", actors_.index(actor_json(get.actor)));
  put_known(json, "target", index(get.target));
  put_relation(json, get.relation);
  put_known(json, "answer", index(get.answer));
  put_result(json, get.result);
  put_arguments(json, get.arguments);
  put_count(json, get.count);
  append(finished(std::move(json)));
}

void Timeline::put(const trace::LostEvent& lost) {
  JsonText json = line("lost", offset(lost.from), lost.seq);
  put_known(json, "to", offset(lost.to));
  json.add("count", lost.count).add("others", lost.others);
  put_known(json, "cpu", lost.cpu);
  append_notice(finished(std::move(json)));
}

void Timeline::put(const trace::SuppressedEvent& suppressed) {
  JsonText json = line("suppressed", offset(suppressed.time), suppressed.seq);
  json.add("pid", suppressed.actor).add("comm", suppressed.comm).add("count", suppressed.count);
  append_notice(finished(std::move(json)));
}

void Timeline::put(const trace::SnapshotEvent& snapshot) {
  JsonText json = line("snapshot", offset(snapshot.time), snapshot.seq);
  json.add("reason", snapshot.reason).add("threads", snapshot.threads);
  json.add("changed", snapshot.changed);
  append_notice(finished(std::move(json)));
}

void Timeline::put(const trace::EndEvent& end) {
  JsonText json = line("end", offset(end.time), end.seq);
  json.add("seen", end.seen).add("sent", end.sent).add("lost", end.lost);
  json.add("suppressed", end.suppressed).add("lost_others", end.lost_others);
  append_notice(finished(std::move(json)));
}

void Timeline::put(const trace::Alive& alive) {
  const auto row = threads_.index(alive.task);
  const auto at = offset(alive.time);
  if (row && at) threads_.add_alive(*row, *at, *index(alive.allowed), alive.born);
}

void Timeline::put(const trace::Ended& ended) {
  const auto row = threads_.index({.pid = ended.pid,
                                   .tid = ended.tid,
                                   .comm = {},
                                   .start_time = ended.start_time,
                                   .cgroup = {}});
  const auto at = offset(ended.time);
  if (row && at) threads_.add_end(*row, *at);
}

void Timeline::put(const trace::Ran& ran) {
  const auto from = offset(ran.from);
  const auto to = offset(ran.to);
  if (!from || !to || *to < *from) return;
  if (runs_ >= limits_.runs) return count_in(cut_runs_, from);
  // A run without a row is one of a thread that is left out, which is told.
  if (threads_.add_run(ran.pid, ran.tid, {.from = *from, .to = *to, .cpu = ran.cpu.value()}))
    ++runs_;
}

void Timeline::put(const trace::RunsLost& lost) {
  cut_runs_.count += lost.count;
  for (const auto at : {offset(lost.from), offset(lost.to)})
    stretch(cut_runs_, at);
}

std::string Timeline::data() const {
  JsonText head;
  head.open().add("schema_version", schema_version);
  put_known(head, "origin", origin_);
  head.open("cut");
  put_cut(head, "events", limits_.events, cut_events_);
  put_cut(head, "notices", limits_.events, cut_notices_);
  put_cut(head, "runs", limits_.runs, cut_runs_);
  put_cut(head, "threads", limits_.threads, {.count = threads_.left_out()});
  head.close();
  std::string json = std::move(head).take();
  const auto put_list = [&json](const char* key, std::string_view list) {
    json += ",\"";
    json += key;
    json += "\":[";
    json += without_last_comma(list);
    json += ']';
  };
  put_list("masks", masks_.list());
  put_list("actors", actors_.list());
  put_list("targets", targets_.list());
  json += ",\"threads\":" + threads_.json();
  put_list("events", events_);
  return json + '}';
}

std::string Timeline::html() const {
  std::string page(page_until_data);
  page += script_safe(data());
  page += page_after_data;
  return page;
}

Result<void> Timeline::write(const std::string& path) const { return replace_file(path, html()); }

}  // namespace pinfold::tool
