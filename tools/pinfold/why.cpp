// why: may it run there, and who says so?

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <pinfold/cpu_list.h>

#include "base/terminal_text.h"
#include "base/try.h"
#include "commands.h"
#include "console.h"
#include "explain/diagnose.h"
#include "explain/text.h"
#include "host/host.h"
#include "kernel/limits.h"
#include "machine/read.h"
#include "options.h"
#include "origin.h"
#include "paragraph.h"
#include "pin/selection.h"
#include "place/place.h"
#include "report.h"
#include "wish.h"

namespace pinfold::tool {
namespace {

constexpr const char* help = R"(Say whether a task may run somewhere, and who says so.

Usage: pinfold why [OPTIONS] TARGET… --on PLACE
       pinfold why [OPTIONS] TARGET…
       pinfold why [OPTIONS] --on PLACE -- CMD [ARGUMENT…]

Without a place: why is the mask of the target what it is, and who took the other CPUs away?
For each reason: the CPUs that it takes, who imposes it, the file or the rule, and what lifts it.

  TARGET          1234 (a process, all its threads), tid:1240 (one thread), self,
                  comm:nginx, exe:/usr/bin/x, user:bob, cgroup:/x.slice
  CMD             a command that is not running yet

Options:
  --on PLACE      where: 0-3,8  node:0  l3:0-1  all,~smt (man pinfold, PLACES); a name means all
                  of it, whatever is permitted
  --json          one JSON object on stdout
  --color WHEN    auto, always, never
  -h, --help      this text

Exit: 0 it may, 1 it may not.

Examples:
  pinfold why 1234 --on 4-5
  pinfold why 1234
  pinfold why --on node:0 -- mpirun ./solver
)";

struct Wanted {
  std::vector<std::string> targets;  // none with a command
  std::vector<std::string> command;  // what stands behind "--"
  std::optional<std::string> on;
  bool json = false;
};

Result<std::vector<Found>> find_targets(const std::vector<std::string>& texts) {
  std::vector<Selector> selectors;
  for (const std::string& text : texts) {
    TRY(Selector selector, parse_selector(text));
    // The whole process, as for everybody else.
    if (std::holds_alternative<Self>(selector.what)) selector.what = Pid(::getpid());
    selectors.push_back(std::move(selector));
  }
  Selection selection(host_kernel(), std::move(selectors));
  std::vector<Found> found;
  TRY(const Pass pass, selection.pass(found));
  if (!pass.unmatched.empty()) return fail(Error(pass.unmatched.front()));
  print_hidden(pass.hidden);
  return found;
}

Tid first_thread(const Target& target) {
  if (const Pid* pid = std::get_if<Pid>(&target)) return pid->leader();
  return std::get<Tid>(target);
}

Result<std::vector<Diagnosis>> ask_about_one(const Wanted& wanted, const Target& target) {
  Kernel& kernel = host_kernel();
  Question question{.asked = {}, .origin = [&](const Task& task, const CpuSet& mask) {
                      const auto ours = origin_in_journal(kernel, task, mask);
                      return ours ? ours : origin_in_history(task, mask);
                    }};
  if (wanted.on) {
    TRY(question.asked, resolve_whole(*wanted.on, first_thread(target)));
  }
  if (const Pid* pid = std::get_if<Pid>(&target)) return diagnose_process(kernel, *pid, question);
  TRY(Diagnosis found, diagnose_thread(kernel, std::get<Tid>(target), question));
  return std::vector{std::move(found)};
}

Result<std::vector<Diagnosis>> ask_about_targets(const Wanted& wanted) {
  TRY(const std::vector<Found> targets, find_targets(wanted.targets));
  std::vector<Diagnosis> diagnoses;
  for (const Found& one : targets) {
    auto found = ask_about_one(wanted, one.target);
    if (found) {
      std::ranges::move(*found, std::back_inserter(diagnoses));
    } else if (one.by_number() || found.error().kind != ErrorKind::no_such_task) {
      return fail(std::move(found).error());
    }
  }
  return diagnoses;
}

Result<std::vector<Diagnosis>> ask_about_command(const Wanted& wanted) {
  TRY(const CpuSet asked, resolve_whole(*wanted.on, Tid()));
  Command command{.arguments = wanted.command, .environment = {}};
  for (char** variable = ::environ; *variable; ++variable) {
    const std::string text = *variable;
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos) {
      command.environment.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  TRY(Diagnosis found, diagnose_command(host_kernel(), command, asked));
  return std::vector{std::move(found)};
}

Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(safe_text(text));
}

Json tids_json(const Diagnosis& diagnosis) {
  Json tids = Json::array();
  for (const Tid tid : diagnosis.threads)
    tids.push_back(tid.value());
  return tids;
}

// What was asked about CPUs holds for threads with different masks.
Json mask_json(const Diagnosis& diagnosis, const CpuSet& mask) {
  return diagnosis.asked ? Json(nullptr) : Json(to_cpu_list(mask));
}

Json constraint_json(const Constraint& constraint, const Diagnosis& diagnosis) {
  return {{"kind", name(constraint.kind)},
          {"takes", to_cpu_list(constraint.takes)},
          {"cpus", to_cpu_list(constraint.cpus)},
          {"by", text_or_null(constraint.by)},
          {"where", text_or_null(constraint.where)},
          {"lifts", text_or_null(constraint.lifts)},
          {"text", sentence(constraint)},
          {"tids", diagnosis.whole_process ? Json(nullptr) : tids_json(diagnosis)}};
}

Json to_json(const std::vector<Diagnosis>& diagnoses, bool may) {
  Json constraints = Json::array();
  Json targets = Json::array();
  for (const Diagnosis& diagnosis : diagnoses) {
    const bool runs = !diagnosis.threads.empty();
    targets.push_back(
        {{"pid", runs ? Json(diagnosis.pid.value()) : Json(nullptr)},
         {"name", safe_text(diagnosis.name)},
         {"tids", tids_json(diagnosis)},
         {"may", diagnosis.may()},
         {"asked", diagnosis.asked ? Json(to_cpu_list(*diagnosis.asked)) : Json(nullptr)},
         {"left", to_cpu_list(diagnosis.left())},
         {"request", request_json(diagnosis.request)},
         {"allowed", mask_json(diagnosis, diagnosis.allowed)},
         {"effective", mask_json(diagnosis, diagnosis.effective)}});
    for (const Constraint& constraint : diagnosis.constraints)
      constraints.push_back(constraint_json(constraint, diagnosis));
  }
  return {{"schema_version", 1},
          {"may", may},
          {"constraints", std::move(constraints)},
          {"targets", std::move(targets)}};
}

// What is there to be copied, a command or a path, is not broken.
std::string field(const char* head, const std::string& value) {
  if (value.empty()) return {};
  const std::string text = safe_text(value);
  const bool whole = text.starts_with('/') || text.starts_with("echo ");
  return whole ? head + text + '\n' : paragraph(text, head);
}

void print(const Diagnosis& diagnosis, const Wanted& wanted) {
  std::string text = verdict(diagnosis);
  if (wanted.on && *wanted.on != to_cpu_list(*diagnosis.asked)) {
    text += " (" + safe_text(*wanted.on) + " is " + to_cpu_list(*diagnosis.asked) + ".)";
  }
  text = paragraph(text);
  text.pop_back();  // the line feed
  std::puts(emphasized(text, stdout).c_str());
  for (const Constraint& constraint : diagnosis.constraints) {
    const std::string lines = '\n' + paragraph(sentence(constraint)) +
                              field("  where: ", constraint.where) +
                              field("  lifts: ", constraint.lifts);
    std::fputs(lines.c_str(), stdout);
  }
}

int answer(const Wanted& wanted) {
  const auto found = wanted.command.empty() ? ask_about_targets(wanted) : ask_about_command(wanted);
  if (!found) {
    print_error(found.error());
    if (wanted.json) {
      Json json = to_json({}, false);
      json["error"] = error_json(&found.error());
      std::puts(json.dump().c_str());
    }
    return found.error().kind == ErrorKind::syntax ? exit_usage : exit_failed;
  }
  const bool may = std::ranges::all_of(*found, &Diagnosis::may);
  if (wanted.json) {
    std::puts(to_json(*found, may).dump().c_str());
  } else {
    for (const Diagnosis& diagnosis : *found) {
      if (&diagnosis != &found->front()) std::puts("");
      print(diagnosis, wanted);
    }
  }
  return may ? exit_done : exit_failed;
}

const char* what_is_wrong(const Wanted& wanted, bool has_dashes) {
  if (has_dashes && wanted.command.empty()) return "a command is missing after --";
  if (has_dashes && !wanted.targets.empty()) return "a target and a command are two questions";
  if (has_dashes && !wanted.on) return "--on says where the command shall run, and is missing";
  if (!has_dashes && wanted.targets.empty()) return "a target is missing, or a command after --";
  return nullptr;
}

}  // namespace

int why_command(int /*argc*/, char** argv) {
  Wanted wanted;
  // What stands behind "--" is somebody else's.
  char** dashes = argv + 1;
  while (*dashes && std::string_view(*dashes) != "--")
    ++dashes;
  const bool has_dashes = *dashes != nullptr;
  for (char** word = dashes; has_dashes && *++word;)
    wanted.command.emplace_back(*word);
  *dashes = nullptr;

  Options options("why");
  options.value("--on", wanted.on);
  options.flag("--json", wanted.json);
  auto read = options.read(argv + 1, Options::After::anything);
  if (options.help()) {
    std::fputs(help, stdout);
    return exit_done;
  }
  wanted.targets = options.arguments();
  if (const char* wrong = read ? what_is_wrong(wanted, has_dashes) : nullptr) {
    read = fail({.kind = ErrorKind::syntax, .reason = wrong});
  }
  if (!read) {
    options.print_usage_error(read.error());
    return exit_usage;
  }
  return answer(wanted);
}

}  // namespace pinfold::tool
