// The tasks of a simulated machine: each is a real one, whose affinity the model has.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <unordered_map>

#include "model/system.h"
#include "sim/real_task.h"
#include "sim/record.h"

namespace pinfold::sim {

/// A task of the model has the number of the real one. Whoever uses it holds the mutex; what is
/// found is good as long as that.
class World {
 public:
  enum class Recording {
    no,
    yes,
  };
  World(std::unique_ptr<model::System> system, Recording recording);

  [[nodiscard]] std::mutex& mutex() { return mutex_; }
  [[nodiscard]] model::System& system() { return *system_; }

  /// The command's first task, in the cgroup.
  void begin(pid_t tid, model::Cgroup& cgroup);
  /// clone(2) has made a task, which has not run yet.
  void cloned(pid_t creator, pid_t made);
  /// execve(2): `former` is the number that the thread had until then.
  void executed(pid_t tid, pid_t former);
  void ended(pid_t tid);

  [[nodiscard]] bool knows(pid_t tid) const;
  /// Who has that number among the real tasks. One that lives outside of the simulated machine is
  /// taken in, with all CPUs: it is seen from inside, and its real mask stays what it is. Null:
  /// there is none.
  model::Task* find(pid_t tid);
  /// By its number in the caller's pid namespace; 0 is the caller.
  model::Task* find(const model::Task& caller, pid_t number);
  /// The real number of the task with that number in the caller's pid namespace; 0: there is none.
  pid_t real_number(const model::Task& caller, pid_t number);

  /// Reads again what the program may have changed without our seeing it.
  void refresh_credentials(model::Task& task);
  /// The next set of its mask looks first whether it is a SCHED_DEADLINE task.
  void scheduler_changed(const model::Task& task);
  void refresh_scheduler(model::Task& task);

  // These without the mutex.
  /// Whether the command is one thread and has started nobody.
  [[nodiscard]] bool has_one_task() const { return alive_ == 1; }
  /// How many programs were begun.
  [[nodiscard]] std::uint64_t programs() const { return programs_; }

  [[nodiscard]] bool records() const { return recording_ == Recording::yes; }
  void record(SetCall call);
  [[nodiscard]] Who who(const model::Task& task) const;
  /// What was done so far.
  [[nodiscard]] const Record& so_far();

 private:
  struct Guest {
    Who creator;
    Mask began_with;
    InNamespace in = {};
    bool scheduler_changed = false;
  };

  model::Task* make(model::Task& creator, pid_t number, bool thread);
  model::Task* adopt(pid_t tid);
  void forget(model::Task& task);
  void forget_ended();
  const InNamespace& in_namespace_of(const model::Task& task);

  std::mutex mutex_;
  std::unique_ptr<model::System> system_;
  Recording recording_;
  CredentialReader credentials_;
  std::shared_ptr<const model::Program> program_;
  std::unordered_map<pid_t, Guest> guests_;
  std::uint64_t own_space_;
  std::size_t ended_since_ = 0;
  Record record_;
  std::atomic<std::uint64_t> programs_ = 0;
  std::atomic<std::size_t> alive_ = 0;  // guests_.size()
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace pinfold::sim
