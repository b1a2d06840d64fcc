#include "sim/guest_memory.h"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <string>

namespace pinfold::sim {
namespace {

constexpr std::size_t page = 4096;  // the least that any machine has

// NOLINTBEGIN(performance-no-int-to-ptr): addresses of another program
iovec remote(std::uint64_t address, std::size_t length) {
  return {.iov_base = reinterpret_cast<void*>(address), .iov_len = length};
}
// NOLINTEND(performance-no-int-to-ptr)

// Page by page where the whole cannot be had: what stands before the fault counts.
template <class Copy>
std::size_t copy(std::uint64_t address, std::size_t length, const Copy& copy_part) {
  if (length == 0 || copy_part(0, length) == static_cast<ssize_t>(length)) return length;
  std::size_t done = 0;
  while (done < length) {
    const std::size_t part = std::min(length - done, page - ((address + done) % page));
    if (copy_part(done, part) != static_cast<ssize_t>(part)) break;
    done += part;
  }
  return done;
}

}  // namespace

std::size_t read_memory(pid_t tid, std::uint64_t address, std::span<std::byte> to) {
  return copy(address, to.size(), [&](std::size_t from, std::size_t length) {
    const iovec own = {.iov_base = to.data() + from, .iov_len = length};
    const iovec other = remote(address + from, length);
    return ::process_vm_readv(tid, &own, 1, &other, 1, 0);
  });
}

std::size_t write_memory(pid_t tid, std::uint64_t address, std::span<const std::byte> from) {
  return copy(address, from.size(), [&](std::size_t at, std::size_t length) {
    const iovec own = {
        .iov_base = const_cast<std::byte*>(from.data() + at),  // NOLINT(*-const-cast)
        .iov_len = length};
    const iovec other = remote(address + at, length);
    return ::process_vm_writev(tid, &own, 1, &other, 1, 0);
  });
}

std::optional<std::string_view> MemoryFiles::text(const Fd& file, std::uint64_t address) {
  constexpr std::size_t usual = 128;
  for (std::size_t length = 0; length < buffer_.size();) {
    const std::size_t most = length == 0 ? usual : buffer_.size() - length;
    const ssize_t read =
        ::pread(file.get(), buffer_.data() + length, most, static_cast<off_t>(address + length));
    if (read <= 0) return std::nullopt;
    const std::string_view part(buffer_.data() + length, static_cast<std::size_t>(read));
    const std::size_t end = part.find('\0');
    if (end != std::string_view::npos) return std::string_view(buffer_.data(), length + end);
    length += part.size();
  }
  return std::nullopt;
}

std::optional<std::string_view> MemoryFiles::text(pid_t tid, std::uint64_t address) {
  if (const auto known = files_.find(tid); known != files_.end()) {
    if (const auto found = text(known->second, address)) return found;
    // It has ended, and another has its number.
  }
  constexpr std::size_t most = 64;
  if (files_.size() >= most) files_.clear();
  const std::string path = "/proc/" + std::to_string(tid) + "/mem";
  Fd& file = files_[tid];
  file = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return text(file, address);
}

}  // namespace pinfold::sim
