// A machine: what it is made of, and which of its CPUs may be used.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <pinfold/cpu_set.h>
#include <pinfold/result.h>

namespace pinfold {

/// What a machine is made of, roughly from the largest to the smallest. PUs (hardware threads)
/// are the CPUs themselves.
enum class Level {
  package,
  node,  ///< NUMA node
  die,
  l3,
  cluster,
  l2,
  core,
  l1d,
};
inline constexpr std::size_t level_count = 8;

/// "package", "node", "die", "l3", "cluster", "l2", "core", "l1d".
const char* name(Level level);

/// A package, a core, a cache, …: CPUs that share something.
struct Object {
  CpuSet cpus;                      ///< those online; empty for a NUMA node without CPUs
  std::optional<unsigned> id = {};  ///< the kernel's number of a package, die or node
  std::uint64_t size = 0;           ///< bytes: of a cache, of a node's memory; 0 where not known
};

/// CPUs of one build, where a machine has several: performance and efficiency cores.
struct CpuKind {
  CpuSet cpus;
  std::string name = {};  ///< "P" the fastest, "E" the slowest; empty for those between, and where
                          ///< there is one kind only
  std::optional<unsigned> capacity =
      {};  ///< how fast, where the kernel says: cpu_capacity, or CPPC's
};

struct Limits;
struct MachineFacts;

/// Does not change: a copy is cheap, and shares what was read.
class Machine {
 public:
  /// The machine under us, with the limits of the calling process.
  static Result<Machine> host();

  /// `host`; a folder with a copy of /sys and /proc, whose links cannot lead out of it; or a
  /// description, `pack:2 numa:2 l3:2 core:8 pu:2;isolated=6-7` (pinfold(1), MACHINES). Kind
  /// `syntax` for a description that makes no sense, `unsupported` or `system` for a folder.
  static Result<Machine> open(std::string_view text);

  explicit Machine(MachineFacts facts);

  /// Whether it is the machine under us.
  [[nodiscard]] bool is_host() const;

  /// /sys/devices/system/cpu: which CPUs there can be, are, and are switched on.
  [[nodiscard]] const CpuSet& possible() const;
  [[nodiscard]] const CpuSet& present() const;
  [[nodiscard]] const CpuSet& online() const;
  /// Kept from the scheduler's balancing: isolcpus= and isolated cpuset partitions.
  [[nodiscard]] const CpuSet& isolated() const;
  /// nohz_full=
  [[nodiscard]] const CpuSet& nohz_full() const;
  /// Online, and left by the cpuset of the calling process (of a copy: of the one that made it).
  [[nodiscard]] const CpuSet& allowed() const;
  [[nodiscard]] const Limits& limits() const;

  /// In logical order: whoever stands together in something larger stands together here. Online
  /// CPUs only; empty where the machine has no such level or does not tell.
  [[nodiscard]] std::span<const Object> objects(Level level) const;

  /// The online CPUs in logical order.
  [[nodiscard]] std::span<const CpuId> cpus() const;

  /// Slowest first; at least one.
  [[nodiscard]] std::span<const CpuKind> kinds() const;

  /// How far the memory of node `to` is from the CPUs of node `from` (indices in logical order;
  /// 10 is near, as in ACPI's SLIT); nothing where the machine does not tell.
  [[nodiscard]] std::optional<unsigned> distance(std::size_t from, std::size_t to) const;

  /// The CPUs that are local to a device: a network interface (`eth0`), a block device
  /// (`nvme0n1`), a GPU's node (`renderD128`), a PCI address (`0000:3b:00.0`). Errors:
  /// `no_such_object`, with the reason alone, for one that is not there or stands on no bus that
  /// has a place.
  [[nodiscard]] Result<CpuSet> near(std::string_view device) const;

  /// All that is known of it (src/machine/facts.h), for who shows the machine to others.
  [[nodiscard]] const MachineFacts& facts() const { return *facts_; }

 private:
  std::shared_ptr<const MachineFacts> facts_;
};

}  // namespace pinfold
