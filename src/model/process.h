// A process of a modelled system, held by a handle.
#pragma once

#include "kernel/kernel.h"
#include "model/call.h"

namespace pinfold::model {

/// Numbers of threads are those of the pid namespace in which it was opened.
class ModelProcess final : public pinfold::Process {
 public:
  ModelProcess(const Session& session, const model::Process& process, const PidNamespace& space);

  Result<Listing> list() override;
  std::optional<std::size_t> count() override;
  Result<pinfold::Task> task(Tid tid) override;
  Activity activity(Tid tid) override;
  /// A thread inside clone(2) does not come out of it meanwhile: ETIMEDOUT.
  Result<Held> hold(Tid tid) override;

 private:
  /// Null where it has ended.
  [[nodiscard]] model::Process* find() const;
  /// Null where it is no thread of this process.
  [[nodiscard]] Task* find(Tid tid) const;
  [[nodiscard]] Activity activity_of(const Task& caller, Tid tid) const;

  const Session& session_;
  const PidNamespace& space_;
  Pid pid_;
  pid_t number_;              // in the first namespace
  std::uint64_t start_time_;  // with the number, which process it is
};

}  // namespace pinfold::model
