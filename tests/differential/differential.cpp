// Random scenarios on the kernel under us and on the model in step: do they say the same?
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "base/number.h"
#include "differential/duel.h"
#include "differential/generator.h"
#include "differential/shrink.h"

namespace pinfold::test {
namespace {

using std::chrono::steady_clock;

constexpr int exit_skipped = 77;  // ctest, SKIP_RETURN_CODE
constexpr unsigned seconds_to_shrink = 120;

struct Options {
  std::uint64_t seconds = 0;  // 0: as long as it takes
  std::uint64_t operations = 0;
  std::uint64_t seed = 1;
  bool hotplug = false;
  std::string replay;
};

constexpr const char* usage = R"(usage: differential [OPTION…]

Random operations on the kernel under us and on its model, compared after each; as root.

  --seconds N     stop after that time (10)
  --operations N  stop after so many, whatever comes first
  --seed N        other numbers make other scenarios (1)
  --hotplug       CPUs come and go too: in an emulator only
  --replay FILE   one scenario, as a difference was printed
)";

[[noreturn]] void wrong_usage(const std::string& what) {
  std::fprintf(stderr, "differential: %s\n%s", what.c_str(), usage);
  std::exit(2);
}

Options read_options(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string name = arguments[i];
    if (name == "--hotplug") {
      options.hotplug = true;
      continue;
    }
    if (name == "--help" || name == "-h") {
      std::fputs(usage, stdout);
      std::exit(0);
    }
    if (++i == count) wrong_usage(name + " is unknown, or lacks its value");
    if (name == "--replay") {
      options.replay = arguments[i];
      continue;
    }
    const auto number = parse_number<std::uint64_t>(arguments[i]);
    if (!number) wrong_usage(name + " needs a number");
    if (name == "--seconds") {
      options.seconds = *number;
    } else if (name == "--operations") {
      options.operations = *number;
    } else if (name == "--seed") {
      options.seed = *number;
    } else {
      wrong_usage(name + " is unknown");
    }
  }
  if (options.seconds == 0 && options.operations == 0) options.seconds = 10;
  return options;
}

void print_scenario(const Host& host, const Scenario& scenario) {
  for (const model::Operation& setting : host.settings())
    std::printf("%s\n", to_text(setting).c_str());
  for (const model::Operation& operation : scenario)
    std::printf("%s\n", to_text(operation).c_str());
}

// What was played up to the difference, or nothing.
struct Outcome {
  Scenario played;
  std::optional<Difference> difference;
};

Outcome play(const Arena& arena, const Scenario& scenario) {
  Duel duel(arena);
  for (const model::Operation& operation : scenario) {
    duel.play(operation);
    if (duel.difference()) return {duel.played(), duel.difference()};
  }
  duel.finish();
  return {duel.played(), duel.difference()};
}

void report(const Arena& arena, Outcome outcome) {
  std::printf("# a difference after %zu operations: %s\n", outcome.played.size(),
              outcome.difference->what.c_str());
  std::fflush(stdout);
  const auto differs = [&](const Scenario& scenario) {
    return play(arena, scenario).difference.has_value();
  };
  bool again = false;
  try {
    again = differs(outcome.played);
  } catch (const std::exception& error) {
    std::printf("# %s\n", error.what());
  }
  if (again) {
    outcome = play(arena, shrink(outcome.played, differs, seconds_to_shrink));
  } else {
    std::printf("# it does not come again: chance has a part in it\n");
  }
  print_scenario(arena.host, outcome.played);
  if (!outcome.difference) return;
  std::printf("# %s\n#   kernel: %s\n#   model:  %s\n", outcome.difference->what.c_str(),
              outcome.difference->real.c_str(), outcome.difference->model.c_str());
}

Scenario read_scenario(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error(path + " cannot be read");
  Scenario scenario;
  for (std::string line; std::getline(file, line);) {
    auto operation = model::parse_operation(line);
    if (!operation) throw std::runtime_error(message(operation.error()));
    if (*operation) scenario.push_back(**std::move(operation));
  }
  return scenario;
}

int replay(const Arena& arena, const std::string& path) {
  Outcome outcome = play(arena, read_scenario(path));
  if (!outcome.difference) {
    std::printf("%zu operations, no difference\n", outcome.played.size());
    return 0;
  }
  print_scenario(arena.host, outcome.played);
  std::printf("# %s\n#   kernel: %s\n#   model:  %s\n", outcome.difference->what.c_str(),
              outcome.difference->real.c_str(), outcome.difference->model.c_str());
  return 1;
}

int fuzz(const Arena& arena, const Options& options) {
  const auto start = steady_clock::now();
  const auto seconds = [&] {
    return std::chrono::duration<double>(steady_clock::now() - start).count();
  };
  std::uint64_t operations = 0;
  std::uint64_t scenarios = 0;
  Random seeds(options.seed);
  bool differed = false;
  while (!differed) {
    if (options.operations != 0 && operations >= options.operations) break;
    if (options.seconds != 0 && seconds() >= static_cast<double>(options.seconds)) break;
    Generator generator(arena.host, arena.hotplug, seeds.next());
    Outcome outcome;
    {
      Duel duel(arena);
      for (std::size_t i = 0; i < generator.length() && !duel.difference(); ++i)
        duel.play(generator.next(duel.cast()));
      duel.finish();
      duel.clean_up();
      outcome = {duel.played(), duel.difference()};
    }
    operations += outcome.played.size();
    ++scenarios;
    if (!outcome.difference) continue;
    differed = true;
    report(arena, std::move(outcome));
  }
  std::printf(
      "%s: %llu operations in %llu scenarios, %.0f a second, seed %llu: %s\n",
      arena.host.release.c_str(), static_cast<unsigned long long>(operations),
      static_cast<unsigned long long>(scenarios), static_cast<double>(operations) / seconds(),
      static_cast<unsigned long long>(options.seed), differed ? "a difference" : "no difference");
  return differed ? 1 : 0;
}

volatile sig_atomic_t stopped = 0;

int drive(const Options& options) {
  const Host host = Host::look();
  if (options.hotplug && !host.emulator) wrong_usage("--hotplug is for an emulator");
  const Fd program(::open("/proc/self/exe", O_RDONLY));
  Mailbox mailbox;
  const Arena arena{
      .host = host, .mailbox = mailbox, .program = program.get(), .hotplug = options.hotplug};
  if (!host.no_cpusets.empty()) {
    std::printf("without cpusets: %s\n", host.no_cpusets.c_str());
  }
  return options.replay.empty() ? fuzz(arena, options) : replay(arena, options.replay);
}

void end_all_children() {
  const std::string list = "/proc/self/task/" + std::to_string(::getpid()) + "/children";
  for (;;) {
    std::ifstream children(list);
    bool any = false;
    for (pid_t child = 0; children >> child;) {
      ::kill(child, SIGKILL);
      any = true;
    }
    while (::waitpid(-1, nullptr, __WALL) > 0) {
    }
    if (!any) return;
  }
}

// The driver is a child: whatever becomes of it, what it has made comes to us, and ends.
int supervise(const Options& options) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP})
    ::signal(signal, [](int) { stopped = 1; });
  const pid_t driver = ::fork();
  if (driver == 0) {
    ::setpgid(0, 0);  // a key on the terminal is for the supervisor
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
      ::signal(signal, SIG_DFL);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    int code = 2;
    try {
      code = drive(options);
    } catch (const std::exception& error) {
      std::fflush(stdout);
      std::fprintf(stderr, "differential: %s\n", error.what());
    }
    std::fflush(stdout);
    ::_exit(code);
  }
  int status = 0;
  while (::waitpid(driver, &status, 0) < 0) {
    if (stopped) ::kill(driver, SIGKILL);
  }
  end_all_children();
  const Host host = Host::look();
  if (!host.cpusets.empty()) RealCgroups(host, driver).remove_all();
  if (stopped) return 130;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}

}  // namespace
}  // namespace pinfold::test

int main(int count, char** arguments) {
  using namespace pinfold::test;
  if (count == 5 && std::string_view(arguments[1]) == actor_argument)
    live_after_exec(arguments + 2);
  const Options options = read_options(count, arguments);
  if (::geteuid() != 0) {
    std::puts("differential: skipped, it needs root");
    return exit_skipped;
  }
  return supervise(options);
}
