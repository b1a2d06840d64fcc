// topo: what the machine is made of.

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <pinfold/cpu_list.h>
#include <pinfold/machine.h>

#include "base/replace_file.h"
#include "base/terminal_text.h"
#include "base/try.h"
#include "commands.h"
#include "console.h"
#include "host/host.h"
#include "options.h"
#include "report.h"
#include "topo/drawing.h"
#include "topo/picture.h"
#include "topo/pinned.h"

namespace pinfold::tool {
namespace {

constexpr const char* help =
    R"(Show what the machine is made of, and what keeps CPUs away.

Usage: pinfold topo [OPTIONS]

Objects are named as in a place: l3:2 here is what --on l3:2 takes. CPUs that share a
core stand together. What is built like something shown before is named only.

Options:
  --machine M     not this machine: a folder with a copy of its /sys and /proc, or a
                  description such as "pack:2 core:4 pu:2"
  --tasks         also who is pinned where: tasks that may run on less than their cpuset
                  leaves them
  --svg FILE      a picture, written to FILE (- is stdout)
  --json          one JSON object on stdout
  --color WHEN    auto, always, never
  -h, --help      this text

Examples:
  pinfold topo
  pinfold topo --tasks
  pinfold topo --svg machine.svg --tasks
  pinfold topo --machine "pack:2 l3:8 core:8 pu:2;isolated=8-15"
)";

Charset charset_of_locale() {
  for (const char* variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(variable);
    if (!value || *value == '\0') continue;
    std::string locale = value;
    std::ranges::transform(locale, locale.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const bool utf8 = locale.contains("utf-8") || locale.contains("utf8");
    return utf8 ? Charset::unicode : Charset::ascii;
  }
  return Charset::ascii;
}

Json objects_json(const Machine& machine) {
  Json objects = Json::object();
  for (const Level level : {Level::package, Level::die, Level::cluster, Level::node, Level::l3,
                            Level::l2, Level::l1d, Level::core}) {
    Json lists = Json::array();
    for (const Object& object : machine.objects(level))
      lists.push_back(to_cpu_list(object.cpus));
    objects[name(level)] = std::move(lists);
  }
  return objects;
}

Json kinds_json(const Machine& machine) {
  Json kinds = Json::array();
  for (const CpuKind& kind : machine.kinds()) {
    kinds.push_back({{"kind", kinds.size()},
                     {"name", kind.name.empty() ? Json(nullptr) : Json(kind.name)},
                     {"cpus", to_cpu_list(kind.cpus)},
                     {"capacity", kind.capacity ? Json(*kind.capacity) : Json(nullptr)}});
  }
  return kinds;
}

Json nodes_json(const Machine& machine) {
  Json nodes = Json::array();
  const auto objects = machine.objects(Level::node);
  for (std::size_t from = 0; from < objects.size(); ++from) {
    const Object& node = objects[from];
    Json distances = Json::array();
    for (std::size_t to = 0; to < objects.size(); ++to) {
      if (const auto distance = machine.distance(from, to)) distances.push_back(*distance);
    }
    nodes.push_back({{"node", node.id ? Json(*node.id) : Json(nullptr)},
                     {"cpus", to_cpu_list(node.cpus)},
                     {"memory", node.size > 0 ? Json(node.size) : Json(nullptr)},
                     {"distances", std::move(distances)}});
  }
  return nodes;
}

Json machine_json(const Machine& machine) {
  return {{"possible", to_cpu_list(machine.possible())},
          {"present", to_cpu_list(machine.present())},
          {"online", to_cpu_list(machine.online())},
          {"isolated", to_cpu_list(machine.isolated())},
          {"nohz_full", to_cpu_list(machine.nohz_full())},
          {"allowed", to_cpu_list(machine.allowed())},
          {"objects", objects_json(machine)},
          {"kinds", kinds_json(machine)},
          {"nodes", nodes_json(machine)}};
}

Json tasks_json(std::span<const Pinned> tasks) {
  Json all = Json::array();
  for (const Pinned& task : tasks) {
    all.push_back({{"pid", task.pid.value()},
                   {"name", safe_text(task.name)},
                   {"threads", task.threads},
                   {"cpus", to_cpu_list(task.cpus)}});
  }
  return all;
}

struct TopoOptions {
  std::string machine = "host";
  std::optional<std::string> svg;
  bool json = false;
  bool tasks = false;
};

// What is to be shown.
struct Shown {
  Machine machine;
  std::optional<std::vector<Pinned>> tasks;
};

Result<Shown> look_at(const TopoOptions& options) {
  TRY(Machine machine, Machine::open(options.machine));
  Shown shown{.machine = std::move(machine), .tasks = {}};
  if (options.tasks) {
    TRY(shown.tasks, pinned_tasks(host_kernel()));
  }
  return shown;
}

void print_json(const Shown& shown) {
  Json object = {{"schema_version", 1}, {"machine", machine_json(shown.machine)}};
  if (shown.tasks) object["tasks"] = tasks_json(*shown.tasks);
  std::puts(object.dump().c_str());
}

void print_text(const Shown& shown) {
  const Look look{.charset = charset_of_locale(), .styled = has_color(stdout)};
  const std::string text =
      shown.tasks ? draw(shown.machine, *shown.tasks, look) : draw(shown.machine, look);
  std::fputs(text.c_str(), stdout);
}

Result<void> write_picture(const Shown& shown, const std::string& file) {
  const std::string svg =
      shown.tasks ? picture(shown.machine, *shown.tasks) : picture(shown.machine);
  if (file != "-") return replace_file(file, svg);
  std::fputs(svg.c_str(), stdout);
  return {};
}

int refuse(const Error& error, bool json) {
  print_error(error);
  if (json) {
    const Json object = {
        {"schema_version", 1}, {"machine", nullptr}, {"error", error_json(&error)}};
    std::puts(object.dump().c_str());
  }
  return error.kind == ErrorKind::syntax ? exit_usage : exit_failed;
}

std::unexpected<Error> usage(std::string reason) {
  return fail({.kind = ErrorKind::syntax, .reason = std::move(reason)});
}

Result<void> check(const TopoOptions& options, const std::vector<std::string>& arguments) {
  if (!arguments.empty()) return usage("unexpected argument " + arguments.front());
  if (options.svg && options.json) return usage("--svg and --json exclude each other");
  if (options.svg && options.svg->empty()) return usage("--svg needs the name of a file");
  if (options.tasks && options.machine != "host")
    return usage("--tasks shows the tasks of this machine: it does not go with --machine");
  return {};
}

}  // namespace

int topo_command(int /*argc*/, char** argv) {
  TopoOptions wish;
  std::optional<std::string> machine;
  Options options("topo");
  options.value("--machine", machine);
  options.value("--svg", wish.svg);
  options.flag("--tasks", wish.tasks);
  options.flag("--json", wish.json);
  auto read = options.read(argv + 1, Options::After::anything);
  if (options.help()) {
    std::fputs(help, stdout);
    return exit_done;
  }
  if (machine) wish.machine = *machine;
  if (read) read = check(wish, options.arguments());
  if (!read) {
    options.print_usage_error(read.error());
    return exit_usage;
  }
  const auto shown = look_at(wish);
  if (!shown) return refuse(shown.error(), wish.json);
  if (wish.svg) {
    const auto written = write_picture(*shown, *wish.svg);
    return written ? exit_done : refuse(written.error(), wish.json);
  }
  if (wish.json) {
    print_json(*shown);
  } else {
    print_text(*shown);
  }
  return exit_done;
}

}  // namespace pinfold::tool
