// What the contract suite runs against: a system with an Abi and a Kernel, and the means to make
// tasks in it. Each binary of the suite links one make_world().
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include <pinfold/cpu_set.h>
#include <pinfold/result.h>

#include "kernel/abi.h"
#include "kernel/kernel.h"

namespace pinfold::test {

/// What the answers of the two calls depend on.
struct Machine {
  std::size_t mask_bytes = 0;  ///< the kernel's mask: S of the tables
  unsigned cpu_ids = 0;        ///< the highest possible CPU and one: nr_cpu_ids
  CpuSet possible;
  CpuSet online;
  CpuSet usable;                    ///< what a caller gets that asks for everything
  bool remembers_requests = false;  ///< of everybody
};

struct Uids {
  uid_t real = 0;
  uid_t effective = 0;
  uid_t saved = 0;
};

/// Who a task is. Nothing given: as the test itself.
struct Identity {
  std::optional<Uids> uids = {};
  /// Capabilities by bit, of those that the test has. Without them, what setresuid(2) leaves.
  std::optional<std::uint64_t> permitted = {};
  std::optional<std::uint64_t> effective = {};  ///< nothing: all that are permitted
  bool new_user_namespace = false;              ///< in one of its own, entered at the end
};

enum class Work {
  sleep,
  compute,  ///< without entering the kernel
  churn,    ///< starts a thread like itself and ends, over and over
};

/// A process that the test started; its first thread sleeps. It ends with this object.
class TestProcess {
 public:
  virtual ~TestProcess() = default;

  [[nodiscard]] virtual Pid pid() const = 0;
  /// A new thread, made by `creator` (one of this process that sleeps).
  virtual Tid start(Work work, Tid creator) = 0;
  Tid start(Work work) { return start(work, pid().leader()); }
  /// Ends a sleeping thread that is not the first; it is gone when this returns.
  virtual void end(Tid tid) = 0;
  virtual void rename(Tid tid, std::string_view name) = 0;
  /// Whether a computing thread gets on, after some patience.
  virtual bool gets_on(Tid tid) = 0;
  /// How often a sleeping thread found its sleep interrupted.
  virtual unsigned long interruptions(Tid tid) = 0;
  /// A child that sleeps, and ends with this process. Errors are of kind `system`.
  virtual Result<Pid> fork() = 0;
  /// Replaces the program by another one that sleeps.
  virtual void exec() = 0;
  /// The first thread asks for SCHED_DEADLINE; 0 or a negative errno.
  virtual long become_deadline() = 0;
  /// Ends it and leaves a zombie.
  virtual void die() = 0;
};

class World {
 public:
  virtual ~World() = default;

  virtual Abi& abi() = 0;
  /// The calls of a 32-bit program (i386), or null where there are none.
  virtual Abi* abi32() = 0;
  virtual Kernel& kernel() = 0;
  [[nodiscard]] virtual const Machine& machine() const = 0;

  /// The thread that runs the test.
  [[nodiscard]] virtual Tid self() const = 0;

  /// Kind `unsupported` where the test may not become that.
  virtual Result<std::unique_ptr<TestProcess>> process(const Identity& identity) = 0;
  /// The same as the test itself is.
  std::unique_ptr<TestProcess> process() { return std::move(process(Identity()).value()); }

  /// Runs `call` as a thread of that identity, for which Tid 0 is itself, and hands its result
  /// back. Kind `unsupported` where the test may not become that.
  virtual Result<long> as(const Identity& identity, const std::function<long()>& call) = 0;

  /// A kernel thread by its name, where one can be seen.
  virtual std::optional<Tid> kernel_thread(std::string_view name) = 0;

  /// The number of a task that has ended and is gone.
  Tid vanished() { return process()->pid().leader(); }
};

std::unique_ptr<World> make_world();

/// A test of the suite. The caller begins with all usable CPUs and has them again at the end.
class WorldTest : public testing::Test {
 protected:
  WorldTest();
  ~WorldTest() override;

  static World& world();
  static const Machine& machine() { return world().machine(); }
  static Kernel& kernel() { return world().kernel(); }
  /// The lowest and the highest usable CPU, alone.
  static CpuSet first() { return {*machine().usable.first()}; }
  static CpuSet last() { return {*machine().usable.last()}; }
  /// What a task has, asked by the raw call.
  static CpuSet mask_of(Tid tid);
  static long set_mask(Tid tid, const CpuSet& cpus);
  /// Waits until it sleeps: false after ten seconds.
  static bool asleep(Tid tid);
};

/// Waits for something that must come: false after ten seconds.
bool eventually(const std::function<bool()>& condition);

}  // namespace pinfold::test

/// `auto declaration = value of a Result`, or the test is skipped with its error as the reason.
#define OR_SKIP(declaration, expression)                                        \
  auto PINFOLD_OR_SKIP_NAME(__LINE__) = (expression);                           \
  if (!PINFOLD_OR_SKIP_NAME(__LINE__))                                          \
    GTEST_SKIP() << ::pinfold::message(PINFOLD_OR_SKIP_NAME(__LINE__).error()); \
  declaration = std::move(*PINFOLD_OR_SKIP_NAME(__LINE__))
#define PINFOLD_OR_SKIP_JOIN(a, b) a##b
#define PINFOLD_OR_SKIP_PASTE(a, b) PINFOLD_OR_SKIP_JOIN(a, b)
#define PINFOLD_OR_SKIP_NAME(line) PINFOLD_OR_SKIP_PASTE(or_skip_, line)
