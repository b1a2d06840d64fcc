#include "topo/drawing.h"

#include <algorithm>

#include "topo/cpu_text.h"
#include "topo/layout.h"
#include "topo/legend.h"
#include "topo/names.h"
#include "topo/rows.h"
#include "topo/tree.h"

namespace pinfold::tool {
namespace {

constexpr std::size_t most_rows = 30;

bool has_level(const std::vector<Branch>& branches, Level level) {
  return std::ranges::any_of(branches, [&](const Branch& branch) {
    return std::ranges::find(branch.objects, level, &ObjectName::level) != branch.objects.end() ||
           has_level(branch.children, level);
  });
}

// "2 packages, 4 NUMA nodes, 16 L3, 128 cores, 256 CPUs (0-255)"
std::vector<Text> summary(const Machine& machine, const MachineTree& tree, const Look& look) {
  std::vector<std::string> parts;
  const auto count = [&](Level level, const char* singular, const char* plural) {
    const std::size_t objects = machine.objects(level).size();
    if (objects > 0) parts.push_back(count_text(objects, singular, plural));
  };
  count(Level::package, "package", "packages");
  count(Level::node, "NUMA node", "NUMA nodes");
  if (has_level(tree.branches, Level::die)) count(Level::die, "die", "dies");
  count(Level::l3, "L3", "L3");
  if (has_level(tree.branches, Level::cluster)) count(Level::cluster, "cluster", "clusters");
  count(Level::core, "core", "cores");
  parts.push_back(count_text(machine.online().count(), "CPU", "CPUs"));
  std::vector<std::string> words;
  for (std::size_t i = 0; i < parts.size(); ++i)
    words.push_back(parts[i] + (i + 1 < parts.size() ? ", " : " "));
  std::vector<std::string> list = words_of_list(short_list(machine.online()));
  list.front() = '(' + list.front();
  list.back() += ')';
  words.insert(words.end(), list.begin(), list.end());
  std::vector<Text> lines;
  for (const std::string& line : wrap(words, 0, look.width))
    lines.push_back(Text().add(line));
  return lines;
}

std::vector<Text> crossing_rows(const Machine& machine, const MachineTree& tree,
                                const CpuText& cpus, const Look& look) {
  std::vector<Row> rows;
  for (const Branch& branch : tree.crossing)
    rows.push_back({.branches = {&branch, 1}, .more = {false}});
  return lay_out(machine, rows, cpus, look);
}

std::vector<Text> memory_rows(const Machine& machine, const MachineTree& tree) {
  constexpr std::size_t most = 4;
  std::vector<Branch> nodes;
  for (const ObjectName name : tree.without_cpus)
    nodes.push_back({.objects = {name}});
  std::vector<Text> lines;
  const std::size_t together = nodes.size() > most ? nodes.size() : 1;
  for (std::size_t i = 0; i < nodes.size(); i += together)
    lines.push_back(title(machine, std::span(nodes).subspan(i, together)).add("  no CPUs"));
  return lines;
}

}  // namespace

std::string draw(const Machine& machine, const Look& look) {
  const CpuText cpus(machine);
  const MachineTree tree = tree_of(machine);
  std::string text;
  const auto add = [&](const std::vector<Text>& lines) {
    for (const Text& line : lines)
      text += line.str(look.styled) + '\n';
  };
  const auto add_part = [&](const std::vector<Text>& lines) {
    if (!lines.empty()) text += '\n';
    add(lines);
  };
  add(summary(machine, tree, look));
  add_part(lay_out(machine, plan_rows(tree, most_rows), cpus, look));
  add(memory_rows(machine, tree));
  add_part(crossing_rows(machine, tree, cpus, look));
  add_part(legend(machine, tree, cpus, look));
  add_part(distances(machine, look));
  return text;
}

}  // namespace pinfold::tool
