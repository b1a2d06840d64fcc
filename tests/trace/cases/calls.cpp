// calls [OPTION…] TARGET LENGTH CPUS: calls sched_setaffinity(2) and prints a line,
// "call ACTOR TARGET RESULT ADDRESS" (0 where nobody is meant), in the numbers of the pid namespace
// in which it was started. Ends with its stdin.
//
// TARGET: self, thread, child, grandchild, init (with --namespace: process 1 there), or what the
// kernel is given as pid. LENGTH: bytes; the mask is the last that many of its memory (4096 at
// most). CPUS: 0-1,1500, or none, or bad (an address that belongs to nobody).
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <atomic>
#include <string>
#include <thread>

#include "case.h"

extern "C" const char after_call[];  // NOLINT

namespace {

struct Wish {
  bool int80 = false;          // --int80: the call of a 32-bit program
  bool in_file = false;        // --file: the mask is in a file that nobody has touched yet
  bool get = false;            // --get: sched_getaffinity(2)
  bool libc = false;           // --libc: through syscall(3)
  bool in_thread = false;      // --thread: another thread than the first calls
  bool apart = false;          // --namespace: in a pid namespace of its own
  bool site = false;           // --site: first a line "site OFFSET", where in its file the call is
  int times = 1;               // --times N
  int uid = -1;                // --uid N: as that user
  const char* name = nullptr;  // --name TEXT: so it is called
  std::string target;
  std::uint64_t length = 0;
  std::string cpus;
};

struct Done {
  pid_t actor = 0;
  pid_t target = 0;
  long result = 0;
  std::uintptr_t address = 0;
};

[[gnu::noinline, gnu::noclone]] long call64(long number, long pid, std::uint64_t length,
                                            const void* mask) {
#ifdef __x86_64__
  long result = number;
  asm volatile(
      "syscall\n"
      ".globl after_call\n"
      "after_call:"
      : "+a"(result)
      : "D"(pid), "S"(length), "d"(mask)
      : "rcx", "r11", "memory");
  return result;
#else
  const long result = ::syscall(number, pid, length, mask);
  return result < 0 ? -errno : result;
#endif
}

long call32([[maybe_unused]] bool get, [[maybe_unused]] long pid,
            [[maybe_unused]] std::uint64_t length, [[maybe_unused]] const void* mask) {
#ifdef __x86_64__
  int result = get ? 242 : 241;
  asm volatile("int $0x80"
               : "+a"(result)
               : "b"(pid), "c"(length), "d"(mask)
               : "r8", "r9", "r10", "r11", "memory");
  return result;
#else
  std::exit(77);
#endif
}

unsigned char* memory_of_file(std::size_t length, const std::vector<unsigned>& cpus) {
  char name[] = "/tmp/pinfold-mask-XXXXXX";
  const int file = ::mkstemp(name);
  ::unlink(name);
  std::vector<unsigned char> bytes(cases::page);
  cases::fill(bytes.data() + cases::page - length, length, cpus);
  if (::write(file, bytes.data(), bytes.size()) != ssize_t{cases::page}) std::exit(77);
  ::fsync(file);
  ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
  void* memory = ::mmap(nullptr, cases::page, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
  return static_cast<unsigned char*>(memory) + cases::page - length;
}

unsigned char* mask_of(const Wish& wish) {
  if (wish.cpus == "bad") return reinterpret_cast<unsigned char*>(0xdead0000);
  const std::size_t length = wish.length < cases::page ? wish.length : cases::page;
  const auto cpus = cases::numbers(wish.cpus.c_str());
  if (wish.in_file) return memory_of_file(length, cpus);
#ifdef __x86_64__
  const cases::Guarded memory(cases::page, MAP_32BIT);
#else
  const cases::Guarded memory(cases::page);
#endif
  cases::fill(memory.last(length), length, cpus);
  return memory.last(length);
}

pid_t new_thread() {
  static std::atomic<pid_t> tid = 0;
  std::thread([] {
    tid = cases::own_tid();
    for (;;)
      ::pause();
  }).detach();
  while (tid == 0)
    ::sched_yield();
  return tid;
}

// A child that sleeps until its parent ends, whoever that is by then (which is why a signal at the
// parent's death would not do). `prepare` makes something of which the parent is told.
template <typename Prepare>
pid_t new_child(Prepare prepare, auto* told) {
  int up[2];
  int down[2];
  if (::pipe(up) != 0 || ::pipe(down) != 0) std::exit(77);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::close(down[1]);
    const auto found = prepare();
    char byte = 0;
    if (::write(up[1], &found, sizeof found) > 0 && ::read(down[0], &byte, 1) == 0) ::_exit(0);
    ::_exit(77);
  }
  ::close(down[0]);
  if (::read(up[0], told, sizeof *told) != sizeof *told) std::exit(77);
  return pid;
}

pid_t new_child() {
  pid_t own = 0;
  return new_child([] { return ::getpid(); }, &own);
}

pid_t new_grandchild() {
  pid_t grandchild = 0;
  new_child([] { return new_child(); }, &grandchild);
  return grandchild;
}

// What the kernel is given as pid, and whom that means.
struct Target {
  long given = 0;
  pid_t meant = 0;
};

Target find_target(const std::string& target) {
  const auto given = [](pid_t pid) { return Target{pid, pid}; };
  if (target == "self") return {0, cases::own_tid()};
  if (target == "thread") return given(new_thread());
  if (target == "child") return given(new_child());
  if (target == "grandchild") return given(new_grandchild());
  if (target == "init") return given(1);
  const long number = std::strtol(target.c_str(), nullptr, 10);
  const auto low = static_cast<pid_t>(number);  // what the kernel makes of it
  return {number, low == 0 ? cases::own_tid() : low};
}

Done call(const Wish& wish) {
  const Target target = find_target(wish.target);
  const unsigned char* const mask = mask_of(wish);
  const long number = wish.get ? SYS_sched_getaffinity : SYS_sched_setaffinity;
  Done done{.actor = cases::own_tid(),
            .target = target.meant,
            .address = reinterpret_cast<std::uintptr_t>(mask)};
  if (wish.name) ::prctl(PR_SET_NAME, wish.name);
  if (wish.uid >= 0 && ::setuid(static_cast<uid_t>(wish.uid)) != 0) std::exit(77);
  for (int i = 0; i < wish.times; ++i) {
    done.result = wish.int80  ? call32(wish.get, target.given, wish.length, mask)
                  : wish.libc ? ::syscall(number, target.given, wish.length, mask)
                              : call64(number, target.given, wish.length, mask);
  }
  return done;
}

// Both are children of this process, which stays outside and knows their numbers there.
Done call_apart(const Wish& wish) {
  if (::unshare(CLONE_NEWPID) != 0) std::exit(77);
  const pid_t init = new_child();
  Done done;
  done.actor = new_child([&] { return call(wish); }, &done);
  done.target = wish.target == "self" ? done.actor : init;
  return done;
}

#ifdef __x86_64__
// Of /proc/self/maps: "START-END PERMISSIONS OFFSET …".
void print_site() {
  const auto site = reinterpret_cast<unsigned long>(&after_call[0]);
  std::FILE* maps = std::fopen("/proc/self/maps", "r");
  char line[512];
  while (maps && std::fgets(line, sizeof line, maps)) {
    unsigned long start = 0;
    unsigned long end = 0;
    unsigned long offset = 0;
    if (std::sscanf(line, "%lx-%lx %*s %lx", &start, &end, &offset) != 3) continue;
    if (start <= site && site < end) std::printf("site %lu\n", site - start + offset);
  }
}
#else
void print_site() { std::exit(77); }
#endif

Wish parse(char** words) {
  Wish wish;
  for (; *words && std::string_view(*words).starts_with("--"); ++words) {
    const std::string_view word = *words;
    if (word == "--int80") wish.int80 = true;
    if (word == "--file") wish.in_file = true;
    if (word == "--get") wish.get = true;
    if (word == "--libc") wish.libc = true;
    if (word == "--thread") wish.in_thread = true;
    if (word == "--namespace") wish.apart = true;
    if (word == "--site") wish.site = true;
    if (word == "--times") wish.times = std::atoi(*++words);
    if (word == "--uid") wish.uid = std::atoi(*++words);
    if (word == "--name") wish.name = *++words;
  }
  if (!words[0] || !words[1] || !words[2]) std::exit(2);
  wish.target = words[0];
  wish.length = std::strtoull(words[1], nullptr, 10);
  wish.cpus = words[2];
  return wish;
}

}  // namespace

int main(int, char** words) {
  const Wish wish = parse(words + 1);
  if (wish.site) print_site();
  Done done;
  std::thread caller;
  std::atomic<bool> called = false;
  if (wish.in_thread) {
    caller = std::thread([&] {
      done = call(wish);
      called = true;
      for (;;)
        ::pause();
    });
    while (!called)
      ::sched_yield();
  } else {
    done = wish.apart ? call_apart(wish) : call(wish);
  }
  std::printf("call %d %d %ld %lu\n", done.actor, done.target, done.result,
              static_cast<unsigned long>(done.address));
  std::fflush(stdout);
  char byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) > 0) {
  }
  ::_exit(0);
}
