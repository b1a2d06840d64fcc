// The two system calls as the kernel sees them: numbers and bytes, nothing checked before.
#pragma once

#include <cstddef>

namespace pinfold {

/// A caller's buffer as a system call meets it: from `address` on, `readable` bytes can be
/// read and `writable` bytes written; the next one faults. An implementation that calls a
/// real kernel takes the address alone, and the extents are then the caller's promise.
struct UserBuffer {
  void* address = nullptr;
  std::size_t readable = 0;
  std::size_t writable = 0;
};

/// sched_setaffinity(2) and sched_getaffinity(2) without a C library. The arguments are whole
/// registers, so that what a kernel does with the upper halves can be asked too.
class Abi {
 public:
  virtual ~Abi() = default;

  /// 0, or a negative errno.
  virtual long set_affinity(long pid, unsigned long length, UserBuffer mask) = 0;

  /// The number of bytes written, or a negative errno.
  virtual long get_affinity(long pid, unsigned long length, UserBuffer mask) = 0;
};

}  // namespace pinfold
