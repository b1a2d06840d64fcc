#include "conditions.h"

#include <hwloc.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>

#include "base/file.h"
#include "command.h"

namespace pinfold::bench {
namespace {

// The first line of what a shell's command says; empty where it fails.
std::string first_line_of(const std::string& command) {
  struct Close {
    void operator()(std::FILE* pipe) const { ::pclose(pipe); }
  };
  const std::unique_ptr<std::FILE, Close> pipe(::popen((command + " 2>/dev/null").c_str(), "re"));
  char line[256] = "";
  if (!pipe || !std::fgets(line, sizeof line, pipe.get())) return {};
  const std::string text = line;
  return text.substr(0, text.find('\n'));
}

std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[16];
  std::strftime(text, sizeof text, "%F", &parts);
  return text;
}

// What stands behind "key : " in a text of /proc.
std::string value_of(const std::string& text, const std::string& key) {
  const std::size_t line = text.find(key);
  if (line == std::string::npos) return {};
  const std::size_t begin = text.find_first_not_of(" \t:", line + key.size());
  return text.substr(begin, text.find('\n', begin) - begin);
}

std::string machine() {
  const std::string model = value_of(read_file("/proc/cpuinfo").value_or(""), "model name");
  const std::string memory = value_of(read_file("/proc/meminfo").value_or(""), "MemTotal");
  const long cpus = ::sysconf(_SC_NPROCESSORS_ONLN);
  const double gigabytes = std::strtod(memory.c_str(), nullptr) / (1'024.0 * 1'024);
  return (model.empty() ? "" : model + ", ") + std::to_string(cpus) +
         (cpus == 1 ? " CPU, " : " CPUs, ") + std::to_string(std::lround(gigabytes)) + " GiB";
}

std::string kernel() {
  utsname name{};
  ::uname(&name);
  return std::string(name.sysname) + ' ' + name.release + ' ' + name.machine;
}

std::string compiler() {
#ifdef __clang__
  return "Clang " __clang_version__;
#else
  return "GCC " __VERSION__;
#endif
}

std::string peers() {
  const unsigned hwloc = hwloc_get_api_version();
  std::string text = "hwloc " + std::to_string(hwloc >> 16U) + '.' +
                     std::to_string(hwloc >> 8U & 0xffU) + '.' + std::to_string(hwloc & 0xffU);
  if (const std::string taskset = first_line_of("taskset --version"); !taskset.empty())
    text += ", " + taskset;
  return text;
}

std::string rounds(const Options& options) {
  if (options.rounds) return std::to_string(*options.rounds);
  return options.quick ? "a tenth" : "";
}

measure::Counters counters() {
  return measure::read_counters(own_cpus()).value_or(measure::Counters());
}

}  // namespace

Watch::Watch(const Options& options) : before_(counters()) {
  begun_ = {.date = today(),
            .commit = first_line_of("git -C '" PINFOLD_SOURCE "' describe --always --dirty"),
            .machine = machine(),
            .is_virtual = measure::is_virtual(),
            .is_root = ::geteuid() == 0,
            .kernel = kernel(),
            .compiler = compiler(),
            .peers = peers(),
            .filter = options.filter,
            .rounds = rounds(options)};
  ::getloadavg(&begun_.load, 1);
}

double Watch::stolen() const {
  const std::chrono::duration<double, std::nano> elapsed =
      std::chrono::steady_clock::now() - since_;
  const auto time = static_cast<double>(counters().stolen - before_.stolen);
  return 100 * time / elapsed.count() / static_cast<double>(own_cpus().count());
}

Conditions Watch::conditions() const {
  Conditions all = begun_;
  all.stolen = stolen();
  return all;
}

}  // namespace pinfold::bench
