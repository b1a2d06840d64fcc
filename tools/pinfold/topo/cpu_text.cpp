#include "topo/cpu_text.h"

#include <algorithm>

namespace pinfold::tool {
namespace {

// first-last:stride or first-last:length/stride, as in a place; a plain range has no stride.
struct Item {
  unsigned first;
  unsigned last;
  unsigned stride = 0;
  unsigned length = 0;
};

std::vector<Item> ranges(const CpuSet& cpus) {
  std::vector<Item> items;
  for (const CpuId cpu : cpus) {
    if (!items.empty() && items.back().last + 1 == cpu.value()) {
      ++items.back().last;
    } else {
      items.push_back({cpu.value(), cpu.value()});
    }
  }
  return items;
}

// How many of the ranges from `begin` are as long and as far from each other as the first two.
std::size_t alike(const std::vector<Item>& items, std::size_t begin) {
  if (begin + 1 >= items.size()) return 1;
  const auto length = [&](std::size_t i) { return items[i].last - items[i].first; };
  const unsigned stride = items[begin + 1].first - items[begin].first;
  std::size_t end = begin + 1;
  while (end < items.size() && length(end) == length(begin) &&
         items[end].first - items[end - 1].first == stride)
    ++end;
  return end - begin;
}

// Three ranges are read more easily as they are.
std::vector<Item> strided(const std::vector<Item>& items) {
  constexpr std::size_t few = 3;
  std::vector<Item> result;
  for (std::size_t i = 0; i < items.size();) {
    const std::size_t count = alike(items, i);
    if (count <= few) {
      result.push_back(items[i++]);
      continue;
    }
    result.push_back({.first = items[i].first,
                      .last = items[i + count - 1].last,
                      .stride = items[i + 1].first - items[i].first,
                      .length = items[i].last - items[i].first + 1});
    i += count;
  }
  return result;
}

std::string to_text(const Item& item) {
  std::string text = std::to_string(item.first);
  if (item.last != item.first) text += '-' + std::to_string(item.last);
  if (item.stride == 0) return text;
  if (item.length > 1)
    return text + ':' + std::to_string(item.length) + '/' + std::to_string(item.stride);
  return text + ':' + std::to_string(item.stride);
}

// Each with the first CPU of it.
using Texts = std::vector<std::pair<unsigned, std::string>>;

void add_texts(Texts& texts, const CpuSet& cpus, const std::string& signs) {
  for (const Item& item : strided(ranges(cpus)))
    texts.emplace_back(item.first, to_text(item) + signs);
}

std::string join(Texts& texts) {
  std::ranges::sort(texts);
  std::string joined;
  for (const auto& [first, text] : texts)
    joined += (joined.empty() ? "" : ",") + text;
  return joined;
}

}  // namespace

std::string short_list(const CpuSet& cpus) {
  Texts texts;
  add_texts(texts, cpus, "");
  return join(texts);
}

CpuText::CpuText(const Machine& machine) {
  const CpuSet& online = machine.online();
  const auto mark = [&](char sign, const char* name, const CpuSet& cpus) {
    if (cpus.intersects(online)) marks_.push_back({sign, name, cpus & online});
  };
  mark('*', "isolated", machine.isolated());
  mark('+', "nohz_full", machine.nohz_full());
  mark('!', "not allowed", online - machine.allowed());

  groups_.push_back({"", online});
  for (const Mark& one : marks_) {
    for (std::size_t i = 0, count = groups_.size(); i < count; ++i) {
      if (!groups_[i].cpus.intersects(one.cpus)) continue;
      groups_.push_back({groups_[i].signs + one.sign, groups_[i].cpus & one.cpus});
      groups_[i].cpus -= one.cpus;
    }
  }
  std::erase_if(groups_, [](const Group& group) { return group.cpus.empty(); });
}

std::string CpuText::list(const CpuSet& cpus) const {
  if (marks_.empty()) return short_list(cpus);
  Texts texts;
  for (const Group& group : groups_)
    add_texts(texts, cpus & group.cpus, group.signs);
  return join(texts);
}

bool CpuText::is_uniform(const CpuSet& cpus) const {
  return std::ranges::any_of(groups_,
                             [&](const Group& group) { return group.cpus.contains(cpus); });
}

bool is_progression(const std::vector<const CpuSet*>& sets) {
  if (sets.size() < 2) return true;
  const auto moved_by = [](const CpuSet& from, const CpuSet& to) -> std::optional<long> {
    if (from.count() != to.count() || from.empty()) return std::nullopt;
    const auto distance = [](CpuId a, CpuId b) {
      return static_cast<long>(b.value()) - static_cast<long>(a.value());
    };
    const long first = distance(*from.first(), *to.first());
    auto other = to.begin();
    for (const CpuId cpu : from) {
      if (distance(cpu, *other) != first) return std::nullopt;
      ++other;
    }
    return first;
  };
  const auto step = moved_by(*sets[0], *sets[1]);
  if (!step) return false;
  for (std::size_t i = 2; i < sets.size(); ++i) {
    if (moved_by(*sets[i - 1], *sets[i]) != step) return false;
  }
  return true;
}

}  // namespace pinfold::tool
