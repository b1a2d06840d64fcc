#include "measure/surroundings.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

#include <pinfold/cpu_list.h>

#include "base/file.h"
#include "base/number.h"
#include "base/try.h"

namespace pinfold::measure {
namespace {

constexpr std::uint64_t second = 1'000'000'000;

// The next word of a line, and the rest of it.
std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size());
  return word;
}

template <class Visit>
void for_each_line(std::string_view text, const Visit& visit) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    visit(line);
  }
}

// proc_stat(5): user, nice, system, idle, iowait, irq, softirq, steal, guest (in user already).
void add_stat_line(std::string_view line, const CpuSet& cpus, Counters& counters) {
  const std::string_view name = take_word(line);
  if (!name.starts_with("cpu")) return;
  const auto cpu = parse_number<unsigned>(name.substr(3));
  if (!cpu || !cpus.contains(CpuId(*cpu))) return;
  std::array<std::uint64_t, 8> ticks{};
  for (std::uint64_t& tick : ticks)
    tick = parse_number<std::uint64_t>(take_word(line)).value_or(0);
  const std::uint64_t tick = second / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  const auto [user, nice, system, idle, iowait, irq, softirq, steal] = ticks;
  counters.busy += (user + nice + system + irq + softirq) * tick;
  counters.stolen += steal * tick;
}

std::uint64_t number_in(const std::string& path) {
  const auto text = read_line(path.c_str());
  return text ? parse_number<std::uint64_t>(*text).value_or(0) : 0;
}

// "nr_throttled 12" in the cpu.stat of the caller's cgroup, of v2 or v1.
std::uint64_t read_throttled() {
  const auto own = read_file("/proc/self/cgroup");
  if (!own) return 0;
  std::uint64_t times = 0;
  for_each_line(*own, [&](std::string_view line) {
    const std::size_t first = line.find(':');
    const std::size_t second_colon = line.find(':', first + 1);
    if (second_colon == std::string_view::npos) return;
    const std::string_view controllers = line.substr(first + 1, second_colon - first - 1);
    const std::string folder(line.substr(second_colon + 1));
    const bool is_cpu = controllers.empty() || controllers == "cpu" ||
                        controllers == "cpu,cpuacct" || controllers == "cpuacct,cpu";
    if (!is_cpu) return;
    const std::string mount = controllers.empty() ? "" : '/' + std::string(controllers);
    const auto stat = read_file(("/sys/fs/cgroup" + mount + folder + "/cpu.stat").c_str());
    if (!stat) return;
    for_each_line(*stat, [&](std::string_view entry) {
      if (take_word(entry) == "nr_throttled")
        times += parse_number<std::uint64_t>(take_word(entry)).value_or(0);
    });
  });
  return times;
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
  return std::to_string(part * 100 / std::max<std::uint64_t>(whole, 1)) + " % of the time";
}

std::string cpus_text(const CpuSet& cpus) {
  return (cpus.count() == 1 ? "CPU " : "CPUs ") + to_cpu_list(cpus);
}

}  // namespace

const char* name_of(Doubt::Kind kind) {
  static constexpr std::array<const char*, 4> names = {"busy", "stolen", "throttled", "virtual"};
  return names[static_cast<std::size_t>(kind)];
}

Counters counters_in(std::string_view stat, const CpuSet& cpus) {
  Counters counters;
  for_each_line(stat, [&](std::string_view line) { add_stat_line(line, cpus, counters); });
  return counters;
}

Result<Counters> read_counters(const CpuSet& cpus) {
  TRY(const std::string stat, read_file("/proc/stat"));
  Counters counters = counters_in(stat, cpus);
  for (const CpuId cpu : cpus) {
    counters.heat += number_in("/sys/devices/system/cpu/cpu" + std::to_string(cpu.value()) +
                               "/thermal_throttle/core_throttle_count");
  }
  counters.throttled = read_throttled();
  return counters;
}

bool is_virtual() {
  const auto info = read_file("/proc/cpuinfo");
  if (!info) return false;
  // x86 says so; of others DMI or the device tree may.
  if (info->find(" hypervisor") != std::string::npos) return true;
  return ::access("/sys/hypervisor/type", F_OK) == 0 ||
         ::access("/proc/device-tree/hypervisor", F_OK) == 0;
}

std::vector<Doubt> doubts_between(const Counters& before, const Counters& after, const CpuSet& cpus,
                                  std::uint64_t own_work, std::uint64_t elapsed) {
  std::vector<Doubt> doubts;
  const std::uint64_t whole = elapsed * std::max<std::size_t>(cpus.count(), 1);
  const std::uint64_t worked = after.busy - before.busy;
  const std::uint64_t others = worked > own_work ? worked - own_work : 0;
  // The kernel counts in ticks: of short times it knows little.
  const std::uint64_t tick = second / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  if (others > whole / 20 + 2 * tick * cpus.count()) {
    doubts.push_back({.kind = Doubt::Kind::busy,
                      .spoils = true,
                      .text = "others used " + cpus_text(cpus) + " for " + percent(others, whole)});
  }
  const std::uint64_t stolen = after.stolen - before.stolen;
  if (stolen > whole / 100 + tick) {
    doubts.push_back(
        {.kind = Doubt::Kind::stolen,
         .spoils = true,
         .text = "the host took " + cpus_text(cpus) + " away for " + percent(stolen, whole)});
  }
  if (after.throttled > before.throttled) {
    doubts.push_back({.kind = Doubt::Kind::throttled,
                      .spoils = true,
                      .text = "this cgroup's CPU limit (cpu.max) stopped it " +
                              std::to_string(after.throttled - before.throttled) + " times"});
  }
  if (after.heat > before.heat) {
    doubts.push_back({.kind = Doubt::Kind::throttled,
                      .spoils = true,
                      .text = cpus_text(cpus) + " grew too hot and slowed down"});
  }
  return doubts;
}

}  // namespace pinfold::measure
