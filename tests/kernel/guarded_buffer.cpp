#include "kernel/guarded_buffer.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace pinfold::test {
namespace {

std::size_t page() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

#ifdef MAP_32BIT
constexpr int placement = MAP_32BIT;
#else
constexpr int placement = 0;
#endif

}  // namespace

GuardedBuffer::GuardedBuffer(std::size_t size, Access access)
    : size_(size), mapped_((size + page() - 1) / page() * page() + page()) {
  void* map = ::mmap(nullptr, mapped_, PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_ANONYMOUS | placement, -1, 0);
  if (map == MAP_FAILED) throw std::runtime_error("mmap");
  map_ = static_cast<unsigned char*>(map);
  start_ = map_ + (mapped_ - page() - size_);
  std::fill_n(start_, size_, untouched);
  protect(access);
}

GuardedBuffer::GuardedBuffer(std::span<const unsigned char> content, Access access)
    : GuardedBuffer(content.size()) {
  std::ranges::copy(content, start_);
  protect(access);
}

GuardedBuffer::~GuardedBuffer() { ::munmap(map_, mapped_); }

void GuardedBuffer::protect(Access access) {
  access_ = access;
  const int mode = access == Access::none   ? PROT_NONE
                   : access == Access::read ? PROT_READ
                                            : PROT_READ | PROT_WRITE;
  const bool set = (mapped_ == page() || ::mprotect(map_, mapped_ - page(), mode) == 0) &&
                   ::mprotect(map_ + mapped_ - page(), page(), PROT_NONE) == 0;
  if (!set) throw std::runtime_error("mprotect");
}

UserBuffer GuardedBuffer::user() const {
  return {.address = start_,
          .readable = access_ == Access::none ? 0 : size_,
          .writable = access_ == Access::write ? size_ : 0};
}

}  // namespace pinfold::test
