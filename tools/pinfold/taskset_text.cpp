#include "taskset_text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>

#include <pinfold/cpu_list.h>

namespace pinfold::tool {
namespace {

// The number that `text` begins with, taken off it. Only beyond 64 bits it is too large; below
// that taskset keeps the lower 32.
std::optional<std::uint32_t> take_number(std::string_view& text) {
  std::uint64_t value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return static_cast<std::uint32_t>(value);
}

// Goes behind the next `mark`, whatever stands before it.
bool skip_behind(std::string_view& text, char mark) {
  const std::size_t at = text.find(mark);
  if (at == std::string_view::npos) return false;
  text.remove_prefix(at + 1);
  return true;
}

// What follows an item's last number is left in `item`.
bool add_item(std::string_view& item, CpuSet& set) {
  const auto first = take_number(item);
  if (!first) return false;
  auto last = first;
  std::optional<std::uint32_t> stride = 1;
  if (skip_behind(item, '-')) {
    last = take_number(item);
    if (!last) return false;
    if (skip_behind(item, ':')) stride = take_number(item);
    if (!stride || *stride == 0) return false;
  }
  if (*first > *last) return false;
  const CpuId end = std::min(CpuId(*last), highest_cpu_in_text);
  if (*stride == 1) {
    set.add_range(CpuId(*first), end);
  } else {
    set |= CpuSet::range(CpuId(*first), end, *stride);
  }
  return true;
}

}  // namespace

std::optional<CpuSet> parse_taskset_mask(std::string_view text) {
  if (text.starts_with("0x")) text.remove_prefix(2);
  CpuSet set;
  for (unsigned cpu = 0; !text.empty(); cpu += 4) {
    if (text.ends_with(',')) text.remove_suffix(1);
    if (text.empty()) return std::nullopt;
    unsigned digit = 0;
    if (std::from_chars(&text.back(), &text.back() + 1, digit, 16).ec != std::errc()) {
      return std::nullopt;
    }
    for (unsigned bit = 0; bit < 4; ++bit) {
      if (((digit >> bit) & 1U) != 0) set.add(CpuId(cpu + bit));
    }
    text.remove_suffix(1);
  }
  return set;
}

std::optional<CpuSet> parse_taskset_list(std::string_view text) {
  CpuSet set;
  for (;;) {
    const std::size_t comma = text.find(',');
    std::string_view item = text.substr(0, comma);
    if (!add_item(item, set)) return std::nullopt;
    // Left-over text is refused in the last item only: "0x,1" is 0 and 1.
    if (comma == std::string_view::npos) return item.empty() ? std::optional(set) : std::nullopt;
    text.remove_prefix(comma + 1);
  }
}

std::string to_taskset_list(const CpuSet& set) {
  std::string text;
  for (auto cpu = set.begin(); cpu != CpuSet::end();) {
    const unsigned first = (*cpu).value();
    unsigned last = first;
    while (++cpu != CpuSet::end() && (*cpu).value() == last + 1)
      ++last;
    if (!text.empty()) text += ',';
    text += std::to_string(first);
    if (last != first) text += (last == first + 1 ? ',' : '-') + std::to_string(last);
  }
  return text;
}

}  // namespace pinfold::tool
