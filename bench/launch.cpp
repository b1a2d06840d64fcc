// What it costs to start a program on a CPU.

#include <filesystem>

#include <pinfold/cpu_list.h>

#include "command.h"
#include "groups.h"
#include "temporary_folder.h"

namespace pinfold::bench {
namespace {

constexpr Method method = {.rounds = 401, .warm_up = 20, .round_time = {}};

Side running(Command command) {
  return [command = std::move(command)](std::size_t times) {
    while (times-- > 0) {
      if (!command.run()) return false;
    }
    return true;
  };
}

// pinfold under the name of taskset.
class TasksetLink {
 public:
  TasksetLink() {
    std::error_code ignored;
    std::filesystem::create_symlink(PINFOLD_COMMAND, path(), ignored);
  }
  [[nodiscard]] std::string path() const { return folder_.path() + "/taskset"; }

 private:
  TemporaryFolder folder_;
};

void against(Report& report, const std::string& name, std::optional<double> reach, Side ours,
             const std::string& peer, std::vector<std::string> arguments) {
  const auto program = find_program(peer);
  if (!program) {
    report.skip(name, peer + " is not installed");
    return;
  }
  arguments.insert(arguments.begin(), *program);
  report.compare({name, reach, std::move(ours), running(Command(std::move(arguments))), method});
}

}  // namespace

void measure_launch(Report& report) {
  // Both sides start, run and end on one CPU: nobody wins by a lucky migration.
  const CpuSet one = {own_cpus().first().value_or(CpuId(0))};
  const OnCpus here(one);
  const std::string list = to_cpu_list(one);
  const std::string mask = to_hex_mask(one);
  const Side run = running(Command({PINFOLD_COMMAND, "run", "--on", list, "--", "/bin/true"}));

  against(report, "launch: run --on 0 -- true / taskset 1 true", 0.80, run, "taskset",
          {mask, "/bin/true"});
  against(report, "launch: run --on 0 -- true / numactl -C 0 true", {}, run, "numactl",
          {"-C", list, "/bin/true"});
  against(report, "launch: run --on 0 -- true / hwloc-bind pu:0 -- true", {}, run, "hwloc-bind",
          {"-p", "pu:" + list, "--", "/bin/true"});
  const TasksetLink link;
  against(report, "launch: pinfold as taskset 1 true / taskset 1 true", {},
          running(Command({link.path(), mask, "/bin/true"})), "taskset", {mask, "/bin/true"});
}

}  // namespace pinfold::bench
