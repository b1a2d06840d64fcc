#include "topo/summary.h"

#include <algorithm>

#include "topo/cpu_text.h"
#include "topo/text.h"

namespace pinfold::tool {
namespace {

bool has_level(const std::vector<Branch>& branches, Level level) {
  return std::ranges::any_of(branches, [&](const Branch& branch) {
    return std::ranges::find(branch.objects, level, &ObjectName::level) != branch.objects.end() ||
           has_level(branch.children, level);
  });
}

}  // namespace

std::vector<std::string> summary_words(const Machine& machine, const MachineTree& tree) {
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
  return words;
}

}  // namespace pinfold::tool
