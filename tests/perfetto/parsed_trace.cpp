#include "perfetto/parsed_trace.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <variant>

#include "perfetto/fields_of.h"
#include "perfetto/rules.h"

namespace pinfold::test {
namespace {

class Parser {
 public:
  explicit Parser(ParsedTrace& trace) : trace_(trace) {}

  void parse(std::string_view file) {
    for (const RawField& field : fields(file)) {
      if (field.number != 1) complain("not a packet");
      parse_packet(field.bytes);
    }
    const auto by_time = [](const auto& a, const auto& b) { return a.time < b.time; };
    std::ranges::stable_sort(trace_.events, by_time);
    std::ranges::stable_sort(trace_.switches, by_time);
    std::ranges::stable_sort(trace_.ends, by_time);
  }

 private:
  void complain(const std::string& problem) { trace_.problems.push_back(problem); }

  std::vector<RawField> fields(std::string_view message) {
    auto fields = fields_of(message);
    if (!fields) complain("a message that is broken");
    return fields.value_or(std::vector<RawField>());
  }

  std::string text(const RawField& field) {
    if (!is_utf8(field.bytes)) complain("a string that is not UTF-8");
    return std::string(field.bytes);
  }

  void parse_packet(std::string_view packet) {
    const auto all = fields(packet);
    std::uint64_t time = 0;
    bool has_sequence = false;
    bool is_first = false;
    for (const RawField& field : all) {
      if (field.number == 8) time = field.value;
      if (field.number == 10) has_sequence = field.value != 0;
      if (field.number == 13) is_first = (field.value & 1) != 0;
    }
    if (!has_sequence) complain("a packet of no sequence");
    if (is_first != (trace_.packets == 0)) complain("the sequence begins elsewhere");
    ++trace_.packets;
    for (const RawField& field : all) {
      if (field.number == 1) parse_bundle(field.bytes);
      if (field.number == 6) parse_clocks(field.bytes);
      if (field.number == 11) parse_event(time, field.bytes);
      if (field.number == 60) parse_track(field.bytes);
    }
  }

  void parse_clocks(std::string_view snapshot) {
    for (const RawField& clock : fields(snapshot)) {
      unsigned id = 0;
      for (const RawField& field : fields(clock.bytes)) {
        if (field.number == 1) id = static_cast<unsigned>(field.value);
        if (field.number == 2) trace_.clocks[id] = field.value;
      }
    }
  }

  void parse_track(std::string_view descriptor) {
    ParsedTrack track;
    std::uint64_t id = 0;
    for (const RawField& field : fields(descriptor)) {
      if (field.number == 1) id = field.value;
      if (field.number == 2) track.name = text(field);
      if (field.number == 5) track.parent = field.value;
      if (field.number == 3 || field.number == 4) parse_numbers(track, field);
    }
    if (track.parent != 0 && !trace_.tracks.contains(track.parent)) complain("an unknown parent");
    const auto [known, is_new] = trace_.tracks.emplace(id, track);
    if (is_new) return;
    if (known->second.parent != track.parent || known->second.pid != track.pid ||
        known->second.tid != track.tid)
      complain("a track that becomes another");
    if (!track.name.empty()) known->second.name = track.name;
  }

  void parse_numbers(ParsedTrack& track, const RawField& described) {
    const bool is_thread = described.number == 4;
    for (const RawField& field : fields(described.bytes)) {
      if (field.number == 1) track.pid = static_cast<int>(field.value);
      if (field.number == 2 && is_thread) track.tid = static_cast<int>(field.value);
      if (field.number == (is_thread ? 5U : 6U)) track.name = text(field);
    }
  }

  void parse_event(std::uint64_t time, std::string_view message) {
    ParsedEvent event{.time = time};
    for (const RawField& field : fields(message)) {
      if (field.number == 4) parse_argument(event, field.bytes);
      if (field.number == 9) event.type = static_cast<int>(field.value);
      if (field.number == 11) event.track = field.value;
      if (field.number == 22) event.category = text(field);
      if (field.number == 23) event.name = text(field);
    }
    if (!trace_.tracks.contains(event.track)) complain("an event on no track: " + event.name);
    if (event.type < 1 || event.type > 3) complain("an event of no type");
    trace_.events.push_back(event);
  }

  void parse_argument(ParsedEvent& event, std::string_view annotation) {
    std::string name;
    std::string value;
    for (const RawField& field : fields(annotation)) {
      switch (field.number) {
        case 10:
          name = text(field);
          break;
        case 2:
          value = field.value == 0 ? "false" : "true";
          break;
        case 4:
          value = std::to_string(static_cast<std::int64_t>(field.value));
          break;
        case 6:
          value = text(field);
          break;
        default:
          value = std::to_string(field.value);
      }
    }
    if (!event.arguments.emplace(name, value).second) complain("an argument twice: " + name);
  }

  void parse_bundle(std::string_view bundle) {
    unsigned cpu = 0;
    for (const RawField& field : fields(bundle)) {
      if (field.number == 1) cpu = static_cast<unsigned>(field.value);
      if (field.number == 2) parse_ftrace(cpu, field.bytes);
    }
    if (cpu > 1023) complain("Perfetto refuses a file with CPU " + std::to_string(cpu));
  }

  void parse_ftrace(unsigned cpu, std::string_view event) {
    std::uint64_t time = 0;
    for (const RawField& field : fields(event)) {
      if (field.number == 1) time = field.value;
      if (field.number == 4) parse_switch(cpu, time, field.bytes);
      if (field.number == 240) parse_free(time, field.bytes);
    }
  }

  void parse_switch(unsigned cpu, std::uint64_t time, std::string_view content) {
    ParsedSwitch change{.time = time, .cpu = cpu};
    for (const RawField& field : fields(content)) {
      if (field.number == 2) change.from = static_cast<int>(field.value);
      if (field.number == 5) change.comm = text(field);
      if (field.number == 6) change.to = static_cast<int>(field.value);
    }
    trace_.switches.push_back(change);
  }

  void parse_free(std::uint64_t time, std::string_view content) {
    for (const RawField& field : fields(content))
      if (field.number == 2)
        trace_.ends.push_back({.time = time, .tid = static_cast<int>(field.value)});
  }

  ParsedTrace& trace_;
};

}  // namespace

std::vector<std::uint64_t> ParsedTrace::tracks_named(const std::string& name) const {
  std::vector<std::uint64_t> found;
  for (const auto& [id, track] : tracks)
    if (track.name == name) found.push_back(id);
  return found;
}

std::vector<ParsedSlice> ParsedTrace::slices(std::uint64_t track) const {
  std::vector<ParsedSlice> found;
  for (const ParsedEvent& event : events) {
    if (event.track != track) continue;
    if (event.type == 1) found.push_back({.from = event.time, .to = {}, .name = event.name});
    if (event.type == 2 && !found.empty()) found.back().to = event.time;
  }
  return found;
}

std::vector<ParsedSlice> ParsedTrace::allowed(int tid) const {
  std::vector<ParsedSlice> found;
  for (const std::uint64_t id : tracks_named("allowed")) {
    if (tracks.at(tracks.at(id).parent).tid != tid) continue;
    std::ranges::copy(slices(id), std::back_inserter(found));
  }
  return found;
}

std::vector<ParsedEvent> ParsedTrace::instants(std::uint64_t track) const {
  std::vector<ParsedEvent> found;
  std::ranges::copy_if(events, std::back_inserter(found), [&](const ParsedEvent& event) {
    return event.track == track && event.type == 3;
  });
  return found;
}

std::vector<std::string> ParsedTrace::notes() const {
  std::vector<std::string> names;
  for (const std::uint64_t track : tracks_named("Pinfold"))
    for (const ParsedEvent& event : instants(track))
      names.push_back(event.name);
  return names;
}

std::vector<std::string> ParsedTrace::ran(unsigned cpu) const {
  std::vector<std::string> found;
  std::optional<ParsedSwitch> open;
  for (const ParsedSwitch& change : switches) {
    if (change.cpu != cpu) continue;
    if (open && open->to != 0)
      found.push_back(std::to_string(open->to) + " from " + std::to_string(open->time) + " to " +
                      std::to_string(change.time));
    open = change;
  }
  return found;
}

ParsedTrace parse_trace(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(file), {}};
  ParsedTrace trace;
  Parser(trace).parse(content);
  find_broken_rules(trace);
  return trace;
}

}  // namespace pinfold::test
