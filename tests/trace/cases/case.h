// What the programs of this folder share. They call the kernel, not the C library.
#pragma once

#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

namespace cases {

constexpr std::size_t page = 4096;

inline pid_t own_tid() { return static_cast<pid_t>(::syscall(SYS_gettid)); }

inline long set_mask(long pid, std::size_t length, const void* mask) {
  const long result = ::syscall(SYS_sched_setaffinity, pid, length, mask);
  return result < 0 ? -errno : result;
}

/// Memory that ends with a page which faults.
class Guarded {
 public:
  explicit Guarded(std::size_t bytes, int flags = 0) {
    const std::size_t size = (bytes + page - 1) / page * page;
    void* memory = ::mmap(nullptr, size + page, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
    if (memory == MAP_FAILED) std::abort();
    ::munmap(static_cast<char*>(memory) + size, page);
    end_ = static_cast<unsigned char*>(memory) + size;
  }
  /// The last `bytes` bytes.
  [[nodiscard]] unsigned char* last(std::size_t bytes) const { return end_ - bytes; }

 private:
  unsigned char* end_;
};

/// The CPUs of a list: "0-1,1500"; none of what is no list.
inline std::vector<unsigned> numbers(const char* list) {
  std::vector<unsigned> found;
  while (*list >= '0' && *list <= '9') {
    char* end = nullptr;
    const auto first = static_cast<unsigned>(std::strtoul(list, &end, 10));
    const auto last = *end == '-' ? static_cast<unsigned>(std::strtoul(end + 1, &end, 10)) : first;
    for (unsigned cpu = first; cpu <= last; ++cpu)
      found.push_back(cpu);
    list = *end == ',' ? end + 1 : end;
  }
  return found;
}

inline void fill(unsigned char* mask, std::size_t length, const std::vector<unsigned>& cpus) {
  for (const unsigned cpu : cpus) {
    if (cpu / 8 < length) mask[cpu / 8] |= static_cast<unsigned char>(1U << cpu % 8);
  }
}

/// The lowest two CPUs that the caller has; ends the program where there is one only.
struct TwoCpus {
  unsigned a = 0;
  unsigned b = 0;
};
inline TwoCpus two_cpus() {
  unsigned char own[8192] = {};  // wider than any kernel's
  ::syscall(SYS_sched_getaffinity, 0, sizeof own, &own[0]);
  std::vector<unsigned> found;
  for (unsigned cpu = 0; cpu < 8 * sizeof own && found.size() < 2; ++cpu)
    if ((own[cpu / 8] >> cpu % 8 & 1) != 0) found.push_back(cpu);
  if (found.size() < 2) std::exit(77);
  return {found[0], found[1]};
}

inline std::uint64_t bit(unsigned cpu) { return std::uint64_t{1} << cpu; }

/// Of the calling thread, by a mask of 64 CPUs.
inline void stay_on(std::uint64_t cpus) { set_mask(0, sizeof cpus, &cpus); }

/// A call says by its length which one it is: the kernel takes any, and reads no more of it than
/// it needs.
constexpr std::size_t first_length = 4096;

}  // namespace cases
