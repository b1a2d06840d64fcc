// Numbers that the kernel gives to tasks and CPUs, as types that do not mix.
#pragma once

#include <sys/types.h>

#include <compare>

namespace pinfold {

/// A thread, as gettid(2) numbers it. 0 is the calling thread, as in sched_setaffinity(2).
class Tid {
 public:
  constexpr Tid() = default;
  explicit constexpr Tid(pid_t value) : value_(value) {}
  [[nodiscard]] constexpr pid_t value() const { return value_; }
  friend constexpr auto operator<=>(Tid, Tid) = default;

 private:
  pid_t value_ = 0;
};

/// A process: a group of threads, numbered like its first thread, the leader.
class Pid {
 public:
  constexpr Pid() = default;
  explicit constexpr Pid(pid_t value) : value_(value) {}
  [[nodiscard]] constexpr pid_t value() const { return value_; }
  /// The first thread of the process. It alone, not the others.
  [[nodiscard]] constexpr Tid leader() const { return Tid(value_); }
  friend constexpr auto operator<=>(Pid, Pid) = default;

 private:
  pid_t value_ = 0;
};

/// A CPU, as the kernel numbers it: "cpu7" of /sys/devices/system/cpu is CpuId(7).
class CpuId {
 public:
  constexpr CpuId() = default;
  explicit constexpr CpuId(unsigned value) : value_(value) {}
  [[nodiscard]] constexpr unsigned value() const { return value_; }
  friend constexpr auto operator<=>(CpuId, CpuId) = default;

 private:
  unsigned value_ = 0;
};

}  // namespace pinfold
