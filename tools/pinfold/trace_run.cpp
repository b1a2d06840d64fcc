#include "trace_run.h"

#include <linux/capability.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <optional>
#include <utility>

#include "base/try.h"
#include "commands.h"
#include "console.h"
#include "events/json.h"
#include "events/text.h"
#include "events/tracee.h"
#include "host/host.h"

namespace pinfold::tool {
namespace {

// To read names and snapshots takes these; what watches cpusets and hooks is open by then. A
// command may be another user's.
void drop_capabilities(bool has_child) {
  std::uint64_t needed = std::uint64_t{1} << unsigned{CAP_BPF} |
                         std::uint64_t{1} << unsigned{CAP_PERFMON} |
                         std::uint64_t{1} << unsigned{CAP_SYS_PTRACE} |
                         std::uint64_t{1} << unsigned{CAP_DAC_READ_SEARCH};
  if (has_child) needed |= std::uint64_t{1} << unsigned{CAP_KILL};
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> words{};
  if (::syscall(SYS_capget, &header, words.data()) != 0) return;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto part = static_cast<std::uint32_t>(needed >> (32 * i));
    words[i].permitted &= part;
    words[i].effective = words[i].permitted;
    words[i].inheritable = 0;
  }
  ::syscall(SYS_capset, &header, words.data());
}

class Printer {
 public:
  explicit Printer(TraceFormat format) : format_(format), color_(has_color(stdout)) {}

  void print(const trace::Event& event) {
    switch (format_) {
      case TraceFormat::json:
        return put(trace::to_json(event));
      case TraceFormat::tracee:
        if (const auto line = trace::to_tracee(event)) return put(*line);
        if (is_about_telling(event)) note(event);
        return;
      case TraceFormat::none:
        if (is_about_telling(event)) note(event);
        return;
      case TraceFormat::text:
        break;
    }
    if (const auto* start = std::get_if<trace::StartEvent>(&event)) cpu_ids_ = start->cpu_ids;
    if (is_about_telling(event)) return note(event);
    put(trace::to_text(event, {.color = color_, .cpu_ids = cpu_ids_}));
  }

 private:
  // Not of masks, but of how they are told.
  static bool is_about_telling(const trace::Event& event) {
    return !std::holds_alternative<trace::SetEvent>(event) &&
           !std::holds_alternative<trace::GetEvent>(event);
  }

  static void put(const std::string& line) {
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::putc('\n', stdout);
  }

  // A snapshot that found what it should says nothing to anybody.
  void note(const trace::Event& event) const {
    const auto* snapshot = std::get_if<trace::SnapshotEvent>(&event);
    if (snapshot && snapshot->reason != "lost") return;
    std::fflush(stdout);
    const std::string text =
        trace::to_text(event, {.color = has_color(stderr), .cpu_ids = cpu_ids_});
    std::fprintf(stderr, "%s\n", text.c_str());
  }

  TraceFormat format_;
  bool color_;
  unsigned cpu_ids_ = 0;
};

Result<Fd> open_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT})
    ::sigaddset(&set, number);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  Fd signals(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals.is_open())
    return fail({.kind = ErrorKind::system, .number = errno, .text = "signalfd"});
  return signals;
}

// Whether it is time to end. A command decides that itself: what the terminal sends it has got as
// well, all else is passed on.
bool read_signals(const Fd& signals, const std::optional<TraceChild>& child) {
  signalfd_siginfo info{};
  bool end = false;
  while (::read(signals.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    const bool by_terminal = info.ssi_code == SI_KERNEL;
    const bool is_passed_on =
        child && (by_terminal || child->signal(static_cast<int>(info.ssi_signo)));
    end = end || !is_passed_on;
  }
  return end;
}

// What was printed is out.
Result<void> flush_output() {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return {};
  return fail({.kind = ErrorKind::system, .number = errno, .text = "the output"});
}

Result<void> follow(trace::Tracer& tracer, TraceFiles& files, const Fd& signals,
                    const std::optional<TraceChild>& child) {
  std::array<pollfd, 3> ready = {
      {{.fd = tracer.descriptor(), .events = POLLIN, .revents = 0},
       {.fd = signals.get(), .events = POLLIN, .revents = 0},
       {.fd = child ? child->descriptor() : -1, .events = POLLIN, .revents = 0}}};
  for (;;) {
    // Rounded up: a wait of none would be a turn for nothing.
    const auto pause = std::chrono::ceil<std::chrono::milliseconds>(tracer.pause());
    ::poll(ready.data(), ready.size(), static_cast<int>(pause.count()));
    const bool ends = (ready[1].revents & POLLIN) != 0 && read_signals(signals, child);
    const bool ended = (ready[2].revents & POLLIN) != 0;
    CHECK_OK(tracer.turn());
    CHECK_OK(flush_output());
    files.print_problems();
    if (ends || ended) return {};
  }
}

Result<trace::EndEvent> trace_all(trace::Tracer& tracer, TraceFiles& files, const Fd& signals,
                                  std::optional<TraceChild>& child) {
  CHECK_OK(tracer.start());
  drop_capabilities(child.has_value());
  files.start();
  CHECK_OK(flush_output());
  if (child) child->go();
  CHECK_OK(follow(tracer, files, signals, child));
  auto end = tracer.stop();
  CHECK_OK(flush_output());
  return end;
}

int failed(const TraceRun& run, const Error& error) {
  print_error(error);
  return run.command ? exit_launch_failed : exit_failed;
}

int print_probe(const TraceRun& run, const trace::Tracer& tracer) {
  const trace::Event about = tracer.about();
  const std::string text = run.format == TraceFormat::json
                               ? trace::to_json(about)
                               : trace::to_text(about, {.color = has_color(stdout)});
  std::puts(text.c_str());
  if (const auto out = flush_output(); !out) return failed(run, out.error());
  return exit_done;
}

}  // namespace

int run_trace(TraceRun run) {
  std::optional<TraceChild> child;
  if (run.command && !run.only_probe) {
    auto prepared = TraceChild::prepare(run.command, run.as_root);
    if (!prepared) return failed(run, prepared.error());
    child.emplace(std::move(*prepared));
    if (!run.options.filter.targets) run.options.filter.targets.emplace();
    run.options.filter.targets->processes.emplace_back(child->pid());
    run.options.filter.actors_too = true;
  }
  const auto signals = open_signals();
  if (!signals) return failed(run, signals.error());
  auto files = TraceFiles::open(run.only_probe ? TraceFileNames() : run.files);
  if (!files) return failed(run, files.error());
  Printer printer(run.format);
  if (run.files.any()) run.options.lives = [&](const trace::Life& life) { files->add(life); };
  run.options.runs = run.files.has_pictures();
  auto tracer = trace::Tracer::open(host_kernel(), run.options, [&](const trace::Event& event) {
    printer.print(event);
    files->add(event);
  });
  if (!tracer) return failed(run, tracer.error());
  if (run.only_probe) return print_probe(run, **tracer);
  auto end = trace_all(**tracer, *files, *signals, child);
  tracer->reset();
  if (!end) print_error(end.error());
  if (const auto written = files->finish(); !written) {
    if (end) end = fail(Error(written.error()));
    print_error(written.error());
  }
  const bool lost = end && run.strict && end->lost + end->lost_others != 0;
  if (lost) {
    print_error("events were lost: " + std::to_string(end->lost + end->lost_others));
    print_hint("--buffer gives more room, a filter leaves less to tell");
  }
  // Whatever became of the telling, the command is not left alone.
  const int code = child ? child->wait() : exit_done;
  if (end && !lost) return code;
  return child ? exit_launch_failed : exit_failed;
}

}  // namespace pinfold::tool
