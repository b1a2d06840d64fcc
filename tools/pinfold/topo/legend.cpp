#include "topo/legend.h"

#include <algorithm>

#include "machine/limits.h"
#include "topo/names.h"

namespace pinfold::tool {
namespace {

std::string kind_words(const std::string& name) {
  if (name == "P") return "performance";
  return name == "E" ? "efficiency" : "";
}

// The end of a cgroup's path says more than its beginning, where not all of it finds room.
std::string shortened(const std::string& path, std::size_t room, const Look& look) {
  std::string text = printable(path, look);
  if (most_columns(text) <= room) return text;
  const std::string ellipsis(look.ellipsis());
  while (!text.empty() && most_columns(text) + ellipsis.size() > room)
    text.erase(0, first_character(text).size());
  return ellipsis + text;
}

void add_entry(std::vector<Text>& lines, const LegendEntry& entry, std::size_t signs,
               std::size_t names, const Look& look) {
  const std::size_t column = signs + names + 2;
  auto list = wrap(words_of_list(entry.list), 0, look.width - column);
  std::string note = entry.note;
  if (!entry.cgroup.empty()) {
    note = "by cgroup ";
    note += shortened(entry.cgroup, look.width - column - note.size(), look);
  }
  if (!note.empty()) {
    if (width_of(list.back()) + 2 + most_columns(note) <= look.width - column) {
      list.back() += "  " + note;
    } else {
      list.push_back(note);
    }
  }
  for (std::size_t i = 0; i < list.size(); ++i) {
    Text line;
    if (i == 0) line.add(entry.sign, Style::strong).pad(signs).add(entry.name);
    lines.push_back(std::move(line.pad(column).add(list[i])));
  }
}

// Distances of nodes, seen from all: the least and the most of some pairs.
struct Reach {
  unsigned least = ~0U;
  unsigned most = 0;

  void add(unsigned distance) {
    least = std::min(least, distance);
    most = std::max(most, distance);
  }
  [[nodiscard]] std::string str() const {
    return std::to_string(least) + (most > least ? '-' + std::to_string(most) : "");
  }
};

bool in_one_package(const Machine& machine, const Object& a, const Object& b) {
  return std::ranges::any_of(machine.objects(Level::package), [&](const Object& package) {
    return package.cpus.intersects(a.cpus) && package.cpus.intersects(b.cpus);
  });
}

std::vector<Text> matrix(const Machine& machine) {
  const std::size_t count = machine.objects(Level::node).size();
  const std::string heading = "node distances";
  std::vector<Text> lines(1);
  lines[0].add(heading, Style::strong);
  const auto cell = [](Text& line, const std::string& text, Style style) {
    line.add(std::string(text.size() < 5 ? 5 - text.size() : 1, ' ')).add(text, style);
  };
  for (std::size_t to = 0; to < count; ++to)
    cell(lines[0], std::to_string(to), Style::strong);
  for (std::size_t from = 0; from < count; ++from) {
    Text line;
    const std::string name = object_name(Level::node, from, from);
    line.pad(heading.size() - name.size()).add(name, Style::strong);
    for (std::size_t to = 0; to < count; ++to) {
      const auto distance = machine.distance(from, to);
      cell(line, distance ? std::to_string(*distance) : "-", Style::plain);
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace

std::string kind_name(const Machine& machine, std::size_t kind) {
  const std::string& name = machine.kinds()[kind].name;
  return name.empty() ? "kind:" + std::to_string(kind) : name;
}

std::vector<LegendEntry> legend_entries(const Machine& machine, const CpuText& cpus) {
  std::vector<LegendEntry> entries;
  const auto kinds = machine.kinds();
  for (std::size_t i = kinds.size(); i-- > 0 && kinds.size() > 1;) {
    const auto capacity = kinds[i].capacity;
    entries.push_back(
        {.sign = kinds[i].name,
         .name = kinds[i].name.empty() ? kind_name(machine, i) : kind_words(kinds[i].name),
         .list = short_list(kinds[i].cpus),
         .note = capacity ? "capacity " + std::to_string(*capacity) : "",
         .kind = i});
  }
  for (const Mark& mark : cpus.marks()) {
    entries.push_back(
        {.sign = std::string(1, mark.sign), .name = mark.name, .list = short_list(mark.cpus)});
  }
  const auto& cpuset = machine.limits().cpuset;
  if (cpuset && machine.allowed() != machine.online() && cpuset->cgroup != "/")
    entries.back().cgroup = cpuset->cgroup;
  if (const CpuSet offline = machine.present() - machine.online(); !offline.empty())
    entries.push_back({.name = "offline", .list = short_list(offline)});
  return entries;
}

Text own_of_cores(const Machine& machine, const MachineTree& tree) {
  Text text;
  text.add("core:N", Style::strong).add(" has its own ");
  for (const Level level : tree.own) {
    if (level != tree.own.front()) text.add(", ");
    text.add(std::string(name(level)) + ":N", Style::strong);
    const std::uint64_t size = machine.objects(level).front().size;
    if (size > 0) text.add(" (" + size_text(size) + ')');
  }
  return text;
}

std::vector<Text> legend(const Machine& machine, const MachineTree& tree, const CpuText& cpus,
                         const Look& look) {
  std::vector<Text> lines;
  if (!tree.own.empty()) lines.push_back(own_of_cores(machine, tree));
  const std::vector<LegendEntry> all = legend_entries(machine, cpus);
  std::size_t names = 0;
  bool any_sign = false;
  for (const LegendEntry& entry : all) {
    names = std::max(names, width_of(entry.name));
    any_sign = any_sign || !entry.sign.empty();
  }
  for (const LegendEntry& entry : all)
    add_entry(lines, entry, any_sign ? 2 : 0, names, look);
  return lines;
}

DistanceForm distance_form(const Machine& machine) {
  constexpr std::size_t most_nodes = 8;
  constexpr unsigned widest = 999;
  const std::size_t count = machine.objects(Level::node).size();
  if (count < 2) return DistanceForm::nothing;
  bool plain = true;
  bool narrow = count <= most_nodes;
  for (std::size_t from = 0; from < count; ++from) {
    for (std::size_t to = 0; to < count; ++to) {
      const auto distance = machine.distance(from, to);
      plain = plain && (!distance || *distance == (from == to ? 10U : 20U));
      narrow = narrow && distance.value_or(0) <= widest;
    }
  }
  if (plain) return DistanceForm::nothing;
  return narrow ? DistanceForm::matrix : DistanceForm::words;
}

std::vector<std::string> distance_words(const Machine& machine) {
  const auto nodes = machine.objects(Level::node);
  Reach own;
  Reach near;
  Reach far;
  for (std::size_t from = 0; from < nodes.size(); ++from) {
    for (std::size_t to = 0; to < nodes.size(); ++to) {
      const auto distance = machine.distance(from, to);
      if (!distance) continue;
      const bool neighbours = from != to && in_one_package(machine, nodes[from], nodes[to]);
      (from == to ? own : neighbours ? near : far).add(*distance);
    }
  }
  std::vector<std::string> words = {own.str() + " to itself"};
  if (near.most > 0) words.push_back(near.str() + " in the package");
  if (far.most > 0) words.push_back(far.str() + " to others");
  return words;
}

std::vector<Text> distances(const Machine& machine, const Look& look) {
  const DistanceForm form = distance_form(machine);
  if (form == DistanceForm::nothing) return {};
  if (form == DistanceForm::matrix) return matrix(machine);
  std::vector<std::string> words = distance_words(machine);
  words.insert(words.begin(), "node distances");
  std::vector<Text> lines;
  for (const std::string& line : wrap(words, 2, look.width))
    lines.push_back(Text().add(line));
  return lines;
}

}  // namespace pinfold::tool
