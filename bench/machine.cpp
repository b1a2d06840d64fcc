// Reading a machine against hwloc, all parts of it, devices excepted.

#include <hwloc.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <pinfold/machine.h>
#include <pinfold/place.h>

#include "command.h"
#include "document/numbers.h"
#include "groups.h"
#include "machine/read.h"
#include "place/place.h"
#include "shape.h"
#include "temporary_folder.h"

namespace pinfold::bench {
namespace {

namespace fs = std::filesystem;

constexpr Method quick = {.rounds = 201, .warm_up = 5};
constexpr Method slow = {.rounds = 31, .warm_up = 2, .round_time = {}};  // up to 50 ms
constexpr Method very_slow = {.rounds = 9, .warm_up = 1, .round_time = {}};

constexpr std::chrono::milliseconds reach_large(5);

struct FreeTopology {
  void operator()(hwloc_topology_t topology) const { hwloc_topology_destroy(topology); }
};
using Topology = std::unique_ptr<hwloc_topology, FreeTopology>;

Topology new_topology() {
  hwloc_topology_t topology = nullptr;
  if (hwloc_topology_init(&topology) != 0) return nullptr;
  // This is how it is by default; said because devices would take it long.
  hwloc_topology_set_io_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_NONE);
  return Topology(topology);
}

// Loads a topology that `prepare` has told from where.
template <class Prepare>
Side hwloc_load(Prepare prepare) {
  return [prepare](std::size_t times) {
    while (times-- > 0) {
      const Topology topology = new_topology();
      if (!topology || !prepare(topology.get())) return false;
      if (hwloc_topology_load(topology.get()) != 0) return false;
    }
    return true;
  };
}

// hwloc learns from the environment that it shall read a copy.
class CopyVariables {
 public:
  explicit CopyVariables(const std::string& root) {
    ::setenv("HWLOC_FSROOT", root.c_str(), 1);
    ::setenv("HWLOC_COMPONENTS", "linux,stop", 1);
    ::setenv("HWLOC_THISSYSTEM", "0", 1);
  }
  CopyVariables(const CopyVariables&) = delete;
  CopyVariables& operator=(const CopyVariables&) = delete;
  ~CopyVariables() {
    for (const char* name : {"HWLOC_FSROOT", "HWLOC_COMPONENTS", "HWLOC_THISSYSTEM"})
      ::unsetenv(name);
  }
};

Side hwloc_load_copy(const std::string& root) {
  return [root, load = hwloc_load([](hwloc_topology_t) { return true; })](std::size_t times) {
    const CopyVariables here(root);
    return load(times);
  };
}

Side open(const std::string& text) {
  return [text](std::size_t times) {
    while (times-- > 0) {
      auto machine = Machine::open(text);
      touch(machine);
      if (!machine) return false;
    }
    return true;
  };
}

const Side hwloc_load_host = hwloc_load([](hwloc_topology_t) { return true; });

void host(Report& report) {
  report.compare({"machine: host / hwloc", 0.25, open("host"), hwloc_load_host, quick});
  // The instruction cpuid, which hwloc asks on each CPU in turn, takes long on a virtual machine.
  report.compare({"machine: host / hwloc without cpuid",
                  {},
                  open("host"),
                  hwloc_load([](hwloc_topology_t topology) {
                    return hwloc_topology_set_components(
                               topology, HWLOC_TOPOLOGY_COMPONENTS_FLAG_BLACKLIST, "x86") == 0;
                  }),
                  quick});
}

// Archives of /sys and /proc, each with one folder in it.
std::vector<fs::path> archives() {
  std::vector<fs::path> found;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(PINFOLD_MACHINES, missing)) {
    if (entry.path().extension() == ".bz2") found.push_back(entry.path());
  }
  std::ranges::sort(found);
  return found;
}

// The folder in the archive; nothing when it cannot be unpacked.
std::optional<std::string> unpack(const fs::path& archive, const TemporaryFolder& folder) {
  const auto tar = find_program("tar");
  if (!tar || folder.path().empty()) return std::nullopt;
  if (!Command({*tar, "-xjf", archive, "-C", folder.path()}).run()) return std::nullopt;
  for (const auto& entry : fs::directory_iterator(folder.path()))
    return entry.path();
  return std::nullopt;
}

void snapshots(Report& report) {
  const auto found = archives();
  if (found.empty()) report.skip("machine: snapshots / hwloc", "none in " PINFOLD_MACHINES);
  for (const fs::path& archive : found) {
    const std::string name = "machine: " + archive.stem().stem().string() + " / hwloc";
    if (!report.wants(name)) continue;
    const TemporaryFolder folder;
    const auto root = unpack(archive, folder);
    if (!root) {
      report.skip(name, "tar and bzip2 cannot unpack it");
      continue;
    }
    report.compare({name, 0.25, open(*root), hwloc_load_copy(*root), slow});
  }
}

// Of the machine only what the place needs.
Side resolve_in(const std::string& root, const std::string& place) {
  return [root, place](std::size_t times) {
    while (times-- > 0) {
      const auto parsed = Place::parse(place);
      if (!parsed) return false;
      const auto machine = open_machine(root, parsed->parts());
      if (!machine) return false;
      auto named = parsed->resolve(*machine, machine->limits(), nullptr);
      touch(named);
      if (!named) return false;
    }
    return true;
  };
}

void sysfs(Report& report, const Shape& shape, const std::string& size) {
  const std::string whole = "machine: /sys of " + size + " / hwloc";
  const std::string one_level = "machine: /sys of " + size + ", for l3:0";
  if (!report.wants(whole) && !report.wants(one_level)) return;
  const TemporaryFolder folder;
  if (folder.path().empty() || !write_sysfs(shape, folder.path())) {
    report.skip(whole, "there is no room for it in /dev/shm");
    return;
  }
  const bool large = shape.cpus() >= 4'096;
  const Method method = large ? very_slow : shape.cpus() >= 512 ? slow : quick;
  report.compare({whole, large ? std::optional(0.10) : std::nullopt, open(folder.path()),
                  hwloc_load_copy(folder.path()), method});
  report.time({one_level, large ? std::optional(reach_large) : std::nullopt,
               resolve_in(folder.path(), "l3:0"), quick});
}

void described(Report& report, const Shape& shape, const std::string& size) {
  const std::string text = description(shape);
  const std::string name = "machine: description of " + size;
  const bool large = shape.cpus() >= 4'096;
  report.compare({name + " / hwloc",
                  {},
                  open(text),
                  hwloc_load([&](hwloc_topology_t topology) {
                    return hwloc_topology_set_synthetic(topology, text.c_str()) == 0;
                  }),
                  large ? slow : quick});
  report.time({name, large ? std::optional(reach_large) : std::nullopt, open(text), quick});
}

}  // namespace

void measure_machine(Report& report) {
  // What a program pays that loads one topology. As long as one lives, hwloc keeps its plugins
  // loaded, where any are installed; in the rows below it does not pay for them.
  report.compare(
      {"machine: host / hwloc and its plugins", {}, open("host"), hwloc_load_host, quick});
  const Topology keeps_plugins = new_topology();
  host(report);
  snapshots(report);
  for (const Shape& shape : shapes)
    sysfs(report, shape, with_commas(shape.cpus()) + " CPUs");
  sysfs(report, without_smt, with_commas(without_smt.cpus()) + " CPUs, no SMT");
  for (const Shape& shape : shapes)
    described(report, shape, with_commas(shape.cpus()) + " CPUs");
}

}  // namespace pinfold::bench
