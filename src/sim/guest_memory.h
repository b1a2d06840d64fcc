// The memory of a program in a simulated machine: process_vm_readv(2).
#pragma once

#include <sys/types.h>

#include <array>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>

#include "base/fd.h"

namespace pinfold::sim {

/// How many bytes could be read from the address on, before the first that faults.
std::size_t read_memory(pid_t tid, std::uint64_t address, std::span<std::byte> to);
/// How many bytes could be written.
std::size_t write_memory(pid_t tid, std::uint64_t address, std::span<const std::byte> from);

/// The whole value or nothing: whether it could be done.
template <class T>
bool read_value(pid_t tid, std::uint64_t address, T& value) {
  return read_memory(tid, address, std::as_writable_bytes(std::span(&value, 1))) == sizeof value;
}
template <class T>
bool write_value(pid_t tid, std::uint64_t address, const T& value) {
  return write_memory(tid, address, std::as_bytes(std::span(&value, 1))) == sizeof value;
}

/// The memory of tasks by /proc/TID/mem, which is faster and asks for no permission of a page:
/// right where the kernel itself will look again.
class MemoryFiles {
 public:
  /// Text up to a zero, at most PATH_MAX bytes, good until the next is read; nothing where there is
  /// none.
  std::optional<std::string_view> text(pid_t tid, std::uint64_t address);
  /// Some of them run other programs from now on.
  void forget() { files_.clear(); }

 private:
  std::optional<std::string_view> text(const Fd& file, std::uint64_t address);

  std::unordered_map<pid_t, Fd> files_;
  std::array<char, PATH_MAX> buffer_;
};

}  // namespace pinfold::sim
