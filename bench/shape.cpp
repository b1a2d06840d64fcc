#include "shape.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <unordered_map>
#include <vector>

#include <pinfold/cpu_list.h>

#include "base/fd.h"

namespace pinfold::bench {
namespace {

// Files with the same content are links to one: hundreds of thousands that had a page each would
// fill the memory.
class Tree {
 public:
  explicit Tree(std::string root) : root_(std::move(root)) {}

  void folder(const std::string& path) {
    if (::mkdir(name(path).c_str(), 0755) != 0) complete_ = false;
  }

  void file(const std::string& path, const std::string& content) {
    const std::string file = name(path);
    const auto same = written_.find(content);
    if (same != written_.end() && ::link(same->second.c_str(), file.c_str()) == 0) return;
    const Fd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444));
    const std::string line = content + '\n';
    const bool all = fd.is_open() && ::write(fd.get(), line.data(), line.size()) ==
                                         static_cast<ssize_t>(line.size());
    if (!all) complete_ = false;
    written_[content] = file;  // the one before may have as many links as it can have
  }

  [[nodiscard]] bool is_complete() const { return complete_; }

 private:
  [[nodiscard]] std::string name(const std::string& path) const { return root_ + '/' + path; }

  std::string root_;
  std::unordered_map<std::string, std::string> written_;  // content, the file that has it
  bool complete_ = true;
};

// A bitmap of so many CPUs as the kernel prints it, the highest word first.
std::string kernel_mask(const CpuSet& set, unsigned cpus) {
  std::vector<std::uint32_t> words((cpus + 31) / 32);
  for (const CpuId cpu : set)
    words[cpu.value() / 32] |= std::uint32_t{1} << (cpu.value() % 32);
  std::string text;
  for (auto word = words.rbegin(); word != words.rend(); ++word) {
    std::array<char, 10> digits{};
    std::snprintf(digits.data(), digits.size(), "%08x,", *word);
    text += digits.data();
  }
  text.pop_back();
  return text;
}

// CPUs that share something, in the kernel's two forms.
struct Domain {
  unsigned number;
  std::string list;
  std::string mask;
};

class Writer {
 public:
  Writer(const Shape& shape, const std::string& folder)
      : shape_(shape),
        tree_(folder),
        packages_(domains(shape.packages)),
        nodes_(domains(shape.all_nodes())),
        l3s_(domains(shape.all_l3s())),
        cores_(domains(shape.all_cores())) {}

  bool write() {
    for (const char* folder : {"sys", "sys/devices", "sys/devices/system"})
      tree_.folder(folder);
    write_cpus();
    write_nodes();
    return tree_.is_complete();
  }

 private:
  [[nodiscard]] std::vector<Domain> domains(unsigned number) const {
    const unsigned cores = shape_.all_cores() / number;
    std::vector<Domain> domains;
    for (unsigned i = 0; i < number; ++i) {
      CpuSet set;
      for (unsigned thread = 0; thread < shape_.smt; ++thread) {
        const unsigned first = thread * shape_.all_cores() + i * cores;
        set.add_range(CpuId(first), CpuId(first + cores - 1));
      }
      domains.push_back({i, to_cpu_list(set), kernel_mask(set, shape_.cpus())});
    }
    return domains;
  }

  // The one of these that a core stands in.
  [[nodiscard]] const Domain& around(unsigned core, const std::vector<Domain>& domains) const {
    return domains[core / (shape_.all_cores() / domains.size())];
  }

  void write_cpus() {
    const std::string cpus = "sys/devices/system/cpu";
    tree_.folder(cpus);
    const std::string all = to_cpu_list(CpuSet::range(CpuId(0), CpuId(shape_.cpus() - 1)));
    for (const char* file : {"/online", "/present", "/possible"})
      tree_.file(cpus + file, all);
    tree_.file(cpus + "/isolated", "");
    for (unsigned cpu = 0; cpu < shape_.cpus(); ++cpu) {
      const std::string folder = cpus + "/cpu" + std::to_string(cpu);
      const unsigned core = cpu % shape_.all_cores();
      tree_.folder(folder);
      tree_.file(folder + "/cpu_capacity", "1024");
      write_topology(folder + "/topology/", core);
      write_caches(folder + "/cache", core);
    }
  }

  void write_topology(const std::string& folder, unsigned core) {
    const Domain& package = around(core, packages_);
    const unsigned core_in_package = core % (shape_.all_cores() / shape_.packages);
    tree_.folder(folder);
    tree_.file(folder + "physical_package_id", std::to_string(package.number));
    tree_.file(folder + "die_id", "0");
    tree_.file(folder + "cluster_id", std::to_string(core));
    tree_.file(folder + "core_id", std::to_string(core_in_package));
    write_siblings(folder + "package_cpus", package);
    write_siblings(folder + "die_cpus", package);
    write_siblings(folder + "cluster_cpus", cores_[core]);
    write_siblings(folder + "core_cpus", cores_[core]);
  }

  void write_siblings(const std::string& file, const Domain& domain) {
    tree_.file(file, domain.mask);
    tree_.file(file + "_list", domain.list);
  }

  void write_caches(const std::string& folder, unsigned core) {
    tree_.folder(folder);
    write_cache(folder + "/index0/", "1", "Data", "48K", cores_[core]);
    write_cache(folder + "/index1/", "1", "Instruction", "32K", cores_[core]);
    write_cache(folder + "/index2/", "2", "Unified", "2048K", cores_[core]);
    write_cache(folder + "/index3/", "3", "Unified", "32768K", around(core, l3s_));
  }

  void write_cache(const std::string& folder, const char* level, const char* type, const char* size,
                   const Domain& sharing) {
    tree_.folder(folder);
    tree_.file(folder + "level", level);
    tree_.file(folder + "type", type);
    tree_.file(folder + "size", size);
    tree_.file(folder + "id", std::to_string(sharing.number));
    tree_.file(folder + "coherency_line_size", "64");
    tree_.file(folder + "number_of_sets", "64");
    tree_.file(folder + "physical_line_partition", "1");
    tree_.file(folder + "shared_cpu_list", sharing.list);
    tree_.file(folder + "shared_cpu_map", sharing.mask);
  }

  void write_nodes() {
    const std::string nodes = "sys/devices/system/node";
    tree_.folder(nodes);
    tree_.file(nodes + "/online", "0-" + std::to_string(shape_.all_nodes() - 1));
    for (const Domain& node : nodes_) {
      const std::string number = std::to_string(node.number);
      const std::string folder = nodes + "/node" + number;
      tree_.folder(folder);
      tree_.file(folder + "/cpulist", node.list);
      tree_.file(folder + "/cpumap", node.mask);
      tree_.file(folder + "/distance", distances(node.number));
      tree_.file(folder + "/meminfo", "Node " + number + " MemTotal:       65536000 kB");
    }
  }

  [[nodiscard]] std::string distances(unsigned from) const {
    std::string row;
    for (unsigned to = 0; to < shape_.all_nodes(); ++to) {
      const bool same_package = from / shape_.nodes == to / shape_.nodes;
      if (to > 0) row += ' ';
      row += from == to ? "10" : same_package ? "12" : "32";
    }
    return row;
  }

  const Shape& shape_;
  Tree tree_;
  std::vector<Domain> packages_, nodes_, l3s_, cores_;
};

}  // namespace

std::string description(const Shape& shape) {
  return "pack:" + std::to_string(shape.packages) + " numa:" + std::to_string(shape.nodes) +
         " l3:" + std::to_string(shape.l3s) + " core:" + std::to_string(shape.cores) +
         " pu:" + std::to_string(shape.smt);
}

bool write_sysfs(const Shape& shape, const std::string& folder) {
  return Writer(shape, folder).write();
}

}  // namespace pinfold::bench
