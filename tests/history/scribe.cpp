// Records events as fast as it can, in batches of different sizes, and says after each commit how
// many are on the disk by now. Until it is killed. (crash_test.cpp)
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "history/writer.h"
#include "support/program.h"

namespace {

using namespace pinfold;
using namespace pinfold::history;

trace::Time moment(std::uint64_t number) {
  return trace::Time(std::chrono::seconds(1'790'000'000)) + std::chrono::milliseconds(number);
}

trace::SetEvent event(std::uint64_t number) {
  trace::SetEvent set;
  set.time = moment(number);
  set.seq = number;
  const auto thread = static_cast<pid_t>(1 + number % 700);
  set.target = trace::TargetTask{
      .pid = Pid(thread), .tid = Tid(thread), .comm = "worker", .start_time = 1, .cgroup = "/work"};
  set.effective = CpuSet{CpuId(static_cast<unsigned>(number % 64))};
  set.result = 0;
  set.cause = trace::Cause::syscall;
  return set;
}

int fail_with(const Error& error) {
  std::fprintf(stderr, "%s\n", message(error).c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  // Small bounds: old chapters go meanwhile.
  const Bounds bounds{.age = std::chrono::days(30), .bytes = 2U << 20U};
  auto writer = Writer::open(argv[1], "boot", bounds);
  if (!writer) return fail_with(writer.error());
  // Numbers go on where those before have ended, so that one that is missing can be seen.
  std::uint64_t number = std::strtoull(argv[2], nullptr, 10);
  trace::StartEvent start;
  start.time = moment(number);
  start.seq = number;
  if (const auto added = writer->add(trace::Event(start)); !added) return fail_with(added.error());
  for (unsigned batch = 0;; ++batch) {
    for (unsigned i = 0; i <= batch * 7 % 200; ++i) {
      if (const auto added = writer->add(trace::Event(event(++number))); !added)
        return fail_with(added.error());
    }
    if (const auto done = writer->commit(moment(number)); !done) return fail_with(done.error());
    const std::string said = std::to_string(number) + '\n';
    if (::write(STDOUT_FILENO, said.data(), said.size()) < 0) return 0;
    if (const auto trimmed = writer->trim(moment(number)); !trimmed)
      return fail_with(trimmed.error());
  }
}
