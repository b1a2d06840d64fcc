#include "base/prefault.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace pinfold {

// Few pages are not worth the calls. A large page, where one fits in, stands for hundreds, also in
// the tables of a hypervisor.
void prefault(void* begin, std::size_t bytes) {
#ifdef MADV_POPULATE_WRITE
  static const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  constexpr std::size_t least_pages = 16;
  const std::size_t before = (page - reinterpret_cast<std::uintptr_t>(begin) % page) % page;
  if (bytes < before + least_pages * page) return;
  const std::size_t pages = (bytes - before) / page;
  char* const first = static_cast<char*>(begin) + before;
  (void)::madvise(first, pages * page, MADV_HUGEPAGE);
  (void)::madvise(first, pages * page, MADV_POPULATE_WRITE);
#else
  (void)begin;
  (void)bytes;
#endif
}

}  // namespace pinfold
