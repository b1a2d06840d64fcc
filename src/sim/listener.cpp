#include "sim/listener.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

#include "sim/call_numbers.h"

namespace pinfold::sim {
namespace {

// linux/seccomp.h of later kernels.
constexpr unsigned flag_wait_killable = 1U << 5U;           // 5.19
constexpr unsigned flag_add_and_answer = 1U << 1U;          // 5.14
constexpr unsigned long set_flags = SECCOMP_IOW(4, __u64);  // 6.6
constexpr unsigned long wake_up_here = 1;

constexpr std::uint32_t argument(unsigned index) {  // its low half
  static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
  return static_cast<std::uint32_t>(offsetof(seccomp_data, args)) + 8 * index;
}

// A filter that decides by architecture and number alone is a bitmap to the kernel.
class Program {
 public:
  void load(std::uint32_t offset) { add(BPF_LD | BPF_W | BPF_ABS, offset); }
  void keep(std::uint32_t bits) { add(BPF_ALU | BPF_AND | BPF_K, bits); }
  void return_if(std::uint32_t value, std::uint32_t action) {
    add(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
    return_always(action);
  }
  void return_always(std::uint32_t action) { add(BPF_RET | BPF_K, action); }
  void return_if_any_of(std::uint32_t bits, std::uint32_t action) {
    add(BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1);
    return_always(action);
  }
  // The next `part` is left out where the value is another.
  template <class Part>
  void only_if(std::uint32_t value, const Part& part) {
    const std::size_t at = code_.size();
    add(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 0);
    part();
    code_[at].jf = static_cast<std::uint8_t>(code_.size() - at - 1);
  }
  sock_fprog done() {
    return {.len = static_cast<unsigned short>(code_.size()), .filter = code_.data()};
  }

 private:
  void add(unsigned code, std::uint32_t k, std::uint8_t jt = 0, std::uint8_t jf = 0) {
    code_.push_back({.code = static_cast<std::uint16_t>(code), .jt = jt, .jf = jf, .k = k});
  }

  std::vector<sock_filter> code_;
};

// Files that are read are looked at: folders have mounts, and nothing that is written is served.
void filter_open(Program& program, unsigned flags_at) {
  program.load(argument(flags_at));
  program.return_if_any_of(O_WRONLY | O_RDWR | O_DIRECTORY | O_PATH, SECCOMP_RET_ALLOW);
  program.return_always(SECCOMP_RET_USER_NOTIF);
}

void filter_trace(Program& program) {
  program.load(argument(0));
  for (const auto request : {PTRACE_TRACEME, PTRACE_ATTACH, PTRACE_SEIZE})
    program.return_if(static_cast<std::uint32_t>(request), SECCOMP_RET_USER_NOTIF);
  program.return_always(SECCOMP_RET_ALLOW);
}

void filter_call(Program& program, CallKind kind) {
  switch (kind) {
    case CallKind::open:
      return filter_open(program, 1);
    case CallKind::open_at:
      return filter_open(program, 2);
    case CallKind::trace:
      return filter_trace(program);
    case CallKind::register_rseq:
      // Its fields would say where the thread really runs. C libraries do without.
      return program.return_always(SECCOMP_RET_ERRNO | ENOSYS);
    default:
      return program.return_always(SECCOMP_RET_USER_NOTIF);
  }
}

Program make_filter() {
  constexpr std::uint32_t x32 = 0x40000000;  // __X32_SYSCALL_BIT: 64-bit calls of 32-bit pointers
  Program program;
  program.load(offsetof(seccomp_data, arch));
  for (const CallTable& table : call_tables()) {
    program.only_if(table.architecture, [&] {
      program.load(offsetof(seccomp_data, nr));
      if (table.architecture == AUDIT_ARCH_X86_64) program.keep(~x32);
      for (const CallNumber& call : table.calls) {
        program.only_if(static_cast<std::uint32_t>(call.number),
                        [&] { filter_call(program, call.kind); });
      }
      program.return_always(SECCOMP_RET_ALLOW);
    });
  }
  program.return_always(SECCOMP_RET_ALLOW);
  return program;
}

}  // namespace

Result<Fd> install_filter() {
  Program program = make_filter();
  const sock_fprog code = program.done();
  for (const unsigned flags : {flag_wait_killable, 0U}) {
    Fd filter(static_cast<int>(::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                                         SECCOMP_FILTER_FLAG_NEW_LISTENER | flags, &code)));
    if (filter.is_open()) return filter;
    if (errno != EINVAL) break;
  }
  return fail({.kind = ErrorKind::unsupported,
               .number = errno,
               .text = "a simulated machine",
               .reason = std::string("seccomp: ") + std::strerror(errno) +
                         "; it takes a kernel with user notification, and nobody who answers calls "
                         "of this process already"});
}

void Listener::take_turns(bool turns) {
  (void)::ioctl(filter_.get(), set_flags, turns ? wake_up_here : 0UL);
}

std::optional<seccomp_notif> Listener::receive() {
  for (;;) {
    seccomp_notif call{};
    if (::ioctl(filter_.get(), SECCOMP_IOCTL_NOTIF_RECV, &call) == 0) return call;
    if (errno == EINTR) continue;
    if (errno != ENOENT) return std::nullopt;
    // Its maker was killed, or nobody is left.
    pollfd state{.fd = filter_.get(), .events = POLLIN, .revents = 0};
    if (::poll(&state, 1, 0) > 0 && (state.revents & POLLHUP) != 0) return std::nullopt;
  }
}

void Listener::send(seccomp_notif_resp& response) {
  while (::ioctl(filter_.get(), SECCOMP_IOCTL_NOTIF_SEND, &response) != 0 && errno == EINTR) {
  }
}

void Listener::answer(const seccomp_notif& call, long value) {
  seccomp_notif_resp response{};
  response.id = call.id;
  if (value < 0) {
    response.error = static_cast<int>(value);
  } else {
    response.val = value;
  }
  send(response);
}

void Listener::let_through(const seccomp_notif& call) {
  seccomp_notif_resp response{};
  response.id = call.id;
  response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  send(response);
}

void Listener::answer_with(const seccomp_notif& call, const Fd& file, bool close_on_exec) {
  seccomp_notif_addfd added{};
  added.id = call.id;
  added.flags = flag_add_and_answer;
  added.srcfd = static_cast<std::uint32_t>(file.get());
  added.newfd_flags = close_on_exec ? O_CLOEXEC : 0;
  if (::ioctl(filter_.get(), SECCOMP_IOCTL_NOTIF_ADDFD, &added) >= 0) return;
  if (errno != EINVAL) return answer(call, -errno);
  added.flags = 0;
  const int number = ::ioctl(filter_.get(), SECCOMP_IOCTL_NOTIF_ADDFD, &added);
  answer(call, number < 0 ? -errno : number);
}

}  // namespace pinfold::sim
