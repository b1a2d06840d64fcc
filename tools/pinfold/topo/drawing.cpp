#include "topo/drawing.h"

#include "topo/cpu_text.h"
#include "topo/layout.h"
#include "topo/legend.h"
#include "topo/names.h"
#include "topo/pinned_text.h"
#include "topo/rows.h"
#include "topo/summary.h"
#include "topo/tree.h"

namespace pinfold::tool {
namespace {

constexpr std::size_t most_rows = 30;

std::vector<Text> summary(const Machine& machine, const MachineTree& tree, const Look& look) {
  std::vector<Text> lines;
  for (const std::string& line : wrap(summary_words(machine, tree), 0, look.width))
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

std::string draw(const Machine& machine, std::span<const Pinned> tasks, const Look& look) {
  std::string text = draw(machine, look) + '\n';
  for (const Text& line : pinned_table(tasks, look))
    text += line.str(look.styled) + '\n';
  return text;
}

}  // namespace pinfold::tool
