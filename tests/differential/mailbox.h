// How the driver tells its tasks what to do: memory that all of them share.
#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/fd.h"

namespace pinfold::test {

struct Command {
  enum class What : std::uint32_t {
    fork,
    thread,
    exit,
    reap,
    exec,
    userns,
    deadline,
    uids,
    capabilities,
    set,
    spin,
    sleep,
  };
  What what = What::exit;
  unsigned made = 0;  ///< fork, thread: the new task's slot
  pid_t number = 0;   ///< set, reap: of whom
  std::array<uid_t, 3> uids = {};
  std::uint64_t permitted = 0;
  std::uint64_t effective = 0;
  std::size_t length = 0;  ///< set: bytes of the mask
  std::array<unsigned long, 32> mask = {};
};

/// One task's part. The driver writes a command and counts `asked` up; the task does it, and says
/// so by making `answered` the same. It sleeps in futex(2) meanwhile.
struct Slot {
  std::atomic<std::uint32_t> asked;
  std::atomic<std::uint32_t> answered;
  bool spins;  ///< it waits without sleeping
  long result;
  Command command;
};

class Mailbox {
 public:
  static constexpr unsigned slots = 96;

  /// A new one, in memory without a name. What fails throws std::runtime_error.
  Mailbox();
  /// That behind a descriptor, which exec(2) has passed on.
  explicit Mailbox(int descriptor);
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;
  ~Mailbox();

  Slot& operator[](unsigned slot) { return slots_[slot]; }
  [[nodiscard]] int descriptor() const { return memory_.get(); }

 private:
  void map();

  Fd memory_;
  Slot* slots_ = nullptr;
};

/// futex(2) between processes: sleeps while `word` has that value, `milliseconds` at most (0: as
/// long as it takes); wakes everybody.
void wait_while(std::atomic<std::uint32_t>& word, std::uint32_t value, unsigned milliseconds = 0);
void wake_all(std::atomic<std::uint32_t>& word);

}  // namespace pinfold::test
