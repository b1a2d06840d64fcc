#include "differential/mailbox.h"

#include <linux/futex.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <climits>
#include <stdexcept>

#include "differential/raw_call.h"

namespace pinfold::test {

Mailbox::Mailbox() : memory_(::memfd_create("differential", 0)) {
  if (!memory_.is_open() || ::ftruncate(memory_.get(), slots * sizeof(Slot)) != 0) {
    throw std::runtime_error("memfd_create");
  }
  map();
}

Mailbox::Mailbox(int descriptor) : memory_(descriptor) { map(); }

void Mailbox::map() {
  void* memory =
      ::mmap(nullptr, slots * sizeof(Slot), PROT_READ | PROT_WRITE, MAP_SHARED, memory_.get(), 0);
  if (memory == MAP_FAILED) throw std::runtime_error("mmap");
  slots_ = static_cast<Slot*>(memory);
}

Mailbox::~Mailbox() { ::munmap(slots_, slots * sizeof(Slot)); }

void wait_while(std::atomic<std::uint32_t>& word, std::uint32_t value, unsigned milliseconds) {
  const timespec most{.tv_sec = milliseconds / 1000,
                      .tv_nsec = static_cast<long>(milliseconds % 1000) * 1'000'000};
  raw_call(SYS_futex, &word, FUTEX_WAIT, value, milliseconds == 0 ? nullptr : &most);
}

void wake_all(std::atomic<std::uint32_t>& word) { raw_call(SYS_futex, &word, FUTEX_WAKE, INT_MAX); }

}  // namespace pinfold::test
