// What the C library makes of the two calls: glibc 2.36, sysdeps/unix/sysv/linux.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <pinfold/cpu_set.h>

#include "kernel/abi.h"
#include "machine/limits.h"

namespace pinfold::model {

/// cpu_set_t: room for CPUs 0 to 1023, whatever the machine has. CPU_SET(3).
class FixedCpuSet {
 public:
  static constexpr unsigned size = 1024;  // CPU_SETSIZE

  /// CPU_SET, CPU_CLR, CPU_ISSET: silently nothing for a CPU there is no room for.
  void add(std::size_t cpu) {
    if (cpu < size) words_[cpu / bits] |= std::uint64_t{1} << cpu % bits;
  }
  void remove(std::size_t cpu) {
    if (cpu < size) words_[cpu / bits] &= ~(std::uint64_t{1} << cpu % bits);
  }
  [[nodiscard]] bool contains(std::size_t cpu) const {
    return cpu < size && (words_[cpu / bits] >> cpu % bits & 1U) != 0;
  }
  /// CPU_COUNT
  [[nodiscard]] unsigned count() const;
  /// As the calls take it.
  [[nodiscard]] UserBuffer user() {
    return {.address = words_.data(), .readable = sizeof words_, .writable = sizeof words_};
  }

 private:
  static constexpr std::size_t bits = 64;
  std::array<std::uint64_t, size / bits> words_{};
};
static_assert(sizeof(FixedCpuSet) == 128);

/// What a function of the C library comes to.
struct LibcAnswer {
  int result = 0;  ///< 0; of sched_… -1; of pthread_… the error itself
  int error = 0;   ///< errno, where the result is -1; else it is left alone
  /// The C library itself wrote beyond the memory that there is: SIGSEGV, and no result.
  bool crashed = false;
  friend bool operator==(const LibcAnswer&, const LibcAnswer&) = default;
};

/// The CPUs in a pthread_attr_t.
class ThreadAttributes {
 public:
  /// pthread_attr_setaffinity_np(3): nothing is checked. `size` bytes of `mask` must be readable;
  /// without any the attributes are as they were at first.
  LibcAnswer set_affinity(std::size_t size, UserBuffer mask);
  /// pthread_attr_getaffinity_np(3): EINVAL where a CPU does not fit into `size` bytes; all ones
  /// where nothing was set.
  [[nodiscard]] LibcAnswer get_affinity(std::size_t size, UserBuffer mask) const;

 private:
  friend class Libc;
  std::optional<std::vector<unsigned char>> mask_;
};

class Libc {
 public:
  /// `abi` is that of the calling thread's system; it must outlive this.
  explicit Libc(Abi& abi) : abi_(abi) {}

  LibcAnswer sched_setaffinity(pid_t pid, std::size_t size, UserBuffer mask);
  /// Bytes that the kernel does not write are zero afterwards, up to `size`.
  LibcAnswer sched_getaffinity(pid_t pid, std::size_t size, UserBuffer mask);

  /// The symbols of version GLIBC_2.3.3, for programs that were linked in 2004: without a size.
  LibcAnswer sched_setaffinity_2_3_3(pid_t pid, UserBuffer mask);
  LibcAnswer sched_getaffinity_2_3_3(pid_t pid, UserBuffer mask);

  /// `thread` is the kernel's number of the thread that a pthread_t stands for.
  LibcAnswer pthread_setaffinity_np(Tid thread, std::size_t size, UserBuffer mask);
  LibcAnswer pthread_getaffinity_np(Tid thread, std::size_t size, UserBuffer mask);

  /// What pthread_create(3) does about the CPUs in the attributes, when the kernel has made the
  /// thread: where that is refused the thread ends before it has run, and the error is the result.
  LibcAnswer pthread_create(Tid made, const ThreadAttributes& attributes);

 private:
  Abi& abi_;
};

/// sysconf(3) of _SC_NPROCESSORS_CONF and _SC_NPROCESSORS_ONLN: what /sys says, masks and cpusets
/// do not matter. Nothing for other names.
std::optional<long> sysconf(int name, const SystemCpus& cpus);

}  // namespace pinfold::model
