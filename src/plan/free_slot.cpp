#include "plan/free_slot.h"

#include <fcntl.h>

#include <cerrno>

#include <pinfold/cpu_list.h>

#include "base/try.h"

namespace pinfold {
namespace {

constexpr const char* file_name = "cpus.lock";
// Behind every CPU: who looks for a slot holds this, so that two do not spoil each other's search.
constexpr off_t search_byte = off_t{1} << 40;

struct Range {
  off_t first;
  off_t count;
};

std::vector<Range> ranges_of(const CpuSet& cpus) {
  std::vector<Range> ranges;
  for (const CpuId cpu : cpus) {
    if (!ranges.empty() && ranges.back().first + ranges.back().count == cpu.value()) {
      ++ranges.back().count;
    } else {
      ranges.push_back({cpu.value(), 1});
    }
  }
  return ranges;
}

bool set_lock(const Fd& file, short type, Range range) {
  struct flock lock{};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = range.first;
  lock.l_len = range.count;
  return ::fcntl(file.get(), F_OFD_SETLK, &lock) == 0;
}

bool is_taken(int number) { return number == EAGAIN || number == EACCES; }

std::unexpected<Error> cannot_lock(const StateDir& state, int number) {
  return fail({.kind = ErrorKind::system,
               .number = number,
               .text = "locking " + state.path() + '/' + file_name});
}

Result<bool> try_slot(const StateDir& state, const Fd& file, const std::vector<Range>& ranges) {
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (set_lock(file, F_WRLCK, ranges[i])) continue;
    const int reason = errno;
    while (i-- > 0)
      set_lock(file, F_UNLCK, ranges[i]);
    if (is_taken(reason)) return false;
    return cannot_lock(state, reason);
  }
  return true;
}

Result<void> begin_search(const StateDir& state, const Fd& file, Clock& clock) {
  constexpr auto patience = std::chrono::seconds(5);
  const auto until = clock.now() + patience;
  while (!set_lock(file, F_WRLCK, {search_byte, 1})) {
    const int reason = errno;
    if (!is_taken(reason) || clock.now() >= until) return cannot_lock(state, reason);
    clock.sleep(std::chrono::milliseconds(1));
  }
  return {};
}

// Out of the way of numbers that scripts use for themselves, and left open by exec.
Fd pass_through_exec(Fd file) {
  constexpr int out_of_the_way = 200;
  Fd passed(::fcntl(file.get(), F_DUPFD, out_of_the_way));
  if (!passed.is_open()) passed = Fd(::fcntl(file.get(), F_DUPFD, 3));
  return passed;
}

}  // namespace

Result<HeldSlot> hold_free_slot(const StateDir& state, const std::vector<CpuSet>& slots,
                                Clock& clock) {
  TRY(Fd file, state.file(file_name));
  CHECK_OK(begin_search(state, file, clock));
  for (std::size_t i = 0; i < slots.size(); ++i) {
    TRY(const bool taken, try_slot(state, file, ranges_of(slots[i])));
    if (!taken) continue;
    set_lock(file, F_UNLCK, {search_byte, 1});
    Fd passed = pass_through_exec(std::move(file));
    if (!passed.is_open()) return fail({.kind = ErrorKind::system, .number = errno, .text = "dup"});
    return HeldSlot{.slot = i, .lock = std::move(passed)};
  }
  CpuSet cpus;
  for (const CpuSet& slot : slots)
    cpus |= slot;
  return fail({.kind = ErrorKind::no_free_slot,
               .cpus = to_cpu_list(cpus),
               .text = std::to_string(slots.size())});
}

}  // namespace pinfold
