// Programs in a simulated machine, and the same programs outside of one.

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "caller.h"
#include "command.h"
#include "document/numbers.h"
#include "groups.h"
#include "temporary_folder.h"

namespace pinfold::bench {
namespace {

constexpr Method calls = {.rounds = 101, .warm_up = 5, .round_time = std::chrono::milliseconds(5)};
constexpr Method starts = {.rounds = 31, .warm_up = 2, .round_time = {}};
constexpr Method first_starts = {.rounds = 11, .warm_up = 1, .round_time = {}};
constexpr Method compiles = {.rounds = 9, .warm_up = 1, .round_time = {}};

std::vector<std::string> in_machine(const std::string& machine, std::vector<std::string> command) {
  command.insert(command.begin(), {PINFOLD_COMMAND, "sim", "--machine", machine, "--"});
  return command;
}

// A process that makes calls when it is asked to.
class Caller {
 public:
  explicit Caller(const std::vector<std::string>& command) {
    int in[2];
    int out[2];
    if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) return;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    std::vector<char*> words;
    for (const std::string& word : command)
      words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    if (posix_spawn(&pid_, words.front(), &actions, nullptr, words.data(), environ) != 0) pid_ = -1;
    posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    requests_ = in[1];
    answers_ = out[0];
  }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;
  ~Caller() {
    ::close(requests_);  // which ends it
    ::close(answers_);
    if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
  }

  bool call(Call which, std::size_t times) const {
    const Request request{.call = which, .times = times};
    char answer = 1;
    return ::write(requests_, &request, sizeof request) == sizeof request &&
           ::read(answers_, &answer, 1) == 1 && answer == 0;
  }

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] Side side(Call which) const {
    return [this, which](std::size_t times) { return call(which, times); };
  }

 private:
  pid_t pid_ = -1;
  int requests_ = -1;
  int answers_ = -1;
};

void measure_calls(Report& report) {
  using std::chrono::microseconds;
  using std::chrono::nanoseconds;
  ::signal(SIGPIPE, SIG_IGN);
  const Caller outside({PINFOLD_CALLER});
  const Caller inside(in_machine("pack:2 core:16 pu:2", {PINFOLD_CALLER}));
  report.time({"sim: sched_getaffinity", microseconds(6), inside.side(Call::get_affinity), calls});
  report.compare({"sim: sched_getaffinity / raw",
                  {},
                  inside.side(Call::get_affinity),
                  outside.side(Call::get_affinity),
                  calls});
  report.added({"sim: what any other call takes longer", nanoseconds(45),
                inside.side(Call::get_parent), outside.side(Call::get_parent), calls});
  report.added({"sim: what open and close take longer", microseconds(6),
                inside.side(Call::open_file), outside.side(Call::open_file), calls});
  report.compare({"sim: open and close of a status file / outside",
                  {},
                  inside.side(Call::open_status),
                  outside.side(Call::open_status),
                  calls});
}

Side running(const std::vector<std::string>& words) {
  return [command = Command(words)](std::size_t times) {
    while (times-- > 0) {
      if (!command.run()) return false;
    }
    return true;
  };
}

void measure_compile(Report& report) {
  const std::string name = "sim: make -j2 of a project / outside";
  if (!report.wants(name)) return;
  const auto make = find_program("make");
  if (!make || !find_program("c++")) {
    report.skip(name, "make or c++ is not installed");
    return;
  }
  const TemporaryFolder folder;
  std::ofstream makefile(folder.path() + "/Makefile");
  makefile << "all:";
  for (int i = 0; i < 4; ++i) {
    const std::string file = "file" + std::to_string(i);
    makefile << ' ' << file << ".ok";
    std::ofstream(folder.path() + '/' + file + ".cpp")
        << "#include <algorithm>\n#include <regex>\n";
  }
  // Nothing is left that would be up to date the next time.
  makefile << "\n%.ok: %.cpp\n\tc++ -fsyntax-only $<\n";
  makefile.close();
  const std::vector<std::string> command = {*make, "-s", "-j2", "-C", folder.path()};
  report.compare({name, 1.10, running(in_machine("pack:2 core:16 pu:2", command)), running(command),
                  compiles});
}

// A machine that nobody has simulated before: it has another amount of memory each time.
Side first_start(const std::string& levels) {
  return [levels, megabytes = 1'000U](std::size_t times) mutable {
    while (times-- > 0) {
      const std::string memory = "(memory=" + std::to_string(++megabytes) + "MB) ";
      if (!Command(in_machine(memory + levels, {"/bin/true"})).run()) return false;
    }
    return true;
  };
}

void measure_starts(Report& report) {
  struct Size {
    unsigned cpus;
    const char* levels;
  };
  constexpr Size sizes[] = {{64, "pack:2 l3:4 core:4 pu:2"},
                            {1'024, "pack:4 l3:16 core:8 pu:2"},
                            {4'096, "pack:8 l3:32 core:8 pu:2"}};
  for (const auto& [cpus, levels] : sizes) {
    using Reach = std::optional<std::chrono::nanoseconds>;
    const bool large = cpus == 4'096;
    const std::chrono::milliseconds first(::geteuid() == 0 ? 250 : 1'000);
    const std::string row = "sim: start, " + with_commas(cpus) + " CPUs, ";
    report.time(
        {row + "first", large ? Reach(first) : std::nullopt, first_start(levels), first_starts});
    report.time({row + "again", large ? Reach(std::chrono::milliseconds(20)) : std::nullopt,
                 running(in_machine(levels, {"/bin/true"})), starts});
  }
}

// Of the process that waits and of the supervisor below it; what they share counts twice. The
// program, two levels below, is not ours.
void measure_start_memory(Report& report) {
  const std::string row = "sim: memory, 4,096 CPUs";
  if (!report.wants(row)) return;
  const Caller inside(in_machine("(memory=999MB) pack:8 l3:32 core:8 pu:2", {PINFOLD_CALLER}));
  if (!inside.call(Call::get_parent, 1)) return report.skip(row, "it failed");
  const std::string front = std::to_string(inside.pid());
  pid_t supervisor = 0;
  std::ifstream("/proc/" + front + "/task/" + front + "/children") >> supervisor;
  if (supervisor == 0) return report.skip(row, "the kernel does not tell a process's children");
  report.count(row, peak_megabytes(inside.pid()) + peak_megabytes(supervisor), 200, "MB");
}

}  // namespace

void measure_sim(Report& report) {
  measure_calls(report);
  measure_compile(report);
  measure_starts(report);
  measure_start_memory(report);
}

}  // namespace pinfold::bench
