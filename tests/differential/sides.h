// The two sides of the comparison: the system under us, and the model of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "differential/cast.h"
#include "differential/host.h"
#include "differential/real_cgroups.h"
#include "differential/real_tasks.h"

namespace pinfold::test {

/// What came of an operation: 0 or an errno, and what was read.
struct Reply {
  int error = 0;
  std::string text = {};
  friend bool operator==(const Reply&, const Reply&) = default;
};

class RealSide {
 public:
  RealSide(const Host& host, Mailbox& mailbox, int program);
  RealSide(const RealSide&) = delete;
  RealSide& operator=(const RealSide&) = delete;
  /// All is as it was before.
  ~RealSide();

  /// `cast` is as it was before the operation.
  Reply play(const model::Operation& operation, const Cast& cast);
  [[nodiscard]] std::optional<CpuSet> effective(std::string_view task) const;
  [[nodiscard]] std::optional<CpuSet> allowed(std::string_view task) const;
  [[nodiscard]] std::optional<unsigned> cpu(std::string_view task) const;
  std::optional<std::string> read(std::string_view cgroup, std::string_view file) {
    return cgroups_.read(cgroup, file);
  }

 private:
  void reclaim();
  int hotplug(CpuId cpu, bool online);

  const Host& host_;
  RealCgroups cgroups_;
  std::optional<RealTasks> tasks_;
  CpuSet offline_;
};

class ModelSide {
 public:
  /// What cannot be modelled throws std::runtime_error.
  explicit ModelSide(const Host& host);

  Reply play(const model::Operation& operation, const Cast& cast);
  [[nodiscard]] std::optional<CpuSet> effective(std::string_view task) const;
  [[nodiscard]] std::optional<CpuSet> allowed(std::string_view task) const;
  [[nodiscard]] std::optional<std::string> read(std::string_view cgroup,
                                                std::string_view file) const;
  [[nodiscard]] const CpuSet& active() const { return player_.system()->active(); }

 private:
  [[nodiscard]] model::Task* find(std::string_view task) const;

  model::Player player_;
};

}  // namespace pinfold::test
