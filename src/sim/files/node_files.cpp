#include "sim/files/node_files.h"

#include <algorithm>
#include <string>

#include "sim/files/kernel_text.h"

namespace pinfold::sim {
namespace {

constexpr std::uint64_t made_up_memory = 1ULL << 30U;  // as hwloc does for a description
constexpr unsigned distance_within = 10;
constexpr unsigned distance_between = 20;

class Nodes {
 public:
  Nodes(FileTree& tree, const MachineView& view, ContentStore& contents)
      : tree_(tree), contents_(contents), machine_(view.machine()) {
    const auto nodes = machine_.objects(Level::node);
    for (std::size_t i = 0; i < nodes.size(); ++i)
      by_id_.push_back(i);
    std::ranges::sort(by_id_, {}, [&](std::size_t i) { return id(i); });
    memory_known_ = std::ranges::any_of(nodes, [](const Object& node) { return node.size != 0; });
  }

  void add(FileTree::FolderId folder, FileTree::FolderId bus) {
    CpuSet online;
    CpuSet with_cpus;
    CpuSet with_memory;
    for (const std::size_t i : by_id_) {
      const CpuId number(id(i));  // a list of nodes is written as one of CPUs
      online.add(number);
      if (!node(i).cpus.empty()) with_cpus.add(number);
      if (memory(i) != 0) with_memory.add(number);
      const std::string name = "node" + std::to_string(id(i));
      add_node(tree_.add_folder(folder, name), i);
      tree_.add_link(bus, name, "../../../devices/system/node/" + name);
    }
    tree_.add_file(folder, "has_cpu", contents_.list(with_cpus));
    tree_.add_file(folder, "has_generic_initiator", "\n");
    tree_.add_file(folder, "has_memory", contents_.list(with_memory));
    tree_.add_file(folder, "has_normal_memory", contents_.list(with_memory));
    tree_.add_file(folder, "online", contents_.list(online));
    tree_.add_file(folder, "possible", contents_.list(online));
    tree_.add_file(folder, "uevent", "");
  }

 private:
  [[nodiscard]] const Object& node(std::size_t i) const { return machine_.objects(Level::node)[i]; }
  [[nodiscard]] unsigned id(std::size_t i) const {
    return node(i).id.value_or(static_cast<unsigned>(i));
  }
  [[nodiscard]] std::uint64_t memory(std::size_t i) const {
    return memory_known_ ? node(i).size : made_up_memory;
  }

  void add_node(FileTree::FolderId folder, std::size_t i) {
    for (const CpuId cpu : node(i).cpus) {
      const std::string name = "cpu" + std::to_string(cpu.value());
      tree_.add_link(folder, name, "../../cpu/" + name);
    }
    tree_.add_file(folder, "cpulist", contents_.list(node(i).cpus));
    tree_.add_file(folder, "cpumap", contents_.mask(node(i).cpus));
    tree_.add_file(folder, "distance", distances(i));
    add_huge_pages(folder);
    tree_.add_file(folder, "meminfo", meminfo(i));
    tree_.add_file(folder, "numastat",
                   "numa_hit 0\nnuma_miss 0\nnuma_foreign 0\ninterleave_hit 0\nlocal_node 0\n"
                   "other_node 0\n");
    tree_.add_link(folder, "subsystem", "../../../../bus/node");
    tree_.add_file(folder, "uevent", "");
    tree_.add_file(folder, "vmstat",
                   "nr_free_pages " + std::to_string(memory(i) >> 12U) +
                       "\nnuma_hit 0\nnuma_miss 0\nnuma_foreign 0\nnuma_interleave 0\n"
                       "numa_local 0\nnuma_other 0\n");
  }

  void add_huge_pages(FileTree::FolderId folder) {
    const FileTree::FolderId all = tree_.add_folder(folder, "hugepages");
    for (const char* size : {"hugepages-1048576kB", "hugepages-2048kB"}) {
      const FileTree::FolderId pages = tree_.add_folder(all, size);
      for (const char* file : {"free_hugepages", "nr_hugepages", "surplus_hugepages"})
        tree_.add_file(pages, file, "0\n");
    }
  }

  [[nodiscard]] std::string distances(std::size_t from) const {
    std::string text;
    for (const std::size_t to : by_id_) {
      const unsigned usual = from == to ? distance_within : distance_between;
      if (!text.empty()) text += ' ';
      text += std::to_string(machine_.distance(from, to).value_or(usual));
    }
    return text += '\n';
  }

  // All of it free, as right after the boot.
  [[nodiscard]] std::string meminfo(std::size_t i) const {
    constexpr const char* zeros[] = {
        "MemUsed:",        "SwapCached:",    "Active:",         "Inactive:",       "Active(anon):",
        "Inactive(anon):", "Active(file):",  "Inactive(file):", "Unevictable:",    "Mlocked:",
        "Dirty:",          "Writeback:",     "FilePages:",      "Mapped:",         "AnonPages:",
        "Shmem:",          "KernelStack:",   "PageTables:",     "SecPageTables:",  "NFS_Unstable:",
        "Bounce:",         "WritebackTmp:",  "KReclaimable:",   "Slab:",           "SReclaimable:",
        "SUnreclaim:",     "AnonHugePages:", "ShmemHugePages:", "ShmemPmdMapped:", "FileHugePages:",
        "FilePmdMapped:"};
    const std::string node = "Node " + std::to_string(id(i)) + ' ';
    std::string text;
    const auto add = [&](std::string_view field, std::uint64_t number, std::size_t width,
                         const char* end) {
      const std::string digits = std::to_string(number);
      text.append(node).append(field);
      const std::size_t used = field.size() + digits.size();
      text.append(width > used ? width - used : 1, ' ').append(digits).append(end);
    };
    constexpr std::size_t of_sizes = 24;
    constexpr std::size_t of_counts = 22;
    add("MemTotal:", memory(i) >> 10U, of_sizes, " kB\n");
    add("MemFree:", memory(i) >> 10U, of_sizes, " kB\n");
    for (const char* field : zeros)
      add(field, 0, of_sizes, " kB\n");
    for (const char* field : {"HugePages_Total:", "HugePages_Free:", "HugePages_Surp:"})
      add(field, 0, of_counts, "\n");
    return text;
  }

  FileTree& tree_;
  ContentStore& contents_;
  const Machine& machine_;
  std::vector<std::size_t> by_id_;  // indices of the machine's nodes
  bool memory_known_ = false;
};

}  // namespace

void add_nodes(FileTree& tree, FileTree::FolderId folder, FileTree::FolderId bus,
               const MachineView& view, ContentStore& contents) {
  Nodes(tree, view, contents).add(folder, bus);
}

}  // namespace pinfold::sim
