// A cpuset of the test's own, in the v2 hierarchy (cgroups(7), cpuset(7)).
#pragma once

#include <sys/types.h>

#include <string>

#include <pinfold/cpu_set.h>
#include <pinfold/ids.h>

namespace pinfold::test {

/// A cgroup below the root, or below another one. When destroyed, whoever is inside goes to the
/// root, and it is removed. What cannot be done throws std::runtime_error.
class CpusetV2 {
 public:
  /// With no CPUs given it has its parent's.
  explicit CpusetV2(const char* cpus = "") : CpusetV2(nullptr, cpus) {}
  CpusetV2(const CpusetV2& parent, const char* cpus) : CpusetV2(&parent, cpus) {}
  CpusetV2(const CpusetV2&) = delete;
  CpusetV2& operator=(const CpusetV2&) = delete;
  ~CpusetV2();

  /// As in /proc/PID/cgroup.
  [[nodiscard]] const std::string& name() const { return name_; }
  /// The path of one of its files: "cpuset.cpus".
  [[nodiscard]] std::string file(const char* name) const;
  /// The first line of one of its files.
  [[nodiscard]] std::string read(const char* name) const;
  /// 0, or the errno.
  int write(const char* name, const std::string& text) const;

  void set_cpus(const char* cpus) const;
  /// member, root or isolated; throws where the kernel calls it invalid.
  void set_partition(const char* kind) const;
  /// Waits until it is that: the kernel updates it some time after a CPU came or went.
  [[nodiscard]] bool comes_to_have(const char* cpus) const;

  /// All threads of the process.
  void move_in(Pid pid) const;
  /// To the root.
  static void move_out(Pid pid);

 private:
  CpusetV2(const CpusetV2* parent, const char* cpus);

  std::string name_;
};

}  // namespace pinfold::test
