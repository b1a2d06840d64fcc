#include "sim/files/sysfs.h"

#include <algorithm>
#include <bit>
#include <string>

#include "machine/facts.h"
#include "sim/files/content_store.h"
#include "sim/files/cpu_caches.h"
#include "sim/files/cpu_kinds.h"
#include "sim/files/cpu_topology.h"
#include "sim/files/machine_view.h"
#include "sim/files/node_files.h"

namespace pinfold::sim {
namespace {

using FolderId = FileTree::FolderId;

constexpr unsigned usual_most_cpus = 8192;  // CONFIG_NR_CPUS of distributions' kernels

const char* modalias(Architecture architecture) {
  return architecture == Architecture::x86 ? "cpu:type:x86,ven0000fam0006mod008F:feature:,0000\n"
                                           : "cpu:type:aarch64:feature:,0000\n";
}

class Builder {
 public:
  Builder(const Machine& machine, Architecture architecture)
      : machine_(machine),
        architecture_(architecture),
        view_(machine),
        contents_(tree_, view_.bits()),
        topology_(view_, contents_),
        caches_(machine, contents_),
        kinds_(machine, contents_),
        nodes_(machine.objects(Level::node)) {}

  FileTree build() && {
    const FolderId sys = tree_.add_folder(FileTree::root, "sys");
    const FolderId bus = tree_.add_folder(sys, "bus");
    const FolderId devices = tree_.add_folder(sys, "devices");
    const FolderId system = tree_.add_folder(devices, "system");
    const FolderId cpu_bus = tree_.add_folder(tree_.add_folder(bus, "cpu"), "devices");
    const FolderId node_bus = tree_.add_folder(tree_.add_folder(bus, "node"), "devices");
    add_cpus(tree_.add_folder(system, "cpu"), cpu_bus);
    add_nodes(tree_, tree_.add_folder(system, "node"), node_bus, view_, contents_);
    kinds_.add_pmus(tree_, devices);
    tree_.add_file(tree_.add_folder(FileTree::root, "proc"), "cpuinfo",
                   cpuinfo_of(machine_, architecture_));
    return std::move(tree_);
  }

 private:
  void add_cpus(FolderId folder, FolderId bus) {
    add_limits(folder);
    const FolderId smt = tree_.add_folder(folder, "smt");
    const auto cores = view_.cores();
    const bool active =
        std::ranges::any_of(cores, [](const Object& core) { return core.cpus.count() > 1; });
    tree_.add_file(smt, "active", active ? "1\n" : "0\n");
    tree_.add_file(smt, "control", active ? "on\n" : "notsupported\n");
    for (const CpuId cpu : machine_.present()) {
      const std::string name = "cpu" + std::to_string(cpu.value());
      add_cpu(tree_.add_folder(folder, name), cpu);
      tree_.add_link(bus, name, "../../../devices/system/cpu/" + name);
    }
  }

  void add_limits(FolderId folder) {
    const SystemCpus& cpus = machine_.limits().cpus;
    const auto add = [&](const char* name, const CpuSet& set) {
      tree_.add_file(folder, name, contents_.list(set));
    };
    add("isolated", cpus.isolated);
    add("offline", cpus.possible - cpus.online);
    add("online", cpus.online);
    add("possible", cpus.possible);
    add("present", cpus.present);
    if (cpus.aarch32) add("aarch32_el0", *cpus.aarch32);
    // A mask that nobody asked for does not exist there.
    tree_.add_file(
        folder, "nohz_full",
        cpus.nohz_full.empty() ? contents_.text("(null)\n") : contents_.list(cpus.nohz_full));
    const unsigned most = std::max(usual_most_cpus, std::bit_ceil(view_.bits()));
    tree_.add_file(folder, "kernel_max", std::to_string(most - 1) + '\n');
    if (architecture_ != Architecture::other)
      tree_.add_file(folder, "modalias", modalias(architecture_));
    tree_.add_file(folder, "uevent", "");
  }

  // In the order in which the names are sorted. Of a CPU that is offline a kernel knows no more
  // than that it is.
  void add_cpu(FolderId folder, CpuId cpu) {
    const bool online = machine_.online().contains(cpu);
    if (online) {
      kinds_.add_performance(tree_, folder, cpu);
      caches_.add(tree_, folder, cpu);
      kinds_.add_capacity(tree_, folder, cpu);
      if (nodes_.of(cpu) != nodes_.none()) add_node_link(folder, nodes_.of(cpu));
    }
    // The first CPU of x86 cannot be switched off, and has no switch.
    if (architecture_ != Architecture::x86 || cpu.value() != 0 || !online)
      tree_.add_file(folder, "online", contents_.number(online ? 1 : 0));
    tree_.add_link(folder, "subsystem", subsystem_);
    if (online) topology_.add(tree_, tree_.add_folder(folder, "topology"), cpu);
    tree_.add_file(folder, "uevent", uevent_);
  }

  void add_node_link(FolderId folder, std::size_t index) {
    const auto id = machine_.objects(Level::node)[index].id;
    const std::string name = "node" + std::to_string(id.value_or(static_cast<unsigned>(index)));
    tree_.add_link(folder, name, "../../node/" + name);
  }

  const Machine& machine_;
  Architecture architecture_;
  FileTree tree_;
  MachineView view_;
  ContentStore contents_;
  CpuTopology topology_;
  CpuCaches caches_;
  CpuKinds kinds_;
  Membership nodes_;
  ContentStore::Id subsystem_ = contents_.text("../../../../bus/cpu");
  ContentStore::Id uevent_ =
      architecture_ == Architecture::other
          ? contents_.text("DRIVER=processor\n")
          : contents_.text(std::string("DRIVER=processor\nMODALIAS=") + modalias(architecture_));
};

}  // namespace

FileTree machine_files(const Machine& machine, Architecture architecture) {
  return Builder(machine, architecture).build();
}

}  // namespace pinfold::sim
