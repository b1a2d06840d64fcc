#include "model/libc.h"

#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <climits>
#include <cstring>

namespace pinfold::model {
namespace {

constexpr std::size_t old_size = 128;  // of the cpu_set_t of GLIBC_2.3.3

// As functions of sched.h tell of an error, and as those of pthread.h do.
LibcAnswer by_errno(long result) {
  return result < 0 ? LibcAnswer{.result = -1, .error = static_cast<int>(-result)} : LibcAnswer();
}
LibcAnswer by_result(int error) { return {.result = error}; }

// Memory that the C library writes itself: false where that is not all there.
bool fill(UserBuffer mask, std::size_t from, std::size_t size, int byte) {
  const std::size_t end = std::min(size, mask.writable);
  auto* const to = static_cast<unsigned char*>(mask.address);
  if (from < end) std::memset(to + from, byte, end - from);
  return end == size || from >= size;
}

// The kernel's answer; the rest of the buffer is cleared.
struct Got {
  long result;
  bool crashed;
};

Got get(Abi& abi, pid_t pid, std::size_t size, UserBuffer mask) {
  const auto length = std::min<std::size_t>(size, INT_MAX);
  const long result = abi.get_affinity(pid, length, mask);
  if (result < 0) return {.result = result, .crashed = false};
  return {.result = 0, .crashed = !fill(mask, static_cast<std::size_t>(result), size, 0)};
}

}  // namespace

unsigned FixedCpuSet::count() const {
  unsigned count = 0;
  for (const std::uint64_t word : words_)
    count += static_cast<unsigned>(std::popcount(word));
  return count;
}

LibcAnswer Libc::sched_setaffinity(pid_t pid, std::size_t size, UserBuffer mask) {
  return by_errno(abi_.set_affinity(pid, size, mask));
}

LibcAnswer Libc::sched_getaffinity(pid_t pid, std::size_t size, UserBuffer mask) {
  const Got got = get(abi_, pid, size, mask);
  return got.crashed ? LibcAnswer{.crashed = true} : by_errno(got.result);
}

LibcAnswer Libc::sched_setaffinity_2_3_3(pid_t pid, UserBuffer mask) {
  return sched_setaffinity(pid, old_size, mask);
}

LibcAnswer Libc::sched_getaffinity_2_3_3(pid_t pid, UserBuffer mask) {
  return sched_getaffinity(pid, old_size, mask);
}

LibcAnswer Libc::pthread_setaffinity_np(Tid thread, std::size_t size, UserBuffer mask) {
  return by_result(static_cast<int>(-abi_.set_affinity(thread.value(), size, mask)));
}

LibcAnswer Libc::pthread_getaffinity_np(Tid thread, std::size_t size, UserBuffer mask) {
  const Got got = get(abi_, thread.value(), size, mask);
  return got.crashed ? LibcAnswer{.crashed = true} : by_result(static_cast<int>(-got.result));
}

LibcAnswer Libc::pthread_create(Tid made, const ThreadAttributes& attributes) {
  if (!attributes.mask_) return {};
  std::vector<unsigned char> mask = *attributes.mask_;
  return pthread_setaffinity_np(
      made, mask.size(),
      {.address = mask.data(), .readable = mask.size(), .writable = mask.size()});
}

LibcAnswer ThreadAttributes::set_affinity(std::size_t size, UserBuffer mask) {
  if (size == 0 || mask.address == nullptr) {
    mask_.reset();
    return {};
  }
  if (mask.readable < size) return {.crashed = true};
  const auto* const from = static_cast<const unsigned char*>(mask.address);
  mask_.emplace(from, from + size);
  return {};
}

LibcAnswer ThreadAttributes::get_affinity(std::size_t size, UserBuffer mask) const {
  if (!mask_) return {.crashed = !fill(mask, 0, size, 0xff)};
  const std::size_t kept = std::min(size, mask_->size());
  const auto behind = mask_->begin() + static_cast<std::ptrdiff_t>(kept);
  if (std::any_of(behind, mask_->end(), [](unsigned char byte) { return byte != 0; })) {
    return by_result(EINVAL);
  }
  const std::size_t copied = std::min(kept, mask.writable);
  if (copied != 0) std::memcpy(mask.address, mask_->data(), copied);
  return {.crashed = copied < kept || !fill(mask, kept, size, 0)};
}

std::optional<long> sysconf(int name, const SystemCpus& cpus) {
  switch (name) {
    case _SC_NPROCESSORS_CONF:
      return static_cast<long>(cpus.possible.count());
    case _SC_NPROCESSORS_ONLN:
      return static_cast<long>(cpus.online.count());
    default:
      return std::nullopt;
  }
}

}  // namespace pinfold::model
