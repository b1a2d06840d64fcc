#include "sim/files/cpu_caches.h"

#include <bit>
#include <string>

namespace pinfold::sim {
namespace {

constexpr std::uint64_t line_size = 64;

// How many ways a cache of that size may have: the number of sets is a power of two in most.
std::uint64_t ways_of(std::uint64_t size) {
  constexpr std::uint64_t usual[] = {8, 12, 16, 20, 10, 11, 24, 4, 2};
  for (const std::uint64_t ways : usual) {
    if (size % (line_size * ways) == 0 && std::has_single_bit(size / (line_size * ways)))
      return ways;
  }
  for (const std::uint64_t ways : {std::uint64_t{16}, std::uint64_t{8}, std::uint64_t{4}}) {
    if (size % (line_size * ways) == 0) return ways;
  }
  return 1;
}

constexpr const char* index_names[] = {"index0", "index1", "index2", "index3"};

}  // namespace

CpuCaches::Kind::Kind(std::span<const Object> objects, ContentStore& contents, int number,
                      const char* type_name)
    : level(contents.number(number)), type(contents.text(type_name)), membership(objects) {
  caches.reserve(objects.size());
  for (const Object& object : objects) {
    Cache cache{.id = contents.number(static_cast<long>(caches.size())),
                .list = contents.list(object.cpus),
                .mask = contents.mask(object.cpus)};
    const std::uint64_t kilobytes = object.size >> 10U;
    if (kilobytes != 0) {
      const std::uint64_t ways = ways_of(kilobytes << 10U);
      cache.sized = true;
      cache.size = contents.text(std::to_string(kilobytes) + "K\n");
      cache.ways = contents.number(static_cast<long>(ways));
      cache.sets = contents.text(std::to_string((kilobytes << 10U) / (line_size * ways)) + '\n');
    }
    caches.push_back(cache);
  }
}

// Who has a first cache of data has one of instructions, too.
CpuCaches::CpuCaches(const Machine& machine, ContentStore& contents)
    : line_(contents.number(line_size)), one_(contents.number(1)), nothing_(contents.text("")) {
  const auto add = [&](Level level, int number, const char* type) {
    const auto objects = machine.objects(level);
    if (!objects.empty()) kinds_.emplace_back(objects, contents, number, type);
  };
  add(Level::l1d, 1, "Data\n");
  add(Level::l1d, 1, "Instruction\n");
  add(Level::l2, 2, "Unified\n");
  add(Level::l3, 3, "Unified\n");
}

void CpuCaches::add(FileTree& tree, FileTree::FolderId cpu_folder, CpuId cpu) const {
  std::size_t index = 0;
  FileTree::FolderId folder{};
  for (const Kind& kind : kinds_) {
    const std::size_t cache = kind.membership.of(cpu);
    if (cache == kind.membership.none()) continue;
    if (index == 0) folder = tree.add_folder(cpu_folder, "cache");
    add_index(tree, tree.add_folder(folder, index_names[index++]), kind, kind.caches[cache], line_,
              one_, nothing_);
  }
  if (index != 0) tree.add_file(folder, "uevent", nothing_);
}

// In the order in which the names are sorted.
void CpuCaches::add_index(FileTree& tree, FileTree::FolderId folder, const Kind& kind,
                          const Cache& cache, ContentStore::Id line, ContentStore::Id one,
                          ContentStore::Id nothing) {
  const auto add = [&](const char* name, ContentStore::Id content) {
    tree.add_file(folder, name, content);
  };
  if (cache.sized) add("coherency_line_size", line);
  add("id", cache.id);
  add("level", kind.level);
  if (cache.sized) {
    add("number_of_sets", cache.sets);
    add("physical_line_partition", one);
  }
  add("shared_cpu_list", cache.list);
  add("shared_cpu_map", cache.mask);
  if (cache.sized) add("size", cache.size);
  add("type", kind.type);
  add("uevent", nothing);
  if (cache.sized) add("ways_of_associativity", cache.ways);
}

}  // namespace pinfold::sim
