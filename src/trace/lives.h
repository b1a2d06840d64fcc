// Which threads there are, told once each as they come and go.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "events/life.h"
#include "trace/memory.h"

namespace pinfold::trace {

/// Whether it runs, or may again: what has ended is there until its parent has asked for it.
bool is_alive(const Task& task);

/// Of those a snapshot tells: all but kernel threads that are kept where they are.
bool is_told(const Task& task);

/// Without its cgroup.
TargetTask target_of(const Task& task);

/// A thread is its tid with its start time. Where nobody takes them, nothing is done.
///
/// Births and ends may be lost; a snapshot shows who is there. But events from before it may be
/// read after it, and these say more. So what a snapshot finds is only noted (compare()), and told
/// when all events from before it have been taken (confirm()), or when an event makes it certain.
class Lives {
 public:
  explicit Lives(LifeSink sink) : sink_(std::move(sink)) {}

  [[nodiscard]] bool wanted() const { return sink_ != nullptr; }
  [[nodiscard]] bool has(Tid tid, std::uint64_t start) const;

  /// Something tells that it is there by this name: told, if it was not yet. Another thread of that
  /// number has ended then. `as_of`: when that was true.
  void appear(const Alive& alive, Moment as_of);
  /// The same of a thread that an event is about, which may be one that has just ended.
  void introduce(const Alive& alive, Moment as_of);
  /// Tells it of whoever was told to be there. Start time 0: whoever has the number.
  void end(Tid tid, std::uint64_t start, Time time);

  /// From here on it is asked who is there; `see` says that one is, and whether he is known; and
  /// those who were known before `began` and not seen since are these.
  void look() { ++look_; }
  bool see(Tid tid, std::uint64_t start);
  void see(Tid whoever);
  [[nodiscard]] std::vector<Ended> unseen(Moment began, Time time) const;

  /// Who is in a whole snapshot, in the form in which he is told…
  void compare(std::vector<Alive> there, Moment began, Time time);
  /// …and what is left of it when all events from before `began` are known. What is found is asked
  /// for once more: whether this thread is there now.
  void confirm(Moment began, const std::function<bool(Tid, std::uint64_t start)>& is_there);

 private:
  struct Known {
    Pid pid;
    std::uint64_t start = 0;
    std::string comm;
    Moment heard{};
    std::uint64_t look = 0;
  };
  struct Found {
    Moment began{};
    Alive alive;
  };
  struct Gone {
    Moment began{};
    Ended ended;
  };
  [[nodiscard]] bool has_just_ended(Tid tid, std::uint64_t start) const;

  LifeSink sink_;
  std::unordered_map<pid_t, Known> known_;
  std::uint64_t look_ = 0;
  std::unordered_map<pid_t, Found> found_;
  std::unordered_map<pid_t, Gone> gone_;
  std::deque<std::pair<Tid, std::uint64_t>> ended_;  // the last ones that did
};

}  // namespace pinfold::trace
