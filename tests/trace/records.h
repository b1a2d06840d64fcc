// Records as the programs in the kernel write them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <pinfold/cpu_set.h>

#include "trace/record.h"

namespace pinfold::test {

/// Numbers that no task has: /proc says nothing of them.
inline constexpr pid_t nobody = 500'000'000;

struct RecordTask {
  pid_t pid = nobody;
  pid_t tid = nobody;
  std::uint64_t start = 100;  ///< clock ticks after boot
  std::string_view name = "task";
  pid_t parent = 1;
  std::uint64_t cgroup = 1;
};

/// What is not said is zero. Masks are lists of CPUs.
class RecordBuilder {
 public:
  explicit RecordBuilder(trace_kind kind, const trace::RecordShape& shape = {.cpu_ids = 8});

  RecordBuilder& at(std::uint64_t nanoseconds);
  RecordBuilder& cpu(unsigned cpu);
  RecordBuilder& actor(const RecordTask& task);
  RecordBuilder& target(const RecordTask& task);
  /// A call for the caller itself.
  RecordBuilder& self(const RecordTask& task) { return actor(task).target(task); }
  RecordBuilder& flag(trace_flag flag);
  RecordBuilder& allowed(const char* cpus);
  RecordBuilder& kernel_request(const char* cpus);
  RecordBuilder& user(const char* cpus);
  /// The same, cut: only so many bytes were given.
  RecordBuilder& user(const char* cpus, unsigned bytes);
  RecordBuilder& old(const char* cpus);
  RecordBuilder& result(std::int64_t result);
  RecordBuilder& argument(int argument);
  RecordBuilder& length(std::uint64_t length);
  RecordBuilder& lost(std::uint64_t count);
  RecordBuilder& lost_others(std::uint64_t count);
  RecordBuilder& path(std::string_view path);
  /// Of a commit.
  RecordBuilder& by_call(int number);
  RecordBuilder& by_user();
  /// The call's own place, the word at the stack pointer and what was walked.
  RecordBuilder& frames(const std::vector<std::uint64_t>& addresses);
  RecordBuilder& frames_failed(int error);

  /// A bit that the kernel's mask has room for but that is no CPU's.
  RecordBuilder& stray_bit(unsigned mask, unsigned bit);

  /// Good as long as this is.
  [[nodiscard]] trace::Record record() const;

 private:
  trace_record& head();
  std::uint64_t* words(unsigned mask);
  RecordBuilder& write(unsigned mask, const CpuSet& cpus);
  static trace_task raw(const RecordTask& task);

  trace::RecordShape shape_;
  std::vector<std::uint64_t> bytes_;
};

}  // namespace pinfold::test
