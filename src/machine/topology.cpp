#include "machine/topology.h"

namespace pinfold {
const TopologyFiles TopologyFiles::package = {"physical_package_id",
                                              {"package_cpus_list", "core_siblings_list"},
                                              {"package_cpus", "core_siblings"}};
const TopologyFiles TopologyFiles::die = {"die_id", {"die_cpus_list"}, {"die_cpus"}};
const TopologyFiles TopologyFiles::cluster = {
    "cluster_id", {"cluster_cpus_list"}, {"cluster_cpus"}};
const TopologyFiles TopologyFiles::core = {
    "core_id", {"core_cpus_list", "thread_siblings_list"}, {"core_cpus", "thread_siblings"}};
const TopologyFiles TopologyFiles::book = {"book_id", {"book_siblings_list"}, {}};
const TopologyFiles TopologyFiles::drawer = {"drawer_id", {"drawer_siblings_list"}, {}};

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
  const auto forms = files_.lists.size() + files_.masks.size();
  for (; form_ < forms; ++form_) {
    const bool list = form_ < files_.lists.size();
    const char* file = list ? files_.lists[form_] : files_.masks[form_ - files_.lists.size()];
    if (!file) continue;
    const char* path = path_(cpu, "/topology/", file);
    auto siblings = list ? cpus_.list(path) : cpus_.mask(path);
    if (siblings) {
      if (domains_.empty()) telling_.add(cpu);
      return siblings;
    }
    // A CPU without the folder says nothing about the names of files.
    if (!domains_.empty()) return std::nullopt;
  }
  if (!telling_.contains(cpu) && cpus_.has(path_(cpu, "/topology"))) telling_.add(cpu);
  absent_ = telling_.contains(cpu);
  form_ = 0;
  return std::nullopt;
}

std::optional<long> TopologyLevel::number(CpuId cpu, const char* file) {
  return cpus_.number(path_(cpu, "/topology/", file));
}

// False where the kernel only seems to know such a domain.
bool TopologyLevel::complete(CpuId cpu, Object& domain) {
  if (&files_ == &TopologyFiles::core) {
    if (domain.cpus.count() > 1 && !cores_share(cpu, domain.cpus)) domain.cpus = {cpu};
    return true;
  }
  const bool package = &files_ == &TopologyFiles::package;
  if (!package && domain.cpus.count() > 1) return true;
  const auto id = number(cpu, files_.id);
  if (!id || *id >= 0) {
    if (id && package) domain.id = static_cast<unsigned>(*id);
    return true;
  }
  // Packages are true without a number (ppc64, s390x). Without one, a CPU is in no cluster; and
  // dies are a matter of the architecture: none has one, or all.
  if (&files_ == &TopologyFiles::die) absent_ = true;
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
