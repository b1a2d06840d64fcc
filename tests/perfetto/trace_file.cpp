#include "perfetto/trace_file.h"

#include <filesystem>

#include "support/program.h"

namespace pinfold::test {

trace::Time at(std::int64_t nanoseconds) {
  using namespace std::chrono;
  return trace::Time(sys_days(2026y / November / 21)) + std::chrono::nanoseconds(nanoseconds);
}

std::uint64_t stamp(std::int64_t nanoseconds) {
  return static_cast<std::uint64_t>(at(nanoseconds).time_since_epoch().count());
}

trace::TargetTask task(pid_t pid, pid_t tid, const std::string& comm, std::uint64_t start) {
  return {.pid = Pid(pid), .tid = Tid(tid), .comm = comm, .start_time = start, .cgroup = {}};
}

trace::Alive alive(std::int64_t time, const trace::TargetTask& task, const char* allowed) {
  return {.time = at(time), .task = task, .allowed = cpus(allowed)};
}

trace::Ended ended(std::int64_t time, const trace::TargetTask& task) {
  return {.time = at(time), .pid = task.pid, .tid = task.tid, .start_time = task.start_time};
}

trace::Ran ran(unsigned cpu, std::int64_t from, std::int64_t to, pid_t tid) {
  return {.from = at(from), .to = at(to), .cpu = CpuId(cpu), .pid = Pid(tid), .tid = Tid(tid)};
}

trace::SetEvent set(std::int64_t time, const trace::TargetTask& task, const char* old,
                    const char* effective) {
  trace::SetEvent set;
  set.time = at(time);
  set.actor = trace::Actor{.pid = Pid(99), .tid = Tid(99), .comm = "taskset"};
  set.target = task;
  set.old = cpus(old);
  set.request = cpus(effective);
  set.effective = cpus(effective);
  set.result = 0;
  set.cause = trace::Cause::syscall;
  set.attribution = trace::Attribution::exact;
  set.trusted = true;
  return set;
}

TraceFile::TraceFile(const tool::PerfettoOptions& options) {
  auto file = tool::PerfettoFile::create(path(), options);
  if (file) file_.emplace(std::move(*file));
}

TraceFile& TraceFile::tell(const trace::Life& life) {
  const auto told = file_->add(life);
  EXPECT_TRUE(told) << message(told.error());
  return *this;
}

TraceFile& TraceFile::tell(const trace::Event& event) {
  const auto told = file_->add(event);
  EXPECT_TRUE(told) << message(told.error());
  return *this;
}

ParsedTrace TraceFile::finish() {
  const auto summary = file_->finish();
  EXPECT_TRUE(summary) << message(summary.error());
  if (summary) summary_ = *summary;
  ParsedTrace trace = now();
  EXPECT_THAT(trace.problems, testing::IsEmpty());
  EXPECT_EQ(summary_.bytes, std::filesystem::file_size(path()));
  EXPECT_EQ(summary_.packets, trace.packets);
  return trace;
}

}  // namespace pinfold::test
