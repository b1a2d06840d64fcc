// topo: what the machine is made of.

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include <pinfold/cpu_list.h>
#include <pinfold/machine.h>

#include "commands.h"
#include "console.h"
#include "options.h"
#include "report.h"
#include "topo/drawing.h"

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
  --json          one JSON object on stdout
  --color WHEN    auto, always, never
  -h, --help      this text

Examples:
  pinfold topo
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

Json to_json(const Machine& machine) {
  return {{"schema_version", 1},
          {"machine",
           {{"possible", to_cpu_list(machine.possible())},
            {"present", to_cpu_list(machine.present())},
            {"online", to_cpu_list(machine.online())},
            {"isolated", to_cpu_list(machine.isolated())},
            {"nohz_full", to_cpu_list(machine.nohz_full())},
            {"allowed", to_cpu_list(machine.allowed())},
            {"objects", objects_json(machine)},
            {"kinds", kinds_json(machine)},
            {"nodes", nodes_json(machine)}}}};
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

}  // namespace

int topo_command(int /*argc*/, char** argv) {
  std::optional<std::string> machine_text;
  bool json = false;
  Options options("topo");
  options.value("--machine", machine_text);
  options.flag("--json", json);
  auto read = options.read(argv + 1, Options::After::anything);
  if (options.help()) {
    std::fputs(help, stdout);
    return exit_done;
  }
  if (read && !options.arguments().empty()) {
    read = fail({.kind = ErrorKind::syntax,
                 .reason = "unexpected argument " + options.arguments().front()});
  }
  if (!read) {
    options.print_usage_error(read.error());
    return exit_usage;
  }
  const auto machine = Machine::open(machine_text.value_or("host"));
  if (!machine) return refuse(machine.error(), json);
  if (json) {
    std::puts(to_json(*machine).dump().c_str());
  } else {
    const Look look{.charset = charset_of_locale(), .styled = has_color(stdout)};
    std::fputs(draw(*machine, look).c_str(), stdout);
  }
  return exit_done;
}

}  // namespace pinfold::tool
