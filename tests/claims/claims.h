// What the tests of the claims share: the calls without our library, and tasks to try them on.
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <functional>
#include <thread>

#include <pinfold/cpu_set.h>

#include "support/program.h"

namespace pinfold::test {

/// sched_setaffinity(2) and sched_getaffinity(2) without the C library: what the kernel returns,
/// a negative errno included.
long raw_set(long pid, std::size_t length, const void* mask);
long raw_get(long pid, std::size_t length, void* mask);
/// The same with a set.
long raw_set(long pid, const CpuSet& cpus);

/// A list of /sys/devices/system/cpu: "online".
CpuSet system_cpus(const char* name);
/// The size of the kernel's mask in bytes, probed.
std::size_t kernel_mask_bytes();
/// The shortest mask in bytes that has a bit for every CPU number there can be.
std::size_t shortest_mask_bytes();
/// The lowest number that no CPU can have here.
CpuId absent_cpu();
/// Where a task runs, or ran last: "processor" of proc_pid_stat(5).
CpuId last_cpu(pid_t tid);

/// The set of one CPU.
CpuSet only(CpuId cpu);

/// Runs `work` in a forked child; what it returned, 0 … 255, or 128 + N when signal N ended it.
int in_child(const std::function<int()>& work);
/// The same in a child whose user ids are all `uid`. -1 where there is no such id to have.
int in_child_of_user(uid_t uid, const std::function<int()>& work);

/// Memory whose last byte is followed by a page that faults.
class MemoryEnd {
 public:
  MemoryEnd();
  MemoryEnd(const MemoryEnd&) = delete;
  MemoryEnd& operator=(const MemoryEnd&) = delete;
  ~MemoryEnd();
  /// The last `bytes` bytes.
  [[nodiscard]] unsigned char* last(std::size_t bytes) const;
  /// What cannot be touched.
  [[nodiscard]] unsigned char* beyond() const { return last(0); }

 private:
  unsigned char* memory_;
};

/// A thread that computes, and never sleeps.
class Spinner {
 public:
  Spinner();
  ~Spinner() { stop_ = true; }
  [[nodiscard]] pid_t tid() const { return tid_; }

 private:
  std::atomic<bool> stop_ = false;
  std::atomic<pid_t> tid_ = 0;
  std::jthread thread_;
};

/// A thread that sleeps until it is woken, once.
class Sleeper {
 public:
  Sleeper();
  ~Sleeper();
  [[nodiscard]] pid_t tid() const { return tid_; }
  /// Wakes it; where it found itself running, sched_getcpu(3).
  CpuId wake();

 private:
  int wake_[2] = {-1, -1};
  std::atomic<pid_t> tid_ = 0;
  std::atomic<int> cpu_ = -1;
  std::jthread thread_;
};

/// Puts this thread's mask back after each test.
class Claims : public testing::Test {
 protected:
  Claims();

  CpuSet own;   ///< this thread's mask when the test began
  bool lonely;  ///< it has one CPU only: nothing can be told apart
  CpuId a;      ///< two CPUs of it
  CpuId b;

 private:
  MaskGuard guard_;
};

/// What a test says that needs two CPUs.
inline constexpr const char* needs_two_cpus = "needs two CPUs, this process has one";

}  // namespace pinfold::test
