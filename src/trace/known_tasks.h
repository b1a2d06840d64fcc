// What /proc says of tasks, remembered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "events/event.h"

namespace pinfold::trace {

/// Completes what the kernel told of tasks. A task is looked up once: after that it costs nothing,
/// and what was known of it is known when it is gone, too. Whoever has the number of another task
/// is told from it by the start time; where that cannot be, nothing is said. Not safe to use from
/// several threads.
class KnownTasks {
 public:
  static constexpr std::size_t nearest_parents = 16;

  /// Remembers so many threads, the last ones that were new.
  explicit KnownTasks(std::size_t limit = 8192) : limit_(limit) {}

  /// Fills in what is missing: comm, exe, cgroup, container, parents. A start time of 0 means the
  /// task that has the number now, and is filled in as well.
  void complete(Actor& actor);
  /// The same for comm, start time and cgroup.
  void complete(TargetTask& target);

  /// Nothing where the target's ancestors cannot be known.
  std::optional<Relation> relation(const Actor& actor, const TargetTask& target);

  /// To be called when a process became another program or was moved to another cgroup.
  void forget(Pid pid);

  [[nodiscard]] std::size_t size() const { return tasks_.size(); }

 private:
  struct Parent {
    Pid pid;
    std::uint64_t start_time = 0;
    std::string comm;
  };
  struct Known {
    Pid pid;
    Tid tid;
    std::uint64_t start_time = 0;
    std::uint64_t process_start = 0;  ///< 0: not known
    std::string comm;
    std::optional<std::string> exe;
    std::optional<std::string> cgroup;
    std::optional<std::string> container;
    std::vector<Parent> parents;  ///< as they were then; nearest_parents at most
    bool all_parents = false;     ///< none is missing
  };
  using Key = std::pair<Pid, Tid>;
  using Order = std::list<Known>;

  /// Nothing where it is gone and was not known, or the number is another's.
  const Known* find(Pid pid, Tid tid, std::uint64_t start_time);
  const Known* remember(Known known);
  static std::optional<Known> look_up(Pid pid, Tid tid);
  static Known look_up_process_of(Pid pid, Tid tid, std::uint64_t start_time);
  static void add_parents(Known& known, int folder);

  std::size_t limit_;
  Order order_;  // oldest first
  std::map<Key, Order::iterator> tasks_;
};

}  // namespace pinfold::trace
