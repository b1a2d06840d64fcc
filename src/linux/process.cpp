#include "linux/process.h"

#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <thread>

#include "base/file.h"
#include "base/number.h"
#include "base/try.h"
#include "kernel/activity.h"
#include "linux/proc.h"

namespace pinfold {
namespace {

// What getdents64(2) writes before each name.
struct EntryHead {
  std::uint64_t inode;
  std::int64_t offset;
  std::uint16_t length;
  std::uint8_t type;
};
constexpr std::size_t name_offset = offsetof(EntryHead, type) + 1;

constexpr std::size_t bytes_an_entry = 32;  // 24 for up to four digits, 32 for up to seven and more
constexpr int entries_before_threads = 2;   // "." and ".."

// Blocks every signal of this thread while it lives: a pending signal ends a getdents early,
// and nothing in its result says so.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

// How often this thread has slept. SIGSTOP, a freezer and a debugger cannot be blocked, but
// whom they stop has slept.
long sleeps() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_nvcsw;
}

std::unexpected<Error> failed(const char* call, int number) {
  return fail({.kind = ErrorKind::system, .number = number, .text = call});
}

// Stops `tid` and lets it go. A tracer is a thread: when it ends, the kernel releases whom it
// held, whatever state they are in.
Result<Held> stop_once(Tid tid, LinuxProcess& process) {
  using namespace std::chrono;
  if (::ptrace(PTRACE_SEIZE, tid.value(), nullptr, nullptr) != 0) return failed("ptrace", errno);
  // It may have gone to sleep meanwhile, and interrupting a sleeper would be seen as EINTR.
  const Activity now = process.activity(tid);
  if (now == Activity::outside_clone || now == Activity::gone) return Held::not_needed;
  if (::ptrace(PTRACE_INTERRUPT, tid.value(), nullptr, nullptr) != 0) {
    if (errno == ESRCH) return Held::not_needed;
    return failed("ptrace", errno);
  }
  const auto patience = steady_clock::now() + milliseconds(500);
  for (;;) {
    int status = 0;
    const pid_t who = ::waitpid(tid.value(), &status, __WALL | __WNOTHREAD | WNOHANG);
    if (who < 0) return Held::not_needed;  // gone
    if (who == tid.value()) {
      if (!WIFSTOPPED(status)) return Held::not_needed;
      // A signal that was just being delivered goes on its way.
      const bool by_us = status >> 16 != 0;
      const int signal = by_us ? 0 : WSTOPSIG(status);
      ::ptrace(PTRACE_DETACH, tid.value(), nullptr, static_cast<std::uintptr_t>(signal));
      return Held::stopped;
    }
    if (steady_clock::now() > patience) return failed("ptrace", ETIMEDOUT);
    std::this_thread::sleep_for(microseconds(20));
  }
}

// The threads in what getdents64(2) has written.
std::vector<Tid> threads_in(const char* entries, std::size_t bytes) {
  std::vector<Tid> threads;
  threads.reserve(bytes / 24);
  for (std::size_t at = 0; at < bytes;) {
    EntryHead head;
    std::memcpy(&head, entries + at, name_offset);
    if (const auto tid = parse_number<pid_t>(entries + at + name_offset)) {
      threads.emplace_back(*tid);
    }
    at += head.length;
  }
  return threads;
}

std::unexpected<Error> ended(Pid pid) {
  return fail({.kind = ErrorKind::no_such_task,
               .number = ESRCH,
               .task = "process " + std::to_string(pid.value())});
}

}  // namespace

std::optional<Pid> first_listed(const Fd& tasks) {
  std::array<char, 96> entries;  // ".", ".." and one more
  const long length = ::syscall(SYS_getdents64, tasks.get(), entries.data(), entries.size());
  const auto threads =
      threads_in(entries.data(), length < 0 ? 0 : static_cast<std::size_t>(length));
  if (threads.empty()) return std::nullopt;
  return Pid(threads.front().value());
}

Result<Listing> LinuxProcess::list() {
  struct stat folder{};
  if (::fstat(tasks_.get(), &folder) != 0) return ended(pid_);
  // One call must hold them all. The links count the threads; half as many again may be born.
  entries_.resize(std::max<std::size_t>(
      {entries_.size(), 4096, (folder.st_nlink + folder.st_nlink / 2 + 16) * bytes_an_entry}));

  const SignalsBlocked blocked;
  for (;;) {
    if (::lseek(tasks_.get(), 0, SEEK_SET) < 0) return failed("lseek", errno);
    const long slept = sleeps();
    const long length = ::syscall(SYS_getdents64, tasks_.get(), entries_.data(), entries_.size());
    if (length < 0)
      return errno == ENOENT || errno == ESRCH ? ended(pid_) : failed("getdents64", errno);
    const bool undisturbed = sleeps() == slept;
    const auto bytes = static_cast<std::size_t>(length);
    if (entries_.size() - bytes < 2 * bytes_an_entry) {  // cut short by the buffer
      entries_.resize(entries_.size() * 2);
      continue;
    }
    Listing listing;
    listing.threads = threads_in(entries_.data(), bytes);
    if (listing.threads.empty()) return ended(pid_);
    // The position counts every thread that the walk met, also one that was just ending and
    // has no entry: after such a one the kernel stops walking (fs/proc/base.c, next_tid).
    const off_t met = ::lseek(tasks_.get(), 0, SEEK_CUR) - entries_before_threads;
    listing.whole = undisturbed && met == static_cast<off_t>(listing.threads.size());
    return listing;
  }
}

std::optional<std::size_t> LinuxProcess::count() {
  struct stat folder{};
  constexpr nlink_t without_threads = 2;
  if (::fstat(tasks_.get(), &folder) != 0 || folder.st_nlink < without_threads) return std::nullopt;
  return folder.st_nlink - without_threads;
}

Result<Task> LinuxProcess::task(Tid tid) {
  const std::string path = std::to_string(tid.value()) + "/stat";
  const auto stat = read_file(path.c_str(), tasks_.get());
  if (!stat) {
    return fail({.kind = ErrorKind::no_such_task,
                 .number = ESRCH,
                 .task = "thread " + std::to_string(tid.value())});
  }
  TRY(Task task, parse_stat(*stat));
  task.pid = pid_;
  return task;
}

Activity LinuxProcess::activity(Tid tid) {
  const std::string folder = std::to_string(tid.value());
  const Fd file(::openat(tasks_.get(), (folder + "/syscall").c_str(), O_RDONLY | O_CLOEXEC));
  char text[256];
  const ssize_t length = file.is_open() ? ::read(file.get(), text, sizeof text) : -1;
  if (length < 0) {
    if (errno == EACCES || errno == EPERM) return Activity::hidden;
    // ENOENT is a thread that has ended, or a kernel without the file.
    const bool there = ::faccessat(tasks_.get(), folder.c_str(), F_OK, 0) == 0;
    return there ? Activity::hidden : Activity::gone;
  }
  // "running", "-1 SP PC" (blocked outside a call), or "NUMBER 0xARGUMENT …".
  const std::string_view line(text, static_cast<std::size_t>(length));
  if (line.empty()) return Activity::gone;
  if (line.starts_with("running")) return Activity::running;
  long number = -1;
  const auto [end, status] = std::from_chars(text, text + length, number);
  if (status != std::errc()) return Activity::hidden;
  unsigned long first_argument = 0;
  const std::string_view rest(end, static_cast<std::size_t>(text + length - end));
  if (rest.starts_with(" 0x")) std::from_chars(end + 3, text + length, first_argument, 16);
  return activity_in(number, first_argument);
}

Result<Held> LinuxProcess::hold(Tid tid) {
  Result<Held> result = Held::not_needed;
  std::jthread([&] { result = stop_once(tid, *this); }).join();
  return result;
}

}  // namespace pinfold
