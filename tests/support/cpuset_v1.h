// A cpuset of the test's own, in the v1 hierarchy (cpuset(7)).
#pragma once

#include <sys/types.h>

#include <string>

#include <pinfold/cpu_set.h>

namespace pinfold::test {

/// A cgroup below the one that the test is in. When destroyed, whoever is inside goes back to
/// that one, and it is removed. What cannot be done throws std::runtime_error.
class CpusetV1 {
 public:
  /// Why no such cgroup can be made here; empty where one can.
  static std::string missing();
  /// The CPUs that one may have: those of the cgroup that the test is in.
  static CpuSet parent_cpus();

  /// With these CPUs and the parent's memory nodes. An empty set: no CPUs, as the kernel makes it.
  explicit CpusetV1(const CpuSet& cpus);
  CpusetV1(const CpusetV1&) = delete;
  CpusetV1& operator=(const CpusetV1&) = delete;
  ~CpusetV1();

  /// As in /proc/PID/cgroup.
  [[nodiscard]] const std::string& name() const { return name_; }
  /// The path of one of its files: "cpuset.cpus".
  [[nodiscard]] std::string file(const char* name) const { return folder_ + '/' + name; }

  void set_cpus(const CpuSet& cpus);
  /// All threads of the process.
  void move_in(pid_t pid);
  void move_out(pid_t pid);
  /// This thread alone.
  void move_thread_in(pid_t tid);

  /// Writes to one of its files, in one write(2). 0, or the errno.
  int write(const char* name, const std::string& text);

 private:
  std::string name_;
  std::string folder_;
  std::string parent_;
};

}  // namespace pinfold::test
