// CPUs that go and come, told by the kernel's device events (netlink(7), NETLINK_KOBJECT_UEVENT).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <pinfold/cpu_set.h>
#include <pinfold/result.h>

#include "base/fd.h"
#include "events/event.h"

namespace pinfold::trace {

struct CpuChange {
  CpuId cpu;
  bool online = false;  ///< it came; else it went
  Time time{};          ///< when we were told: afterwards
  friend bool operator==(const CpuChange&, const CpuChange&) = default;
};

/// The CPU of "online@/devices/system/cpu/cpu3" or "offline@…", which ends at the first NUL; `time`
/// is left. Nothing for any other device and event.
std::optional<CpuChange> parse_uevent(std::string_view message);

/// How the CPUs that are online came from `before` to `now`, for what nobody told.
std::vector<CpuChange> compare_online(const CpuSet& before, const CpuSet& now, Time time);

struct CpuChanges {
  std::vector<CpuChange> changes;  ///< in their order
  bool missed = false;             ///< there were more than the kernel keeps
};

/// Needs no privilege.
class HotplugWatch {
 public:
  static Result<HotplugWatch> open();

  /// Ready to read (poll(2)) when there is something.
  [[nodiscard]] int descriptor() const { return socket_.get(); }

  /// What was told since, without waiting.
  CpuChanges read();

  [[nodiscard]] Leg leg() const;

 private:
  explicit HotplugWatch(Fd socket) : socket_(std::move(socket)) {}

  Fd socket_;
};

}  // namespace pinfold::trace
