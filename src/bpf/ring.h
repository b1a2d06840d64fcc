// What programs have written into a ring (BPF_MAP_TYPE_RINGBUF), read without a system call.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include <pinfold/result.h>

#include "base/fd.h"

namespace pinfold::bpf {

/// The one reader of a ring. It ends before the map that it reads.
class Ring {
 public:
  /// `bytes` is the ring's size, a power of two.
  static Result<Ring> open(const Fd& map, std::size_t bytes);
  Ring(Ring&& other) noexcept;
  Ring& operator=(Ring&&) = delete;
  ~Ring();

  /// Bytes that wait to be read, heads of records with them.
  [[nodiscard]] std::size_t backlog() const;
  [[nodiscard]] std::size_t size() const { return bytes_; }

  /// Gives each record to `use`, in the order in which room was taken for them, up to one that is
  /// still being written, and no more than fit into the ring: who writes as fast as this reads does
  /// not keep it for ever. The bytes are good during the call only.
  template <class Use>
  void drain(Use&& use) {
    const std::uint64_t end = position_ + bytes_;
    while (const unsigned char* record = position_ < end ? next() : nullptr) {
      const Head head = head_at(record);
      if (!head.discarded) use(std::span(record + head_bytes, head.length));
      pass(head.length);
    }
  }

 private:
  static constexpr std::size_t head_bytes = 8;
  struct Head {
    std::size_t length = 0;
    bool discarded = false;
  };

  Ring(std::size_t bytes, void* consumer, void* producer)
      : bytes_(bytes), consumer_(consumer), producer_(producer) {}

  const unsigned char* next();
  static Head head_at(const unsigned char* record);
  void pass(std::size_t length);

  std::size_t bytes_;
  void* consumer_;  // a page that we write: how far we have read
  void* producer_;  // a page that the kernel writes, and behind it the ring, twice
  std::uint64_t position_ = 0;
};

}  // namespace pinfold::bpf
