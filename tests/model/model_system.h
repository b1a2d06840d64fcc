// A modelled system for tests, and who makes the calls in it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "model/abi.h"
#include "support/program.h"

namespace pinfold::test {

/// A modelled system, and one of its processes that makes the calls: an ordinary user's.
class ModelSystem : public testing::Test {
 protected:
  static constexpr uid_t user = 1001;

  /// Four CPUs: two cores of two.
  ModelSystem() { boot("core:2 pu:2"); }

  /// Another machine, another kernel.
  void boot(const std::string& machine, const char* kernel = "6.18",
            model::Hierarchy hierarchy = model::Hierarchy::none);

  model::System& system() { return *system_; }
  /// The process that makes the calls.
  model::Task& caller() { return *session_->caller; }
  [[nodiscard]] const model::Session& session() const { return *session_; }

  /// A sleeping child of the caller, and a thread of its process.
  model::Task& fork();
  model::Task& thread();
  /// A sleeping process whose ids are all `uid`.
  model::Task& process_of(uid_t uid);
  /// Whoever it is from now on makes the calls.
  void call_as(model::Task& task) { session_->caller = &task; }

  /// The raw calls, with a buffer of `length` bytes that ends where it can no longer be touched.
  long set(long pid, std::size_t length, const CpuSet& mask);
  long set(long pid, const CpuSet& mask) { return set(pid, system_->mask_bytes(), mask); }
  long get(long pid, std::size_t length);
  /// What the last get wrote.
  [[nodiscard]] CpuSet answer() const;
  /// What a task has, by the raw call.
  CpuSet mask_of(const model::Task& task);
  /// 32-bit calls.
  long set32(long pid, std::size_t length, const std::vector<std::uint32_t>& words);
  long get32(long pid, std::size_t length);

  /// Makes a cgroup of v2 with these CPUs, and moves the process in.
  void confine(model::Task& task, const char* cpus);

 private:
  static UserBuffer buffer(std::vector<unsigned char>& bytes) {
    return {.address = bytes.data(), .readable = bytes.size(), .writable = bytes.size()};
  }

  std::unique_ptr<model::System> system_;
  std::unique_ptr<model::Session> session_;
  std::unique_ptr<model::ModelAbi> abi_;
  std::unique_ptr<model::ModelAbi> abi32_;
  std::vector<unsigned char> bytes_;
};

}  // namespace pinfold::test
