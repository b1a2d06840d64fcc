// A process of a modelled system that does what the test tells it.
#pragma once

#include <vector>

#include "kernel/world.h"
#include "model/abi.h"

namespace pinfold::test {

/// Threads that start one like themselves and end, over and over: some of them whenever a process's
/// threads are listed.
class Churn {
 public:
  explicit Churn(model::System& system) : system_(system) {}
  void add(const model::Task& task) { threads_.push_back(task.number); }
  void forget(const model::Process& process);
  /// Every third one, in turns.
  void go_on();

 private:
  model::System& system_;
  std::vector<pid_t> threads_;
  std::size_t turn_ = 0;
};

/// Makes the task what `identity` says: 0 or a positive errno.
int become(model::System& system, model::Task& task, const Identity& identity);

class ModelPuppet final : public TestProcess {
 public:
  /// A child of the session's caller.
  static Result<std::unique_ptr<TestProcess>> start_as(const model::Session& session, Churn& churn,
                                                       const Identity& identity);
  ModelPuppet(const ModelPuppet&) = delete;
  ModelPuppet& operator=(const ModelPuppet&) = delete;
  ~ModelPuppet() override;

  [[nodiscard]] Pid pid() const override { return Pid(number_); }
  Tid start(Work work, Tid creator) override;
  void end(Tid tid) override;
  void rename(Tid tid, std::string_view name) override;
  bool gets_on(Tid tid) override;
  unsigned long interruptions(Tid tid) override;
  Result<Pid> fork() override;
  void exec() override;
  long become_deadline() override;
  void die() override;

 private:
  ModelPuppet(const model::Session& session, Churn& churn, pid_t number)
      : session_(session), churn_(churn), number_(number) {}
  [[nodiscard]] model::Task& task(Tid tid) const;
  [[nodiscard]] model::Process& process() const { return *task(Tid(number_)).process; }

  const model::Session& session_;
  Churn& churn_;
  pid_t number_;
  std::vector<pid_t> children_;
};

}  // namespace pinfold::test
