#include "machine/topology.h"

#include <array>
#include <cstdio>

namespace pinfold {
namespace {

constexpr std::size_t most_forms = 4;

}  // namespace

// What a level is called in cpuN/topology.
struct TopologyLevel::Files {
  const char* id;
  // Lists came with 2.6.26, the names of the first ones with 5.3; masks are older.
  std::array<const char*, most_forms> forms;
  static const Files& of(Level level);
};

const TopologyLevel::Files& TopologyLevel::Files::of(Level level) {
  static constexpr Files package = {
      "physical_package_id",
      {"package_cpus_list", "core_siblings_list", "package_cpus", "core_siblings"}};
  static constexpr Files die = {"die_id", {"die_cpus_list", nullptr, "die_cpus", nullptr}};
  static constexpr Files cluster = {"cluster_id",
                                    {"cluster_cpus_list", nullptr, "cluster_cpus", nullptr}};
  static constexpr Files core = {
      "core_id", {"core_cpus_list", "thread_siblings_list", "core_cpus", "thread_siblings"}};
  switch (level) {
    case Level::package:
      return package;
    case Level::die:
      return die;
    case Level::cluster:
      return cluster;
    default:
      return core;
  }
}

TopologyLevel::TopologyLevel(Level level, Folder& cpus) : files_(Files::of(level)), cpus_(cpus) {}

void TopologyLevel::visit(CpuId cpu) {
  if (absent_ || seen_.contains(cpu)) return;
  auto siblings = read(cpu);
  if (!siblings) return;
  siblings->add(cpu);
  Object domain{.cpus = std::move(*siblings)};
  if (!complete(cpu, domain)) return;
  seen_ |= domain.cpus;
  domains_.push_back(std::move(domain));
}

std::optional<CpuSet> TopologyLevel::read(CpuId cpu) {
  std::array<char, 64> path{};
  for (; form_ < most_forms; ++form_) {
    if (!files_.forms[form_]) continue;
    std::snprintf(path.data(), path.size(), "cpu%u/topology/%s", cpu.value(), files_.forms[form_]);
    auto siblings = form_ < 2 ? cpus_.list(path.data()) : cpus_.mask(path.data());
    if (siblings) return siblings;
    // A CPU without the folder says nothing about the names of files.
    if (!domains_.empty()) return std::nullopt;
  }
  std::snprintf(path.data(), path.size(), "cpu%u/topology", cpu.value());
  absent_ = cpus_.has(path.data());
  form_ = 0;
  return std::nullopt;
}

std::optional<long> TopologyLevel::number(CpuId cpu, const char* file) {
  std::array<char, 64> path{};
  std::snprintf(path.data(), path.size(), "cpu%u/topology/%s", cpu.value(), file);
  return cpus_.number(path.data());
}

// False where the kernel only seems to know such a domain.
bool TopologyLevel::complete(CpuId cpu, Object& domain) {
  if (&files_ == &Files::of(Level::core)) {
    if (domain.cpus.count() > 1 && !cores_share(cpu, domain.cpus)) domain.cpus = {cpu};
    return true;
  }
  const bool package = &files_ == &Files::of(Level::package);
  if (!package && domain.cpus.count() > 1) return true;
  const auto id = number(cpu, files_.id);
  if (!id || *id >= 0) {
    if (id && package) domain.id = static_cast<unsigned>(*id);
    return true;
  }
  // Packages are true without a number (ppc64, s390x). Without one, a CPU is in no cluster; and
  // dies are a matter of the architecture: none has one, or all.
  if (&files_ == &Files::of(Level::die)) absent_ = true;
  return package;
}

// Before Linux 4.14 the two cores of an AMD compute unit stood as siblings, with different core
// numbers; they have a first-level data cache and integer units each.
bool TopologyLevel::cores_share(CpuId cpu, const CpuSet& siblings) {
  if (cores_share_) return *cores_share_;
  cores_share_ = true;
  const auto own = number(cpu, files_.id);
  for (const CpuId sibling : siblings) {
    const auto other = number(sibling, files_.id);
    if (own && other && *own != *other) cores_share_ = false;
  }
  return *cores_share_;
}

}  // namespace pinfold
