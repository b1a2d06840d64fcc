#include "trace/frames.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/number.h"

namespace pinfold::trace {
namespace {

struct Mapping {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::uint64_t offset = 0;
  std::string_view path;
};

std::string_view take_word(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(line.find_first_not_of(' ', end), line.size()));
  return word;
}

// "7f00-7f20 r-xp 00001000 08:01 123   /usr/lib/libc.so.6" (proc_pid_maps(5))
std::optional<Mapping> parse(std::string_view line) {
  const std::string_view range = take_word(line);
  const std::string_view mode = take_word(line);
  const std::string_view offset = take_word(line);
  take_word(line);
  take_word(line);
  const std::size_t dash = range.find('-');
  if (dash == std::string_view::npos || mode.size() < 3 || mode[2] != 'x') return std::nullopt;
  const auto from = parse_number<std::uint64_t>(range.substr(0, dash), 16);
  const auto to = parse_number<std::uint64_t>(range.substr(dash + 1), 16);
  const auto at = parse_number<std::uint64_t>(offset, 16);
  if (!from || !to || !at) return std::nullopt;
  return Mapping{.from = *from, .to = *to, .offset = *at, .path = line};
}

// Those that are code.
std::vector<Mapping> mappings(std::string_view text) {
  std::vector<Mapping> found;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (const auto mapping = parse(text.substr(0, end))) found.push_back(*mapping);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return found;
}

}  // namespace

std::vector<Frame> frames_of(Pid pid, std::span<const std::uint64_t> addresses) {
  std::vector<Frame> frames;
  if (addresses.empty()) return frames;
  const auto text = read_file(("/proc/" + std::to_string(pid.value()) + "/maps").c_str());
  const std::vector<Mapping> code = mappings(text ? std::string_view(*text) : "");
  const auto place = [&](std::uint64_t address) -> const Mapping* {
    const auto at = std::ranges::find_if(
        code, [&](const Mapping& one) { return one.from <= address && address < one.to; });
    return at == code.end() ? nullptr : &*at;
  };
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const std::uint64_t address = addresses[i];
    // The walk begins with the call's own place once more.
    if (i == 2 && address == addresses[0]) continue;
    const Mapping* const mapping = place(address);
    if (i == 1 && !mapping) continue;
    // Without frame pointers the walk goes astray.
    if (i > 1 && !mapping) break;
    if (mapping) {
      frames.push_back({.module = std::string(mapping->path),
                        .offset = address - mapping->from + mapping->offset});
    } else {
      frames.push_back({.module = {}, .offset = address});
    }
  }
  return frames;
}

}  // namespace pinfold::trace
