#include "model/model_system.h"

#include <cstring>
#include <stdexcept>

#include "kernel/layout.h"

namespace pinfold::test {

using model::System;

void ModelSystem::boot(const std::string& machine, const char* kernel, model::Hierarchy hierarchy) {
  auto description = ::pinfold::Machine::open(machine);
  if (!description) throw std::invalid_argument(message(description.error()));
  auto system = System::open({.machine = std::move(*description),
                              .profile = model::find_profile(kernel),
                              .hierarchy = hierarchy});
  if (!system) throw std::invalid_argument(message(system.error()));
  abi_.reset();
  abi32_.reset();
  session_.reset();
  system_ = std::move(*system);
  session_ = std::make_unique<model::Session>(*system_, nullptr);
  call_as(process_of(user));
  abi_ = std::make_unique<model::ModelAbi>(*session_);
  abi32_ = std::make_unique<model::ModelAbi>(*session_, model::Layout::words_of_32_bits);
}

model::Task& ModelSystem::process_of(uid_t uid) {
  model::Task* made = nullptr;
  if (system_->clone(system_->init(), {}, made) != 0) throw std::runtime_error("clone");
  system_->sleep(*made);
  if (system_->set_uids(*made, uid, uid, uid) != 0) throw std::runtime_error("setresuid");
  return *made;
}

model::Task& ModelSystem::fork() {
  model::Task* made = nullptr;
  if (system_->clone(caller(), {}, made) != 0) throw std::runtime_error("fork");
  system_->sleep(*made);
  return *made;
}

model::Task& ModelSystem::thread() {
  model::Task* made = nullptr;
  if (system_->clone(caller(), {.make = System::Make::thread}, made) != 0) {
    throw std::runtime_error("clone");
  }
  system_->sleep(*made);
  return *made;
}

long ModelSystem::set(long pid, std::size_t length, const CpuSet& mask) {
  std::vector<unsigned char> bytes = to_bytes(mask, length);
  return abi_->set_affinity(pid, length, buffer(bytes));
}

long ModelSystem::get(long pid, std::size_t length) {
  bytes_.assign(length, 0xAA);
  const long written = abi_->get_affinity(pid, length, buffer(bytes_));
  bytes_.resize(written > 0 ? static_cast<std::size_t>(written) : 0);
  return written;
}

CpuSet ModelSystem::answer() const { return from_bytes(bytes_); }

CpuSet ModelSystem::mask_of(const model::Task& task) {
  EXPECT_GT(get(task.number, system_->mask_bytes()), 0);
  return answer();
}

long ModelSystem::set32(long pid, std::size_t length, const std::vector<std::uint32_t>& words) {
  std::vector<unsigned char> bytes(words.size() * 4);
  std::memcpy(bytes.data(), words.data(), bytes.size());
  return abi32_->set_affinity(pid, length, buffer(bytes));
}

long ModelSystem::get32(long pid, std::size_t length) {
  bytes_.assign(length, 0xAA);
  const long written = abi32_->get_affinity(pid, length, buffer(bytes_));
  bytes_.resize(written > 0 ? static_cast<std::size_t>(written) : 0);
  return written;
}

void ModelSystem::confine(model::Task& task, const char* cpus) {
  model::Cgroup& root = system_->root_cgroup();
  model::Task& init = system_->init();
  ASSERT_EQ(system_->write_cgroup(init, root, "cgroup.subtree_control", "+cpuset"), 0);
  ASSERT_EQ(system_->make_cgroup("/box"), 0);
  model::Cgroup& box = *system_->find_cgroup("/box");
  ASSERT_EQ(system_->write_cgroup(init, box, "cpuset.cpus", cpus), 0);
  ASSERT_EQ(system_->write_cgroup(init, box, "cgroup.procs", std::to_string(task.number)), 0);
}

}  // namespace pinfold::test
