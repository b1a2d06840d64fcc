// A trace file read back, and checked by the rules by which Perfetto reads it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pinfold::test {

struct ParsedTrack {
  std::uint64_t parent = 0;
  std::string name;  ///< its own, its thread's or its process's; the last one that was given
  std::optional<int> pid;
  std::optional<int> tid;
};

struct ParsedEvent {
  std::uint64_t time = 0;
  int type = 0;  ///< 1 begin, 2 end, 3 instant
  std::uint64_t track = 0;
  std::string name;
  std::string category;
  std::map<std::string, std::string> arguments;
};

struct ParsedSwitch {
  std::uint64_t time = 0;
  unsigned cpu = 0;
  int from = 0;
  int to = 0;
  std::string comm;
};

struct ParsedEnd {
  std::uint64_t time = 0;
  int tid = 0;
};

struct ParsedSlice {
  std::uint64_t from = 0;
  std::optional<std::uint64_t> to;
  std::string name;
  friend bool operator==(const ParsedSlice&, const ParsedSlice&) = default;
};

/// In the order of time, what is of the same time as it stands in the file, as Perfetto has it.
struct ParsedTrace {
  std::map<std::uint64_t, ParsedTrack> tracks;
  std::vector<ParsedEvent> events;
  std::vector<ParsedSwitch> switches;
  std::vector<ParsedEnd> ends;
  std::map<unsigned, std::uint64_t> clocks;
  std::size_t packets = 0;
  /// What Perfetto would refuse, drop or draw wrongly.
  std::vector<std::string> problems;

  [[nodiscard]] std::vector<std::uint64_t> tracks_named(const std::string& name) const;
  /// Of a thread's track "allowed".
  [[nodiscard]] std::vector<ParsedSlice> allowed(int tid) const;
  [[nodiscard]] std::vector<ParsedSlice> slices(std::uint64_t track) const;
  [[nodiscard]] std::vector<ParsedEvent> instants(std::uint64_t track) const;
  /// Instants on the track "Pinfold".
  [[nodiscard]] std::vector<std::string> notes() const;
  /// Who ran there: "1234 from 10 to 20".
  [[nodiscard]] std::vector<std::string> ran(unsigned cpu) const;
};

ParsedTrace parse_trace(const std::string& path);

}  // namespace pinfold::test
