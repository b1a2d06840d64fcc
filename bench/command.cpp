#include "command.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string_view>

#include "host/host.h"

namespace pinfold::bench {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> result;
  // posix_spawn takes char*, but writes to none of them.
  for (const std::string& word : words)
    result.push_back(const_cast<char*>(word.c_str()));
  result.push_back(nullptr);
  return result;
}

// posix_spawn with stdout at `output`; -1 when it failed.
pid_t spawn(const std::vector<std::string>& words, int output) {
  const std::vector<char*> arguments = pointers(words);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  pid_t pid = -1;
  const int failed =
      posix_spawn(&pid, arguments.front(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return failed != 0 ? -1 : pid;
}

int nowhere() {
  static const int descriptor = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  return descriptor;
}

}  // namespace

std::optional<std::string> find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::string_view folders = path ? path : "/usr/bin:/bin";
  while (!folders.empty()) {
    const std::string_view folder = folders.substr(0, folders.find(':'));
    folders.remove_prefix(std::min(folder.size() + 1, folders.size()));
    std::string file = std::string(folder) + '/' + name;
    if (::access(file.c_str(), X_OK) == 0) return file;
  }
  return std::nullopt;
}

bool Command::run() const {
  const pid_t pid = spawn(words_, nowhere());
  if (pid < 0) return false;
  int status = 0;
  return ::waitpid(pid, &status, 0) == pid && status == 0;
}

QuietProcess::QuietProcess(unsigned threads) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return;
  pid_ = spawn({PINFOLD_QUIET, std::to_string(threads)}, ends[1]);
  ::close(ends[1]);
  char said = 0;
  ready_ = pid_ > 0 && ::read(ends[0], &said, 1) == 1;
  ::close(ends[0]);
}

QuietProcess::~QuietProcess() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

double peak_megabytes(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    // In kB, which are 1,024 bytes.
    if (line.starts_with("VmHWM:")) return std::strtod(line.c_str() + 6, nullptr) * 1'024 / 1e6;
  }
  return 0;
}

CpuSet own_cpus() {
  auto cpus = host_kernel().effective(Tid());
  return cpus ? *cpus : CpuSet();
}

OnCpus::OnCpus(const CpuSet& cpus) : before_(own_cpus()) {
  (void)host_kernel().set_affinity(Tid(), cpus);
}

OnCpus::~OnCpus() { (void)host_kernel().set_affinity(Tid(), before_); }

}  // namespace pinfold::bench
