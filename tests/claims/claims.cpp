#include "claims/claims.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace pinfold::test {
namespace {

constexpr std::size_t large_mask = std::size_t{1} << 16;

std::size_t page_size() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

// The fields of proc_pid_stat(5) behind the name.
std::vector<std::string> stat_fields(pid_t tid) {
  std::ifstream file("/proc/" + std::to_string(tid) + "/stat");
  std::string text;
  std::getline(file, text);
  std::istringstream rest(text.substr(text.rfind(") ") + 2));
  std::vector<std::string> fields;
  for (std::string field; rest >> field;)
    fields.push_back(field);
  return fields;
}

// A thread in state S may still be in its CPU's queue, on its way out. Who reads `syscall` waits
// until it has left, and finds a number there (task_current_syscall()).
bool asleep(pid_t tid) {
  if (stat_fields(tid).at(0) != "S") return false;
  std::ifstream file("/proc/" + std::to_string(tid) + "/syscall");
  if (!file) return true;
  std::string first;
  file >> first;
  return first != "running";
}

}  // namespace

long raw_set(long pid, std::size_t length, const void* mask) {
  const long result = ::syscall(SYS_sched_setaffinity, pid, length, mask);
  return result < 0 ? -errno : result;
}

long raw_get(long pid, std::size_t length, void* mask) {
  const long result = ::syscall(SYS_sched_getaffinity, pid, length, mask);
  return result < 0 ? -errno : result;
}

long raw_set(long pid, const CpuSet& cpus) {
  return raw_set(pid, cpus.words().size_bytes(), cpus.words().data());
}

CpuSet system_cpus(const char* name) {
  std::ifstream file(std::string("/sys/devices/system/cpu/") + name);
  std::string list;
  std::getline(file, list);
  return cpus(list.c_str());
}

std::size_t kernel_mask_bytes() {
  std::vector<CpuSet::Word> mask(large_mask / sizeof(CpuSet::Word));
  return static_cast<std::size_t>(raw_get(0, large_mask, mask.data()));
}

std::size_t shortest_mask_bytes() {
  const unsigned numbers = system_cpus("possible").last()->value() + 1;
  return (numbers + CpuSet::word_bits - 1) / CpuSet::word_bits * sizeof(CpuSet::Word);
}

CpuId absent_cpu() { return CpuId(system_cpus("possible").last()->value() + 1); }

CpuId last_cpu(pid_t tid) {
  return CpuId(static_cast<unsigned>(std::stoul(stat_fields(tid).at(36))));
}

CpuSet only(CpuId cpu) { return CpuSet{cpu}; }

int in_child(const std::function<int()>& work) {
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork");
  if (child == 0) ::_exit(work());
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int in_child_of_user(uid_t uid, const std::function<int()>& work) {
  constexpr int no_such_id = 255;
  const int result = in_child([&] {
    if (::setresuid(uid, uid, uid) != 0) return no_such_id;
    return work();
  });
  return result == no_such_id ? -1 : result;
}

MemoryEnd::MemoryEnd() {
  void* memory = ::mmap(nullptr, large_mask + page_size(), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::runtime_error("mmap");
  memory_ = static_cast<unsigned char*>(memory);
  ::mprotect(beyond(), page_size(), PROT_NONE);
}

MemoryEnd::~MemoryEnd() { ::munmap(memory_, large_mask + page_size()); }

unsigned char* MemoryEnd::last(std::size_t bytes) const { return memory_ + large_mask - bytes; }

Spinner::Spinner()
    : thread_([this] {
        tid_ = ::gettid();
        tid_.notify_one();
        while (!stop_) {
        }
      }) {
  tid_.wait(0);
}

Sleeper::Sleeper() {
  if (::pipe(wake_) != 0) throw std::runtime_error("pipe");
  thread_ = std::jthread([this] {
    tid_ = ::gettid();
    tid_.notify_one();
    char byte = 0;
    while (::read(wake_[0], &byte, 1) < 0 && errno == EINTR) {
    }
    cpu_ = ::sched_getcpu();
    cpu_.notify_one();
  });
  tid_.wait(0);
  while (!asleep(tid_))
    std::this_thread::yield();
}

Sleeper::~Sleeper() {
  ::close(wake_[1]);
  thread_.join();
  ::close(wake_[0]);
}

CpuId Sleeper::wake() {
  if (::write(wake_[1], "", 1) != 1) throw std::runtime_error("write");
  cpu_.wait(-1);
  return CpuId(static_cast<unsigned>(cpu_.load()));
}

Claims::Claims() : own(mask_of(0)), lonely(own.count() < 2), a(*own.begin()), b(a) {
  if (!lonely) b = *++own.begin();
}

}  // namespace pinfold::test
