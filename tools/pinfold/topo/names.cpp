#include "topo/names.h"

#include <algorithm>
#include <array>

namespace pinfold::tool {
namespace {

constexpr std::string_view gap = "  ";

// "62.7 GiB", "62.7-63 GiB" where they differ.
std::string sizes_text(const Machine& machine, Level level, std::size_t first, std::size_t last) {
  const auto objects = machine.objects(level).subspan(first, last - first + 1);
  const auto [least, most] = std::ranges::minmax(objects, {}, &Object::size);
  const std::string low = size_text(least.size);
  const std::string high = size_text(most.size);
  if (most.size == 0) return "";
  if (low != high) return low + " to " + high;
  return objects.size() > 1 ? high + " each" : high;
}

// The kernel's number of a node, where it is not the one that a place counts by.
std::string other_number(const Machine& machine, Level level, std::size_t index) {
  const auto id = machine.objects(level)[index].id;
  if (level != Level::node || !id || *id == index) return "";
  return "(node" + std::to_string(*id) + ')';
}

struct Range {
  std::size_t first = 0;
  std::size_t last = 0;
  bool is_set = false;
};

void find_within(std::span<const Branch> branches, std::array<Range, level_count>& ranges) {
  for (const Branch& branch : branches) {
    for (const ObjectName object : branch.objects) {
      Range& range = ranges.at(static_cast<std::size_t>(object.level));
      range.first = range.is_set ? std::min(range.first, object.index) : object.index;
      range.last = range.is_set ? std::max(range.last, object.index) : object.index;
      range.is_set = true;
    }
    find_within(branch.children, ranges);
  }
}

}  // namespace

std::string object_name(Level level, std::size_t first, std::size_t last) {
  std::string text = std::string(name(level)) + ':' + std::to_string(first);
  if (last != first) text += '-' + std::to_string(last);
  return text;
}

Text title(const Machine& machine, std::span<const Branch> branches) {
  Text text;
  for (std::size_t i = 0; i < branches.front().objects.size(); ++i) {
    const auto [level, first] = branches.front().objects[i];
    const std::size_t last = branches.back().objects[i].index;
    if (!text.empty()) text.add(gap);
    text.add(object_name(level, first, last), Style::strong);
    const std::string detail = object_detail(machine, level, first, last);
    if (!detail.empty()) text.add(" " + detail);
  }
  return text;
}

std::string object_detail(const Machine& machine, Level level, std::size_t first,
                          std::size_t last) {
  std::string detail = first == last ? other_number(machine, level, first) : "";
  const std::string size = sizes_text(machine, level, first, last);
  if (!detail.empty() && !size.empty()) detail += ' ';
  return detail + size;
}

Text names_within(std::span<const Branch> branches) {
  std::array<Range, level_count> ranges{};
  for (const Branch& branch : branches)
    find_within(branch.children, ranges);
  Text text;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (!ranges.at(i).is_set) continue;
    if (!text.empty()) text.add(gap);
    text.add(object_name(static_cast<Level>(i), ranges.at(i).first, ranges.at(i).last));
  }
  return text;
}

}  // namespace pinfold::tool
