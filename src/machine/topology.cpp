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
  if (&files_ == &TopologyFiles::package) {
    // It is true without a number, too (ppc64, s390x).
    const auto id = number(cpu, files_.id);
    if (id && *id >= 0) domain.id = static_cast<unsigned>(*id);
    return true;
  }
  if (domain.cpus.count() > 1) return true;
  // Where a kernel knows no dies or clusters their number is -1 and each CPU one of its own. What
  // the first such CPU is, the others are: there is nobody with whom it shares it.
  if (!lone_are_real_) {
    const auto id = number(cpu, files_.id);
    lone_are_real_ = !id || *id >= 0;
  }
  // Dies are a matter of the architecture: none has one, or all.
  if (&files_ == &TopologyFiles::die && !*lone_are_real_) absent_ = true;
  return *lone_are_real_;
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
