// A forked child that does what the test tells it.
#pragma once

#include <atomic>
#include <map>

#include "base/fd.h"
#include "kernel/world.h"

namespace pinfold::test {

class Puppet final : public TestProcess {
 public:
  static Result<std::unique_ptr<TestProcess>> start_as(const Identity& identity);
  Puppet(const Puppet&) = delete;
  Puppet& operator=(const Puppet&) = delete;
  ~Puppet() override;

  [[nodiscard]] Pid pid() const override { return Pid(pid_); }
  Tid start(Work work, Tid creator) override;
  void end(Tid tid) override;
  void rename(Tid tid, std::string_view name) override;
  bool gets_on(Tid tid) override;
  unsigned long interruptions(Tid tid) override;
  Result<Pid> fork() override;
  void exec() override;
  long become_deadline() override;
  void die() override;

  /// What the puppet counts for each of its threads, where the test sees it.
  struct Counters {
    std::atomic<unsigned long> rounds;
    std::atomic<unsigned long> interruptions;
  };
  static constexpr std::size_t most_threads = 2048;

 private:
  Puppet() = default;
  struct Command;
  long tell(const Command& command);
  long answer();
  static void obey(int socket, Counters* counters);

  pid_t pid_ = -1;
  Fd socket_;
  Counters* counters_ = nullptr;
  std::map<Tid, std::size_t> index_;
};

}  // namespace pinfold::test
