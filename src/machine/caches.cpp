#include "machine/caches.h"

#include <algorithm>

#include "base/number.h"

namespace pinfold {
namespace {

// "32768K"; 0 where it is not known.
std::uint64_t parse_size(std::string_view text) {
  unsigned shift = 0;
  if (text.ends_with('K')) shift = 10;
  if (text.ends_with('M')) shift = 20;
  if (shift != 0) text.remove_suffix(1);
  const auto size = parse_number<std::uint32_t>(text);
  return size ? std::uint64_t{*size} << shift : 0;
}

}  // namespace

Caches::Caches(MachineParts wanted, Folder& cpus) : cpus_(cpus) {
  for (const Level level : {Level::l3, Level::l2, Level::l1d}) {
    if (wanted.has(level)) wanted_.push_back({.level = level});
  }
}

void Caches::visit(CpuId cpu) {
  for (Wanted& wanted : wanted_) {
    if (!wanted.seen.contains(cpu)) read(cpu, wanted);
  }
}

void Caches::move_to(PerLevel<std::vector<Object>>& objects) {
  for (Wanted& wanted : wanted_)
    objects[wanted.level] = std::move(wanted.objects);
}

const char* Caches::path(CpuId cpu, unsigned index, const char* file) {
  return path_(cpu, "/cache/index", index, "/", file);
}

std::optional<Level> Caches::level_of(CpuId cpu, unsigned index) {
  const auto level = cpus_.number(path(cpu, index, "level"));
  return level ? with_type(cpu, index, *level) : std::nullopt;
}

std::optional<Level> Caches::with_type(CpuId cpu, unsigned index, long level) {
  const auto type = cpus_.read(path(cpu, index, "type"));
  if (!type || *type == "Instruction") return std::nullopt;
  if (level == 1) return Level::l1d;
  if (level == 2) return Level::l2;
  if (level == 3) return Level::l3;
  return std::nullopt;
}

// A cache that shows that there is no larger one is looked at a second time for itself.
std::uint64_t Caches::size_of(CpuId cpu, unsigned index) {
  if (last_size_ && last_size_->cpu == cpu && last_size_->index == index) return last_size_->size;
  const auto size = cpus_.read(path(cpu, index, "size"));
  last_size_ = {.cpu = cpu, .index = index, .size = size ? parse_size(*size) : 0};
  return last_size_->size;
}

void Caches::learn(CpuId cpu) {
  layout_.clear();
  learnt_from_ = cpu;
  for (unsigned index = 0;; ++index) {
    const auto level = cpus_.number(path(cpu, index, "level"));
    if (!level) return;
    layout_.push_back({.level = with_type(cpu, index, *level), .size = size_of(cpu, index)});
  }
}

std::optional<unsigned> Caches::learnt(Level level) const {
  const auto index = std::ranges::find(layout_, level, &Index::level);
  if (index == layout_.end()) return std::nullopt;
  return static_cast<unsigned>(index - layout_.begin());
}

bool Caches::size_tells(std::uint64_t size) const {
  return size != 0 && std::ranges::count(layout_, size, &Index::size) == 1;
}

// Nothing where the CPU has no such cache.
std::optional<Caches::Found> Caches::find(CpuId cpu, Level level) {
  if (learnt_from_ != cpu) {
    if (const auto index = learnt(level)) {
      const std::uint64_t size = size_of(cpu, *index);
      const bool same = size == layout_[*index].size && size_tells(size);
      if (same || level_of(cpu, *index) == level) return Found{*index, size};
    } else if (ends_as_learnt(cpu)) {
      return std::nullopt;  // this one, too, has no such cache
    }
    learn(cpu);
  }
  const auto index = learnt(level);
  return index ? std::optional(Found{*index, layout_[*index].size}) : std::nullopt;
}

// Whether the last cache is the same, and really the last.
bool Caches::ends_as_learnt(CpuId cpu) {
  if (layout_.empty()) return false;
  const auto last = static_cast<unsigned>(layout_.size() - 1);
  const std::uint64_t size = size_of(cpu, last);
  if (size != layout_.back().size) return false;
  if (!size_tells(size) && level_of(cpu, last) != layout_.back().level) return false;
  return !cpus_.has(path(cpu, last + 1, "level"));
}

void Caches::read(CpuId cpu, Wanted& wanted) {
  const auto found = find(cpu, wanted.level);
  if (!found) return;
  std::optional<CpuSet> sharing;
  if (!masks_only_) sharing = cpus_.list(path(cpu, found->index, "shared_cpu_list"));
  if (!sharing) {
    sharing = cpus_.mask(path(cpu, found->index, "shared_cpu_map"));
    masks_only_ = sharing.has_value();
  }
  if (!sharing || !sharing->contains(cpu)) return;
  wanted.seen |= *sharing;
  wanted.objects.push_back({.cpus = std::move(*sharing), .size = found->size});
}

}  // namespace pinfold
