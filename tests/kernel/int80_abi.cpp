#include "kernel/int80_abi.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>

#include "kernel/guarded_buffer.h"

namespace pinfold::test {

#ifdef __x86_64__
namespace {

// arch/x86/entry/syscalls/syscall_32.tbl
constexpr long set_number = 241;
constexpr long get_number = 242;

long int80(long number, long pid, unsigned long length, const void* mask) {
  long result = number;
  asm volatile("int $0x80"
               : "+a"(result)
               : "b"(pid), "c"(length), "d"(mask)
               : "memory", "r8", "r9", "r10", "r11");
  return static_cast<std::int32_t>(result);
}

class Int80Abi final : public Abi {
 public:
  long set_affinity(long pid, unsigned long length, UserBuffer mask) override {
    return int80(set_number, pid, length, mask.address);
  }
  long get_affinity(long pid, unsigned long length, UserBuffer mask) override {
    return int80(get_number, pid, length, mask.address);
  }
};

}  // namespace

std::unique_ptr<Abi> open_int80_abi() {
  // Without IA32 emulation the instruction faults.
  const GuardedBuffer mask(65536);
  const pid_t child = ::fork();
  if (child == 0) {
    ::_exit(Int80Abi().get_affinity(0, mask.bytes().size(), mask.user()) > 0 ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return nullptr;
  return std::make_unique<Int80Abi>();
}
#else
std::unique_ptr<Abi> open_int80_abi() { return nullptr; }
#endif

}  // namespace pinfold::test
