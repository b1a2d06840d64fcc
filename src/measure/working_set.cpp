#include "measure/working_set.h"

#include <sys/mman.h>

#include <cerrno>
#include <random>
#include <utility>

namespace pinfold::measure {

void WorkingSet::Unmap::operator()(Line* memory) const { ::munmap(memory, bytes); }

Result<WorkingSet> WorkingSet::make(std::size_t bytes, std::uint32_t seed) {
  bytes = bytes / line * line;
  if (bytes == 0) return WorkingSet(nullptr, 0);
  void* const memory =
      ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    return fail({.kind = ErrorKind::system, .number = errno, .text = "mmap"});
  ::madvise(memory, bytes, MADV_HUGEPAGE);
  WorkingSet set(static_cast<Line*>(memory), bytes);
  const std::size_t count = bytes / line;
  for (std::size_t i = 0; i < count; ++i)
    set.lines_[i].next = &set.lines_[i];
  // Sattolo's shuffle: one ring, whatever the numbers are.
  std::mt19937 random(seed);
  for (std::size_t i = count - 1; i > 0; --i) {
    const std::size_t j = std::uniform_int_distribution<std::size_t>(0, i - 1)(random);
    std::swap(set.lines_[i].next, set.lines_[j].next);
  }
  return set;
}

void WorkingSet::walk() {
  if (bytes_ == 0) return;
  Line* const first = lines_.get();
  Line* at = first;
  do {
    ++at->walks;
    at = at->next;
  } while (at != first);
}

std::uint64_t WorkingSet::walks() const {
  if (bytes_ == 0) return 0;
  for (std::size_t i = 1; i < bytes_ / line; ++i) {
    if (lines_[i].walks != lines_[0].walks) return 0;
  }
  return lines_[0].walks;
}

}  // namespace pinfold::measure
