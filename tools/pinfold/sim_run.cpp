#include "sim_run.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "base/terminal_text.h"
#include "base/try.h"
#include "commands.h"
#include "console.h"
#include "launch.h"
#include "sim/descriptors.h"
#include "sim/files/image_cache.h"
#include "sim/simulate.h"
#include "sim_report.h"

namespace pinfold::tool {
namespace {

void say_missing(sim::Missing what, const std::string& detail) {
  const std::string name = safe_text(detail);
  switch (what) {
    case sim::Missing::tracing:
      return print_note(name +
                        " wanted to trace a task: debuggers do not work in a simulated machine");
    case sim::Missing::io_uring:
      return print_note(name + " uses io_uring: what it opens by that is this machine's");
    case sim::Missing::privilege:
      return print_note(name + " has the set-user-ID bit, but runs without that privilege here");
    case sim::Missing::cpusets:
      return print_note("no cgroup files are shown: " + name);
  }
}

// Where the report goes to is opened before the command begins.
Result<Fd> open_report(const SimRun& run) {
  Fd file(run.output ? ::open(run.output->c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)
                     : ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3));
  if (file.is_open()) return file;
  return fail({.number = errno, .text = run.output.value_or("stderr")});
}

void write_report(const SimRun& run, const Fd& file, const sim::Record& record) {
  const std::string text = run.json ? report_json(record) : report_text(record);
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t written = ::write(file.get(), rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return print_error({.number = errno, .text = run.output.value_or("stderr")});
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

// The command's end is ours.
int end_as(int status) {
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  const int signal = WTERMSIG(status);
  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
  (void)::setrlimit(RLIMIT_CORE, &none);  // the core was the command's
  (void)std::signal(signal, SIG_DFL);
  sigset_t own;
  ::sigemptyset(&own);
  ::sigaddset(&own, signal);
  ::sigprocmask(SIG_UNBLOCK, &own, nullptr);
  (void)std::raise(signal);
  return 128 + signal;
}

Result<int> run_in_machine(const SimRun& run) {
  sim::fill_standard_descriptors();
  TRY(const Machine machine, Machine::open(run.machine));
  TRY(sim::Booted booted,
      sim::boot(machine, *run.profile, run.cpusets.value_or(sim::newest_hierarchy(*run.profile))));
  const model::Hierarchy cpusets = booted.system->hierarchy();
  TRY(const sim::MachineImage kept, sim::image_for(run.machine, machine));
  TRY(sim::ErofsImage image, sim::ErofsImage::open(kept.file));
  Fd report;
  if (run.report) {
    TRY(report, open_report(run));
  }
  sim::Simulation simulation{.system = std::move(booted.system),
                             .image = std::move(image),
                             .stage = {.image = kept.path(),
                                       .shown_by = run.shown_by,
                                       .cpusets = cpusets,
                                       .needs_cpusets = run.cpusets.has_value()},
                             .cgroup = std::move(booted.cgroup),
                             .become = [&] { return launch(run.command); },
                             .on_failure = [](const Error& error) { print_error(error); },
                             .on_missing = say_missing,
                             .on_end = {},
                             .kept = report.get()};
  if (run.report) {
    simulation.on_end = [&](const sim::Record& record) { write_report(run, report, record); };
  }
  TRY(const sim::Outcome outcome, sim::simulate(std::move(simulation)));
  switch (outcome.kind) {
    case sim::Outcome::Kind::ended:
      return end_as(outcome.status);
    case sim::Outcome::Kind::not_begun:
      return exit_launch_failed;
    case sim::Outcome::Kind::supervisor_killed:
      print_error("the process that simulates the machine was killed, and everything in it");
      return exit_launch_failed;
  }
  return exit_launch_failed;
}

}  // namespace

int run_simulated(const SimRun& run) {
  const auto code = run_in_machine(run);
  if (code) return *code;
  print_error(code.error());
  return exit_launch_failed;
}

}  // namespace pinfold::tool
