// A history with ten million records: written, asked, and written to at a steady rate.

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <thread>

#include "command.h"
#include "groups.h"
#include "history/reader.h"
#include "history/recorder.h"
#include "temporary_folder.h"

namespace pinfold::bench {
namespace {

using trace::Time;

constexpr unsigned threads = 5000;
constexpr unsigned actors = 500;
constexpr unsigned cpu_count = 64;
constexpr pid_t asked_for = 77;

Time moment(std::uint64_t number) {
  return Time(std::chrono::seconds(1'790'000'000)) + std::chrono::microseconds(number * 100);
}

trace::StartEvent start(Time time) {
  trace::StartEvent event;
  event.time = time;
  event.seq = 1;
  event.kernel = "6.18.5";
  event.cpu_ids = cpu_count;
  return event;
}

// As a busy machine makes them: actors that pin threads, each mask now here, now there.
trace::SetEvent set(std::uint64_t number, Time time) {
  const auto mix = number * 2'654'435'761U;
  const auto thread = static_cast<pid_t>(1 + mix / 7 % threads);
  const auto actor = static_cast<pid_t>(100'000 + mix / 11 % actors);
  const auto cpu = static_cast<unsigned>(mix / 13 % cpu_count);
  trace::SetEvent event;
  event.time = time;
  event.seq = number;
  event.cpu = CpuId(static_cast<unsigned>(mix / 17 % cpu_count));
  event.actor.emplace();
  event.actor->pid = Pid(actor);
  event.actor->tid = Tid(actor);
  event.actor->start_time = 4000;
  event.actor->comm = "placer";
  event.actor->exe = "/usr/bin/placer";
  event.actor->uid = 0;
  event.actor->cgroup = "/system.slice/placer.service";
  event.actor->parents = {{Pid(1), "systemd"}};
  event.target.emplace();
  event.target->pid = Pid(thread / 16 * 16 + 1);
  event.target->tid = Tid(thread);
  event.target->comm = "worker";
  event.target->start_time = 5000;
  event.target->cgroup = "/work.slice";
  event.relation = trace::Relation::other;
  event.old = CpuSet{CpuId((cpu + 1) % cpu_count)};
  event.request = event.kernel_request = event.effective = CpuSet{CpuId(cpu)};
  event.result = 0;
  event.cause = trace::Cause::syscall;
  event.attribution = trace::Attribution::exact;
  event.trusted = true;
  event.narrowed = false;
  return event;
}

// Seconds that it took; none when it failed.
std::optional<double> write(const std::string& path, std::uint64_t records) {
  const auto began = std::chrono::steady_clock::now();
  const history::Bounds all{.age = std::chrono::days(3650), .bytes = std::uint64_t{1} << 40U};
  auto writer = history::Writer::open(path, "boot", all);
  if (!writer || !writer->add(trace::Event(start(moment(1))))) return std::nullopt;
  constexpr std::uint64_t batch = 20'000;
  for (std::uint64_t number = 2; number < records + 2; ++number) {
    if (!writer->add(trace::Event(set(number, moment(number))))) return std::nullopt;
    if (number % batch == 0 && !writer->commit(moment(number))) return std::nullopt;
  }
  if (!writer->close(moment(records + 2))) return std::nullopt;
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

double file_bytes(const std::string& path) {
  std::error_code ignored;
  return static_cast<double>(std::filesystem::file_size(path, ignored));
}

Side asks(const std::string& path, const history::Query& query) {
  return [=](std::size_t times) {
    bool good = true;
    while (times-- > 0) {
      std::uint64_t found = 0;
      auto reader = history::Reader::open(path);
      good = good && reader &&
             reader->read(query, moment(0), [&](const history::Entry&) { return ++found > 0; });
      good = good && found > 0;
    }
    return good;
  };
}

Side runs(const Command& command) {
  return [=](std::size_t times) {
    bool good = true;
    while (times-- > 0)
      good &= command.run();
    return good;
  };
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double cpu_time(int whose) {
  rusage usage{};
  ::getrusage(whose, &usage);
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Steady {
  std::uint64_t missing = 0;
  double share = 0;  // of a CPU, in percent: of the thread that writes
};

std::optional<Steady> record_steadily(const std::string& path, std::chrono::seconds time) {
  constexpr std::uint64_t each_ms = 100;
  auto recorder = history::Recorder::open(path);
  if (!recorder) return std::nullopt;
  (*recorder)->add(trace::Event(start(std::chrono::system_clock::now())));
  (*recorder)->start();
  const double before = cpu_time(RUSAGE_SELF) - cpu_time(RUSAGE_THREAD);
  const auto began = std::chrono::steady_clock::now();
  std::uint64_t number = 1;
  for (auto next = began; next < began + time; next += std::chrono::milliseconds(1)) {
    std::this_thread::sleep_until(next);
    for (std::uint64_t i = 0; i < each_ms; ++i) {
      ++number;
      (*recorder)->add(trace::Event(set(number, std::chrono::system_clock::now())));
    }
  }
  const auto done = (*recorder)->finish();
  const double took =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  const double used = cpu_time(RUSAGE_SELF) - cpu_time(RUSAGE_THREAD) - before;
  if (!done || done->changes + done->missing != number - 1) return std::nullopt;
  return Steady{.missing = done->missing, .share = 100 * used / took};
}

}  // namespace

void measure_history(Report& report) {
  const std::string speed = "history: records written, each";
  const std::string size = "history: a million records";
  const std::string one = "history: one thread's changes among all records";
  const std::string command = "history: pinfold log --task tid:N among them";
  const std::string newest = "history: the newest 10 among them";
  const std::string missing = "history: missing at 100,000 events a second";
  const std::string share = "history: of a CPU at that rate";
  const auto all = {speed, size, one, command, newest, missing, share};
  if (std::ranges::none_of(all, [&](const auto& name) { return report.wants(name); })) return;
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/history.db";
  const std::uint64_t records = report.is_quick() ? 1'000'000 : 10'000'000;
  const auto took = write(path, records);
  if (!took) {
    for (const std::string& name : all)
      report.skip(name, "no history of " + std::to_string(records) + " records can be written");
    return;
  }
  report.count(speed, *took * 1e6 / static_cast<double>(records), {}, "µs");
  report.count(size, file_bytes(path) / static_cast<double>(records), {}, "MB");
  const Method method = {.rounds = 11, .warm_up = 1, .round_time = {}};
  constexpr auto reach = std::chrono::milliseconds(50);
  history::Query of_one;
  of_one.task.emplace().tid = Tid(asked_for);
  report.time({one, reach, asks(path, of_one), method});
  const Command log(
      {PINFOLD_COMMAND, "log", "--history", path, "--task", "tid:" + std::to_string(asked_for)});
  report.time({command, reach, runs(log), method});
  history::Query last;
  last.newest = 10;
  report.time({newest, reach, asks(path, last), method});
  const auto steady = record_steadily(folder.path() + "/steady.db",
                                      std::chrono::seconds(report.is_quick() ? 2 : 10));
  if (steady) {
    report.count(missing, static_cast<double>(steady->missing), 0, "events");
    report.count(share, steady->share, {}, "%");
  } else {
    report.skip(missing, "it failed, or the numbers are not exact");
    report.skip(share, "likewise");
  }
}

}  // namespace pinfold::bench
