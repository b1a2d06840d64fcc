#include "machine/levels.h"

#include <algorithm>

#include <pinfold/cpu_list.h>

#include "base/number.h"
#include "machine/caches.h"
#include "machine/folder.h"
#include "machine/topology.h"

namespace pinfold {
namespace {

// Folders "node0", "node8", … where there is no list of them.
CpuSet nodes_in(const Root& root) {
  CpuSet nodes;
  for (const std::string& name : root.list("sys/devices/system/node")) {
    if (!name.starts_with("node")) continue;
    if (const auto number = parse_number<unsigned>(std::string_view(name).substr(4))) {
      nodes.add(CpuId(*number));
    }
  }
  return nodes;
}

// "Node 0 MemTotal:       16318856 kB"
std::uint64_t memory_of(std::string_view meminfo) {
  constexpr std::string_view field = "MemTotal:";
  const std::size_t at = meminfo.find(field);
  if (at == std::string_view::npos) return 0;
  meminfo.remove_prefix(at + field.size());
  meminfo.remove_prefix(std::min(meminfo.find_first_not_of(' '), meminfo.size()));
  const auto kilobytes = parse_number<std::uint64_t>(meminfo.substr(0, meminfo.find(' ')));
  return kilobytes ? *kilobytes << 10U : 0;
}

std::vector<unsigned> distances_in(std::string_view text) {
  std::vector<unsigned> distances;
  for (std::size_t at = text.find_first_not_of(' '); at != std::string_view::npos;
       at = text.find_first_not_of(' ', at)) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const auto distance = parse_number<unsigned>(text.substr(at, end - at));
    if (!distance) break;
    distances.push_back(*distance);
    at = end;
  }
  return distances;
}

void read_nodes(const Root& root, MachineFacts& facts) {
  Folder folder(root, "sys/devices/system/node");
  if (!folder.is_open()) return;
  const auto online = folder.list("online");
  for (const CpuId number : online ? *online : nodes_in(root)) {
    const std::string node = "node" + std::to_string(number.value());
    auto cpus = folder.list((node + "/cpulist").c_str());
    if (!cpus) cpus = folder.mask((node + "/cpumap").c_str());
    if (!cpus) continue;
    Object object{.cpus = std::move(*cpus), .id = number.value()};
    if (const auto meminfo = folder.read((node + "/meminfo").c_str())) {
      object.size = memory_of(*meminfo);
    }
    if (const auto distance = folder.read((node + "/distance").c_str())) {
      facts.distances.push_back(distances_in(*distance));
    }
    facts.objects[Level::node].push_back(std::move(object));
  }
}

}  // namespace

void read_levels(const Root& root, MachineFacts& facts) {
  struct Kind {
    TopologyLevel domains;
    std::vector<Object>* objects;
  };
  Folder cpus(root, "sys/devices/system/cpu");
  CpuSet telling;
  std::vector<Kind> kinds;
  const auto want = [&](Level level, const TopologyFiles& files) {
    if (facts.parts.has(level)) {
      kinds.push_back({TopologyLevel(files, cpus, telling), &facts.objects[level]});
    }
  };
  want(Level::package, TopologyFiles::package);
  want(Level::die, TopologyFiles::die);
  want(Level::cluster, TopologyFiles::cluster);
  want(Level::core, TopologyFiles::core);
  facts.groups.resize(2);
  kinds.push_back({TopologyLevel(TopologyFiles::drawer, cpus, telling), facts.groups.data()});
  kinds.push_back({TopologyLevel(TopologyFiles::book, cpus, telling), &facts.groups[1]});
  Caches caches(facts.parts, cpus);
  for (const CpuId cpu : facts.limits.cpus.online) {
    for (Kind& kind : kinds)
      kind.domains.visit(cpu);
    caches.visit(cpu);
  }
  for (Kind& kind : kinds)
    *kind.objects = kind.domains.take();
  caches.move_to(facts.objects);
  if (facts.parts.has(Level::node)) read_nodes(root, facts);
}

}  // namespace pinfold
