// The suite's world on the kernel under us.
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>

#include <pinfold/cpu_list.h>

#include "bpf/task_iterator.h"
#include "kernel/guarded_buffer.h"
#include "kernel/int80_abi.h"
#include "kernel/layout.h"
#include "kernel/linux_identity.h"
#include "kernel/linux_puppet.h"
#include "kernel/world.h"
#include "linux/abi.h"
#include "linux/kernel.h"
#include "support/kernel_release.h"

namespace pinfold::test {
namespace {

CpuSet cpus_in(const char* file) {
  std::ifstream stream(std::string("/sys/devices/system/cpu/") + file);
  std::string line;
  std::getline(stream, line);
  return parse_cpu_list(line).value();
}

class LinuxWorld final : public World {
 public:
  LinuxWorld() {
    machine_.possible = cpus_in("possible");
    machine_.online = cpus_in("online");
    machine_.cpu_ids = machine_.possible.last()->value() + 1;
    const GuardedBuffer mask(65536);
    // In a child, so that the mask which the test was started with stays.
    const auto written = as({}, [&] {
      const GuardedBuffer everything(std::vector<unsigned char>(65536, 0xff), Access::read);
      abi_.set_affinity(0, 65536, everything.user());
      return abi_.get_affinity(0, 65536, mask.user());
    });
    if (written.value() <= 0) throw std::runtime_error("sched_getaffinity");
    machine_.mask_bytes = static_cast<std::size_t>(*written);
    machine_.usable = from_bytes(mask.bytes().first(machine_.mask_bytes));
    machine_.remembers_requests = remembers_requests();
    kernel_.use(iterator_);
  }

  Abi& abi() override { return abi_; }
  Abi* abi32() override { return abi32_.get(); }
  Kernel& kernel() override { return kernel_; }
  [[nodiscard]] const Machine& machine() const override { return machine_; }
  [[nodiscard]] Tid self() const override { return Tid(::gettid()); }

  Result<std::unique_ptr<TestProcess>> process(const Identity& identity) override {
    return Puppet::start_as(identity);
  }

  Result<long> as(const Identity& identity, const std::function<long()>& call) override {
    struct Answer {
      int refused;
      long result;
    };
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("pipe");
    const Fd ours(ends[0]);
    Fd theirs(ends[1]);
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error("fork");
    if (child == 0) {
      Answer answer{.refused = become(identity), .result = 0};
      TaskIterator own;  // what the test has loaded would answer the child, too
      kernel_.use(own);
      if (answer.refused == 0) answer.result = call();
      ::_exit(::write(theirs.get(), &answer, sizeof answer) == sizeof answer ? 0 : 1);
    }
    theirs = Fd();
    Answer answer{};
    const ssize_t length = ::read(ours.get(), &answer, sizeof answer);
    ::waitpid(child, nullptr, 0);
    if (length != sizeof answer) throw std::runtime_error("the child has ended");
    if (answer.refused != 0) {
      return fail(
          {.kind = ErrorKind::unsupported,
           .text = "a caller of " + to_string(identity),
           .reason = "the test may not become one, errno " + std::to_string(answer.refused)});
    }
    return answer.result;
  }

  std::optional<Tid> kernel_thread(std::string_view name) override {
    const auto pids = kernel_.processes();
    if (!pids) return std::nullopt;
    for (const Pid pid : *pids) {
      const auto task = kernel_.task(pid.leader());
      if (task && task->kernel_thread && task->name == name) return task->tid;
    }
    return std::nullopt;
  }

 private:
  LinuxAbi abi_;
  std::unique_ptr<Abi> abi32_ = open_int80_abi();
  TaskIterator iterator_;
  LinuxKernel kernel_{abi_};
  Machine machine_;
};

}  // namespace

std::unique_ptr<World> make_world() { return std::make_unique<LinuxWorld>(); }

}  // namespace pinfold::test
