#include "bpf/ring.h"

#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace pinfold::bpf {
namespace {

std::size_t page() {
  static const auto bytes = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return bytes;
}

std::uint64_t acquire(void* at) {
  return std::atomic_ref(*static_cast<std::uint64_t*>(at)).load(std::memory_order_acquire);
}

}  // namespace

Result<Ring> Ring::open(const Fd& map, std::size_t bytes) {
  void* consumer = ::mmap(nullptr, page(), PROT_READ | PROT_WRITE, MAP_SHARED, map.get(), 0);
  if (consumer == MAP_FAILED)
    return fail({.kind = ErrorKind::system, .number = errno, .text = "mmap of a BPF ring"});
  // Mapped twice by the kernel: a record that goes beyond its end stands in one piece.
  void* producer = ::mmap(nullptr, page() + (2 * bytes), PROT_READ, MAP_SHARED, map.get(),
                          static_cast<off_t>(page()));
  if (producer == MAP_FAILED) {
    const int number = errno;
    ::munmap(consumer, page());
    return fail({.kind = ErrorKind::system, .number = number, .text = "mmap of a BPF ring"});
  }
  return Ring(bytes, consumer, producer);
}

Ring::Ring(Ring&& other) noexcept
    : bytes_(other.bytes_),
      consumer_(std::exchange(other.consumer_, nullptr)),
      producer_(std::exchange(other.producer_, nullptr)),
      position_(other.position_) {}

Ring::~Ring() {
  if (consumer_) ::munmap(consumer_, page());
  if (producer_) ::munmap(producer_, page() + (2 * bytes_));
}

std::size_t Ring::backlog() const { return acquire(producer_) - position_; }

const unsigned char* Ring::next() {
  if (backlog() == 0) return nullptr;
  unsigned char* record =
      static_cast<unsigned char*>(producer_) + page() + (position_ & (bytes_ - 1));
  const auto head =
      std::atomic_ref(*reinterpret_cast<std::uint32_t*>(record)).load(std::memory_order_acquire);
  return (head & BPF_RINGBUF_BUSY_BIT) != 0 ? nullptr : record;
}

Ring::Head Ring::head_at(const unsigned char* record) {
  const auto head = *reinterpret_cast<const std::uint32_t*>(record);
  return {.length = head & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT),
          .discarded = (head & BPF_RINGBUF_DISCARD_BIT) != 0};
}

void Ring::pass(std::size_t length) {
  position_ += (length + head_bytes + 7) & ~std::size_t{7};
  std::atomic_ref(*static_cast<std::uint64_t*>(consumer_))
      .store(position_, std::memory_order_release);
}

}  // namespace pinfold::bpf
