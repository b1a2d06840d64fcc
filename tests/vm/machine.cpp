#include "vm/machine.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include "host/host.h"
#include "kernel/linux_puppet.h"
#include "support/kernel_release.h"

namespace pinfold::test {
namespace {

// tests/vm/run.sh starts the kernel with this word.
bool in_emulator() {
  std::ifstream file("/proc/cmdline");
  for (std::string word; file >> word;) {
    if (word.starts_with("pinfold_boot=")) return true;
  }
  return false;
}

// Asleep and off its CPU: see Process::activity().
void wait_until_asleep(Pid pid) {
  const auto process = host_kernel().process(pid);
  const bool asleep = process && eventually([&] {
                        return (*process)->activity(pid.leader()) == Activity::outside_clone;
                      });
  if (!asleep) throw std::runtime_error("a process does not go to sleep");
}

}  // namespace

int write_file(const std::string& path, const std::string& text) {
  const Fd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file.is_open()) return errno;
  return ::write(file.get(), text.data(), text.size()) < 0 ? errno : 0;
}

Offline::Offline(unsigned cpu)
    : file_("/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/online") {
  if (const int failed = write_file(file_, "0")) {
    throw std::runtime_error(file_ + ": " + std::strerror(failed));
  }
}

void Offline::end() {
  if (file_.empty()) return;
  const int failed = write_file(file_, "1");
  EXPECT_EQ(failed, 0) << file_;
  file_.clear();
}

CpuSet by_kernel(const char* remembering, const char* forgetting) {
  return cpus(remembers_requests() ? remembering : forgetting);
}

VmTest::VmTest() {
  if (in_emulator()) return;
  std::cerr << "These tests take CPUs offline and write to cgroups that are not their own: "
               "./dev vm runs them in an emulator.\n";
  std::exit(2);
}

Kernel& VmTest::kernel() { return host_kernel(); }

std::unique_ptr<TestProcess> VmTest::sleeper() {
  auto process = std::move(Puppet::start_as({}).value());
  wait_until_asleep(process->pid());
  return process;
}

std::unique_ptr<TestProcess> VmTest::sleeper(const char* request) {
  auto process = sleeper();
  EXPECT_EQ(set(*process, request), 0) << request;
  return process;
}

CpuSet VmTest::effective(Tid tid) {
  const auto cpus = kernel().effective(tid);
  if (cpus) return *cpus;
  ADD_FAILURE() << message(cpus.error());
  return {};
}

CpuSet VmTest::allowed(Tid tid) {
  const auto cpus = kernel().allowed(tid);
  if (cpus) return *cpus;
  ADD_FAILURE() << message(cpus.error());
  return {};
}

int VmTest::set(Tid tid, const char* cpus) {
  const auto done = kernel().set_affinity(tid, test::cpus(cpus));
  return done ? 0 : done.error().number;
}

}  // namespace pinfold::test
