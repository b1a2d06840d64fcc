// Who sets the same thread at about the same time as somebody else.
#pragma once

#include <sys/types.h>

#include <unordered_map>

#include "trace/record.h"

namespace pinfold::trace {

/// Where the kernel's copy of a request and the caller's memory agree, both may be wrong: if
/// another caller has set the same thread before this call's end, and the memory was changed to
/// just that mask. So it takes that there was no other.
class Rivals {
 public:
  static constexpr Moment::duration window = std::chrono::seconds(1);

  /// Calls, before they are judged.
  void hear(const Record& record);
  /// Some were not heard of.
  void miss() { missed_ = heard_; }

  /// Whether another has set the target of this call within the window before it, or since.
  [[nodiscard]] bool has(const Record& call) const;

 private:
  struct Setter {
    pid_t tid = 0;
    Moment last{};
  };
  struct Setters {
    Setter latest;
    Setter other;  // the latest but for that one
  };
  void forget_old();

  std::unordered_map<pid_t, Setters> setters_;  // by the target's tid
  Moment heard_{};
  std::optional<Moment> missed_;
};

}  // namespace pinfold::trace
