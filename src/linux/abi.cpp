#include "linux/abi.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace pinfold {

long LinuxAbi::set_affinity(long pid, unsigned long length, UserBuffer mask) {
  const long result = ::syscall(SYS_sched_setaffinity, pid, length, mask.address);
  return result < 0 ? -errno : result;
}

long LinuxAbi::get_affinity(long pid, unsigned long length, UserBuffer mask) {
  const long result = ::syscall(SYS_sched_getaffinity, pid, length, mask.address);
  return result < 0 ? -errno : result;
}

}  // namespace pinfold
