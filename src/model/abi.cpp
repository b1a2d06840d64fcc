#include "model/abi.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>

#include "model/awake.h"

namespace pinfold::model {
namespace {

// The kernel takes both as 32 bits, whatever stands above.
std::size_t taken_length(unsigned long length) { return static_cast<std::uint32_t>(length); }
pid_t taken_pid(long pid) { return static_cast<pid_t>(pid); }

// Words as a program of a little-endian machine has them in memory are the kernel's own.
static_assert(std::endian::native == std::endian::little);

}  // namespace

// get_user_cpu_mask(), and compat_get_bitmap() for words of 32 bits: that one reads whole words.
long ModelAbi::set_affinity(long pid, unsigned long length, UserBuffer mask) {
  const std::scoped_lock lock(session_.mutex);
  System& system = session_.system;
  const Profile& profile = system.profile();
  const std::size_t size = system.mask_bytes();
  const std::size_t given = taken_length(length);
  if (!profile.short_mask && given < size) return -EINVAL;
  std::size_t read = std::min(given, size);
  if (layout_ == Layout::words_of_32_bits) read = (read + 3) / 4 * 4;
  if (mask.readable < read) return -EFAULT;
  words_.assign(size / sizeof(CpuSet::Word), 0);
  if (read != 0) std::memcpy(words_.data(), mask.address, read);
  const Awake awake(system, *session_.caller);
  return system.set_affinity(*session_.caller, taken_pid(pid), CpuSet::from_words(words_));
}

long ModelAbi::get_affinity(long pid, unsigned long length, UserBuffer mask) {
  const std::scoped_lock lock(session_.mutex);
  System& system = session_.system;
  const Profile& profile = system.profile();
  const std::size_t size = system.mask_bytes();
  const std::size_t given = taken_length(length);
  if (profile.get_length.value == GetLength::whole_mask) {
    if (given < size) return -EINVAL;
  } else {
    const std::size_t word = layout_ == Layout::native ? sizeof(CpuSet::Word) : 4;
    if (static_cast<std::uint32_t>(given * 8) < system.cpu_ids()) return -EINVAL;
    if (given % word != 0) return -EINVAL;
  }
  const Awake awake(system, *session_.caller);
  const Task* task = system.find(*session_.caller, taken_pid(pid));
  if (!task) return -ESRCH;
  const std::size_t written =
      profile.get_answer.value == GetAnswer::mask ? size : std::min(given, size);
  // What can be written is, before the fault.
  const std::size_t room = std::min(mask.writable, written);
  if (room != 0) {
    const CpuSet effective = system.effective(*task);
    auto* const to = static_cast<unsigned char*>(mask.address);
    const std::size_t known = std::min(effective.words().size_bytes(), room);
    if (known != 0) std::memcpy(to, effective.words().data(), known);
    std::memset(to + known, 0, room - known);
  }
  return room < written ? -EFAULT : static_cast<long>(written);
}

}  // namespace pinfold::model
