// slowclone MS: a thread sits inside clone3(2) for MS milliseconds (the kernel waits for a page
// that userfaultfd(2) holds back), and then a new thread appears, with the mask that its creator
// had at the start. Exits with 77 where userfaultfd is not allowed.
#include <fcntl.h>
#include <linux/sched.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <csignal>
#include <cstdint>
#include <ctime>

#include "victim.h"

namespace {

constexpr std::size_t page_size = 4096;
int milliseconds = 0;
int faults = -1;
void* held_page = nullptr;

void* answer_late(void*) {
  for (;;) {
    pollfd waiting{faults, POLLIN, 0};
    ::poll(&waiting, 1, -1);
    uffd_msg message{};
    if (::read(faults, &message, sizeof message) != static_cast<ssize_t>(sizeof message)) continue;
    ::usleep(static_cast<useconds_t>(milliseconds) * 1000);
    uffdio_zeropage zero{};
    zero.range = {reinterpret_cast<std::uintptr_t>(held_page), page_size};
    ::ioctl(faults, UFFDIO_ZEROPAGE, &zero);
  }
}

// The C library must not see the new thread, which it did not make: it only ever pauses.
[[maybe_unused]] long clone_thread(clone_args& arguments) {
#if defined(__x86_64__)
  long result = SYS_clone3;
  asm volatile(
      "syscall\n"
      "test %%rax, %%rax\n"
      "jnz 2f\n"
      "1: mov %[pause], %%eax\n"
      "syscall\n"
      "jmp 1b\n"
      "2:"
      : "+a"(result)
      : "D"(&arguments), "S"(sizeof arguments), [pause] "i"(SYS_pause)
      : "rcx", "r11", "memory");
  return result;
#else
  (void)arguments;
  return -1;
#endif
}

void* clone_slowly(void*) {
  void* stack = ::mmap(nullptr, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  clone_args arguments{};
  arguments.flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
                    CLONE_SYSVSEM | CLONE_PIDFD;
  arguments.pidfd = reinterpret_cast<std::uintptr_t>(held_page);
  arguments.stack = reinterpret_cast<std::uintptr_t>(stack);
  arguments.stack_size = 65536;
  if (clone_thread(arguments) < 0) ::_exit(77);
  victim::wait_to_be_killed();
}

}  // namespace

int main(int argc, char** argv) {
  milliseconds = victim::number(argc, argv, 1, 100);
  faults = static_cast<int>(::syscall(SYS_userfaultfd, O_CLOEXEC));
  uffdio_api api{};
  api.api = UFFD_API;
  if (faults < 0 || ::ioctl(faults, UFFDIO_API, &api) != 0) return 77;
  held_page =
      ::mmap(nullptr, page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  uffdio_register missing{};
  missing.range = {reinterpret_cast<std::uintptr_t>(held_page), page_size};
  missing.mode = UFFDIO_REGISTER_MODE_MISSING;
  if (::ioctl(faults, UFFDIO_REGISTER, &missing) != 0) return 77;
  victim::start(answer_late);
  victim::start(clone_slowly);
  ::usleep(3000);  // into the clone; how long it lasts there is the argument
  victim::ready();
  victim::wait_to_be_killed();
}
