#include "machine/description.h"

#include <pinfold/cpu_list.h>

#include "machine/description_text.h"
#include "require.h"

namespace pinfold::fuzz {
namespace {

constexpr Level levels[] = {Level::package, Level::node, Level::die,  Level::l3,
                            Level::cluster, Level::l2,   Level::core, Level::l1d};

// What is read of it first, the grammar, is cheap. To make more CPUs only slows the search.
constexpr std::uint32_t enough_cpus = 256;

// What is described, before anything of it is offline: each level shares all CPUs equally.
void require_equal_shares(const MachineFacts& facts) {
  CpuSet all;
  for (const Object& node : facts.objects[Level::node])
    all |= node.cpus;
  for (const Level level : levels) {
    const std::vector<Object>& objects = facts.objects[level];
    std::size_t with_cpus = 0;
    CpuSet together;
    for (const Object& object : objects) {
      if (!object.cpus.empty()) ++with_cpus;
      together |= object.cpus;
      require(object.cpus.empty() || object.cpus.count() == objects.front().cpus.count() ||
                  level == Level::node,
              "the objects of a level are of one size");
    }
    if (objects.empty()) continue;
    require(together == all, "a level has all CPUs");
    require(level == Level::node || with_cpus == objects.size(), "only nodes have no CPUs");
    require(with_cpus != 0 && all.count() % with_cpus == 0, "levels multiply");
  }
  require(facts.limits.cpus.present.contains(all), "CPUs that are described are present");
}

void require_disjoint(const Machine& machine, Level level) {
  std::size_t count = 0;
  CpuSet together;
  for (const Object& object : machine.objects(level)) {
    count += object.cpus.count();
    together |= object.cpus;
  }
  require(together.count() == count, "the objects of a level do not overlap");
  require(machine.online().contains(together), "objects have online CPUs only");
  require(together.empty() || together == machine.online(), "a level has all CPUs online");
}

void require_good_limits(const Machine& machine) {
  require(!machine.online().empty(), "a CPU is online");
  require(!machine.allowed().empty(), "a CPU is allowed");
  require(machine.online().contains(machine.allowed()), "CPUs allowed are online");
  require(machine.present().contains(machine.online()), "CPUs online are present");
  require(machine.possible().contains(machine.present()), "CPUs present are possible");
  require(machine.possible().contains(machine.isolated()), "CPUs isolated are possible");
  require(machine.possible().contains(machine.nohz_full()), "CPUs of nohz_full are possible");
}

}  // namespace
}  // namespace pinfold::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinfold;
  using namespace pinfold::fuzz;
  const std::string_view text = as_text(data, size);
  const auto described = parse_description(text);
  if (described && described->levels.back().total > enough_cpus) return 0;
  auto facts = read_description(text);
  if (!facts) {
    require_good_error(facts.error(), text);
    return 0;
  }
  require(is_description(text), "what can be read is known as a description");
  require_equal_shares(*facts);
  const Machine machine(std::move(*facts));
  for (const Level level : levels)
    require_disjoint(machine, level);
  require(!machine.objects(Level::core).empty(), "there is a core");
  require(!machine.objects(Level::node).empty(), "there is a node");
  require(machine.cpus().size() == machine.online().count(), "the order has each CPU");
  require(
      std::ranges::all_of(machine.cpus(), [&](CpuId c) { return machine.online().contains(c); }),
      "the order has no other CPU");
  const std::size_t nodes = machine.objects(Level::node).size();
  require(machine.distance(0, nodes - 1) == (nodes == 1 ? 10U : 20U), "nodes have distances");
  require_good_limits(machine);
  return 0;
}
