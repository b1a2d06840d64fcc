// The mode without a program in the kernel: all masks are looked at from time to time.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "events/event.h"
#include "events/life.h"
#include "kernel/kernel.h"
#include "trace/actor.h"
#include "trace/lives.h"
#include "trace/memory.h"
#include "trace/watches.h"

namespace pinfold::trace {

/// Now, as Task::start_time has it.
std::uint64_t ticks_after_boot();

struct SamplerOptions {
  std::vector<Scope> whom = {Everybody{}};
  Clock::Duration interval =
      std::chrono::milliseconds(100);  ///< from one pass to the next, at least
  Clock* clock = &Clock::system();
  std::function<Happened(Online)> happened;  ///< Watches::read; empty: nobody is asked
  std::function<std::optional<std::string>(Tid)> cgroup_of = read_cpuset_cgroup;
  bool lives = false;  ///< whether it is to be noticed who comes and goes
  std::function<std::uint64_t()> ticks = ticks_after_boot;
};

/// A mask that is changed and changed back between two passes is not seen, calls are not, and of
/// two changes only the sum is. A pass is a snapshot where the kernel gives one, else a question
/// about each thread, and a second one about those that answer something new.
class Sampler {
 public:
  Sampler(Kernel& kernel, SamplerOptions options);
  Sampler(const Sampler&) = delete;

  /// The first pass, which only remembers: how many threads there are.
  Result<std::size_t> start();

  /// Takes what has happened, at once: whoever did it may end at any moment. To be called when one
  /// of the watches' descriptors is ready; a pass does it by itself.
  void collect() { collect(Online::as_told); }

  /// Whose masks have changed since the last pass. `seq` and `relation` are left.
  Result<std::vector<SetEvent>> pass();

  /// Who has come and who has gone by the last pass, and by the first one who was there: to be told
  /// before what has changed. What happened between two passes has the time of the second.
  std::vector<Life> take_lives() { return std::exchange(lives_told_, {}); }

  /// How long to wait before the next pass: never more than a twentieth of one CPU's time is spent.
  [[nodiscard]] Clock::Duration pause() const;

  /// From the next pass on. Who is new is only remembered then.
  void watch(std::vector<Scope> whom) { options_.whom = std::move(whom); }

  [[nodiscard]] std::size_t threads() const { return memory_.size(); }
  [[nodiscard]] Leg leg() const;

 private:
  struct Recent {
    Trigger trigger;
    Moment read;
  };

  Result<std::vector<Change>> survey();
  void collect(Online online);
  /// Whether the kernel gives one.
  bool compare_snapshot(const Scope& scope, std::vector<Change>& changes);
  Result<void> ask_each(const Scope& scope, std::vector<Change>& changes);
  void ask(Pid pid, std::vector<Change>& changes);
  void see(const TaskMasks& masks);
  enum class Look {
    mask,  ///< enough where it is as it was
    whole
  };
  void ask(Tid tid, Look look, const std::function<Result<Task>()>& who,
           std::vector<Change>& changes);
  [[nodiscard]] Meanwhile meanwhile(Moment since, std::vector<Trigger>& triggers) const;
  [[nodiscard]] SetEvent tell(const Change& change, const Meanwhile& meanwhile) const;

  Kernel& kernel_;
  SamplerOptions options_;
  Remembered memory_;
  std::vector<Life> lives_told_;
  Lives lives_;
  Time noticed_{};  // the time of this pass
  std::uint64_t born_from_ =
      ~std::uint64_t{0};  // who started then or later was not there in the last one
  std::vector<Recent> recent_;
  std::optional<Moment> missed_;  // when it was last said that something was
  CpuSet online_;
  Moment began_{};  // the last pass
  Clock::Duration took_{};
  bool snapshots_ = true;
};

}  // namespace pinfold::trace
