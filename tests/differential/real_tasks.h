// Tasks of our own on the system under us, which do what they are told.
#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <pinfold/cpu_set.h>

#include "differential/actor.h"
#include "differential/cast.h"
#include "differential/host.h"

namespace pinfold::test {

/// Who does not answer or does not end throws std::runtime_error.
class RealTasks {
 public:
  RealTasks(const Host& host, Mailbox& mailbox, int program);
  RealTasks(const RealTasks&) = delete;
  RealTasks& operator=(const RealTasks&) = delete;
  /// They end, with all whom they have made.
  ~RealTasks();

  // 0 or an errno. `cast` is as it was before.
  int clone(const model::operation::Clone& clone);
  int live(const model::operation::Life& life, const Cast& cast);
  int set_uids(const model::operation::Uids& uids);
  int set_capabilities(const model::operation::Capabilities& capabilities);
  int set(const model::operation::Set& set);

  /// Its number: a tid.
  [[nodiscard]] pid_t number(std::string_view name) const;
  /// What sched_getaffinity(2) answers; nothing where it fails.
  [[nodiscard]] std::optional<CpuSet> effective(std::string_view name) const;
  /// Cpus_allowed; nothing where the task is gone.
  [[nodiscard]] std::optional<CpuSet> allowed(std::string_view name) const;
  /// The CPU where it is or was, of /proc.
  [[nodiscard]] std::optional<unsigned> cpu(std::string_view name) const;
  /// Waits until everybody sleeps who does not spin.
  void settle(const Cast& cast) const;

 private:
  struct Task {
    unsigned slot = 0;
    pid_t number = 0;
    pid_t process = 0;
  };
  Slot& tell(const Task& task, const Command& command);
  /// The answer: negative for an errno.
  long ask(const Task& task, const Command& command);
  int ask(std::string_view name, const Command& command);
  int exit(const std::string& name, const Cast& cast);
  int kill(const std::string& name, const Cast& cast);
  int exec(std::string_view name);
  void wait_for_end_of_process(const std::string& name, const Cast& cast);

  const Host& host_;
  Mailbox& mailbox_;
  int program_;
  unsigned last_slot_ = 0;
  std::map<std::string, Task, std::less<>> tasks_;
};

}  // namespace pinfold::test
