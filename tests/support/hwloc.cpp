#include "support/hwloc.h"

#include <gtest/gtest.h>

#include <charconv>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "support/program.h"

namespace pinfold::test {
namespace {

// Of one XML element.
std::optional<std::string_view> attribute(std::string_view element, const std::string& name) {
  const std::string before = ' ' + name + "=\"";
  const std::size_t at = element.find(before);
  if (at == std::string_view::npos) return std::nullopt;
  element.remove_prefix(at + before.size());
  return element.substr(0, element.find('"'));
}

// "0x00000003,,0x1": groups of 32 bits, the highest first, an empty one is zero.
CpuSet bitmap(std::string_view text) {
  if (text.starts_with("0xf...f")) throw std::runtime_error("a set of CPUs without an end");
  CpuSet set;
  for (unsigned base = 0; !text.empty(); base += 32) {
    const std::size_t comma = text.rfind(',');
    std::string_view group = comma == std::string_view::npos ? text : text.substr(comma + 1);
    text = text.substr(0, comma == std::string_view::npos ? 0 : comma);
    if (group.starts_with("0x")) group.remove_prefix(2);
    unsigned bits = 0;
    std::from_chars(group.data(), group.data() + group.size(), bits, 16);
    for (unsigned bit = 0; bit < 32; ++bit) {
      if (((bits >> bit) & 1U) != 0) set.add(CpuId(base + bit));
    }
  }
  return set;
}

HwlocObject object(std::string_view element) {
  HwlocObject object{.cpus = bitmap(attribute(element, "cpuset").value_or(""))};
  if (const auto index = attribute(element, "os_index")) {
    std::from_chars(index->data(), index->data() + index->size(), object.os_index);
  }
  return object;
}

// Logical indexes count along the tree. But XML has an object's memory before its other children,
// and hwloc counts it after them.
class Reader {
 public:
  HwlocTopology read(std::string_view xml) {
    for (std::size_t at = xml.find('<'); at != std::string_view::npos; at = xml.find('<', at + 1)) {
      const std::string_view element = xml.substr(at, xml.find('>', at) - at);
      if (element.starts_with("</object")) {
        end();
      } else if (element.starts_with("<object ")) {
        begin(element);
        if (element.ends_with('/')) end();
      }
    }
    return std::move(topology_);
  }

 private:
  struct Open {
    std::string type;
    std::vector<HwlocObject> memory;  // its NUMA nodes
  };

  void begin(std::string_view element) {
    const std::string type(attribute(element, "type").value_or(""));
    if (type == "NUMANode") {
      if (!open_.empty()) open_.back().memory.push_back(object(element));
    } else if (!type.empty() && attribute(element, "cpuset")) {  // devices have none
      topology_[type].push_back(object(element));
    }
    open_.push_back({.type = type});
  }

  void end() {
    if (open_.empty()) return;
    const Open closed = std::move(open_.back());
    open_.pop_back();
    // A cache in front of memory is memory, too.
    auto& to =
        closed.type == "MemCache" && !open_.empty() ? open_.back().memory : topology_["NUMANode"];
    to.insert(to.end(), closed.memory.begin(), closed.memory.end());
  }

  HwlocTopology topology_;
  std::vector<Open> open_;
};

std::vector<CpuSet> sets(const std::vector<HwlocObject>& objects) {
  std::vector<CpuSet> sets;
  for (const HwlocObject& object : objects)
    sets.push_back(object.cpus);
  return sets;
}

std::vector<CpuSet> sets(std::span<const Object> objects) {
  std::vector<CpuSet> sets;
  for (const Object& object : objects)
    sets.push_back(object.cpus);
  return sets;
}

}  // namespace

bool has_hwloc() {
  try {
    return run({"lstopo-no-graphics", "--version"}).exit == 0;
  } catch (const std::runtime_error&) {
    return false;  // it cannot be started
  }
}

HwlocTopology parse_hwloc_xml(const std::string& xml) { return Reader().read(xml); }

HwlocTopology read_hwloc(const std::vector<std::string>& lstopo_arguments,
                         const std::vector<std::string>& launcher) {
  std::vector<std::string> command = launcher;
  command.insert(command.end(), {"lstopo-no-graphics", "--disallowed", "--filter", "all:all",
                                 "--no-io", "--of", "xml"});
  command.insert(command.end(), lstopo_arguments.begin(), lstopo_arguments.end());
  const Output output = run(command);
  if (output.exit != 0 || !output.out.starts_with("<?xml")) {
    throw std::runtime_error("lstopo-no-graphics: " + output.err);
  }
  return parse_hwloc_xml(output.out);
}

void expect_same_levels(const Machine& machine, HwlocTopology theirs) {
  const auto expect_same = [&](Level level, const char* name) {
    EXPECT_EQ(sets(machine.objects(level)), sets(theirs[name])) << name;
  };
  expect_same(Level::package, "Package");
  expect_same(Level::node, "NUMANode");
  expect_same(Level::l3, "L3Cache");
  expect_same(Level::l2, "L2Cache");
  expect_same(Level::l1d, "L1Cache");
  expect_same(Level::core, "Core");
  // hwloc leaves out dies that are whole packages.
  if (!theirs["Die"].empty()) expect_same(Level::die, "Die");
  std::vector<CpuSet> pus;
  for (const CpuId cpu : machine.cpus())
    pus.push_back({cpu});
  EXPECT_EQ(pus, sets(theirs["PU"])) << "PU";
}

}  // namespace pinfold::test
