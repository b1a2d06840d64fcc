// Memory that a system call may touch up to an exact byte, and not beyond.
#pragma once

#include <cstddef>
#include <span>

#include "kernel/abi.h"

namespace pinfold::test {

enum class Access {
  none,
  read,
  write
};  ///< `write` is reading and writing

/// `size` bytes with a page behind the last one that faults. Shared with forked children.
/// Where the machine has 32-bit calls the address fits into 32 bits.
class GuardedBuffer {
 public:
  /// What stands in it at the start.
  static constexpr unsigned char untouched = 0xAA;

  explicit GuardedBuffer(std::size_t size, Access access = Access::write);
  GuardedBuffer(std::span<const unsigned char> content, Access access);
  GuardedBuffer(const GuardedBuffer&) = delete;
  GuardedBuffer& operator=(const GuardedBuffer&) = delete;
  ~GuardedBuffer();

  /// The buffer for a call, with the extents that it has.
  [[nodiscard]] UserBuffer user() const;

  /// Not to be looked at with Access::none.
  [[nodiscard]] std::span<const unsigned char> bytes() const { return {start_, size_}; }

 private:
  void protect(Access access);

  std::size_t size_;
  std::size_t mapped_;
  unsigned char* map_;
  unsigned char* start_;
  Access access_ = Access::write;
};

}  // namespace pinfold::test
