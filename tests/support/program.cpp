#include "support/program.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <fstream>
#include <stdexcept>

#include <pinfold/cpu_list.h>

extern char** environ;

namespace pinfold::test {
namespace {

struct Pipe {
  Pipe() {
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
  }
  std::array<int, 2> ends{};
};

std::vector<char*> argument_vector(const std::vector<std::string>& arguments,
                                   const std::string& name) {
  std::vector<char*> vector;
  for (const std::string& argument : arguments)
    vector.push_back(const_cast<char*>(argument.data()));
  if (!name.empty()) vector.front() = const_cast<char*>(name.data());
  vector.push_back(nullptr);
  return vector;
}

// Starts a program with its stdout (and stderr, if given) on pipes.
pid_t spawn(const std::vector<std::string>& arguments, const std::string& name, int out, int err) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  if (err >= 0) posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
  pid_t pid = -1;
  const auto vector = argument_vector(arguments, name);
  const int failed =
      ::posix_spawnp(&pid, arguments.front().c_str(), &actions, nullptr, vector.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error("cannot start " + arguments.front());
  return pid;
}

int reap(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

char state_of(pid_t pid, pid_t tid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/task/" + std::to_string(tid) + "/stat");
  std::string text;
  std::getline(file, text);
  const auto close = text.rfind(") ");
  return close == std::string::npos ? 'X' : text[close + 2];
}

}  // namespace

Output run(const std::vector<std::string>& arguments, const std::string& name) {
  const Pipe out;
  const Pipe err;
  const pid_t pid = spawn(arguments, name, out.ends[1], err.ends[1]);
  ::close(out.ends[1]);
  ::close(err.ends[1]);
  Output output;
  std::array<pollfd, 2> open = {{{out.ends[0], POLLIN, 0}, {err.ends[0], POLLIN, 0}}};
  std::array<std::string*, 2> texts = {&output.out, &output.err};
  for (int left = 2; left > 0;) {
    if (::poll(open.data(), open.size(), -1) < 0) continue;
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (open[i].fd < 0 || open[i].revents == 0) continue;
      char chunk[4096];
      const ssize_t length = ::read(open[i].fd, chunk, sizeof chunk);
      if (length > 0) {
        texts[i]->append(chunk, static_cast<std::size_t>(length));
      } else {
        ::close(open[i].fd);
        open[i].fd = -1;
        --left;
      }
    }
  }
  output.exit = reap(pid);
  return output;
}

Output pinfold(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), PINFOLD_COMMAND);
  return run(arguments);
}

Victim::Victim(std::vector<std::string> arguments) {
  if (!arguments.front().starts_with('/')) {
    arguments.front() = std::string(PINFOLD_VICTIMS) + '/' + arguments.front();
  }
  const Pipe out;
  pid_ = spawn(arguments, {}, out.ends[1], -1);
  ::close(out.ends[1]);
  output_ = out.ends[0];
  std::string line;
  for (char c = 0; c != '\n';) {
    if (::read(output_, &c, 1) != 1) throw std::runtime_error(arguments.front() + " did not start");
    line += c;
  }
  ::fcntl(output_, F_SETFL, O_NONBLOCK);
}

Victim::~Victim() {
  ::kill(pid_, SIGKILL);
  reap(pid_);
  ::close(output_);
}

std::string Victim::output() {
  std::string text;
  char chunk[4096];
  for (;;) {
    const ssize_t length = ::read(output_, chunk, sizeof chunk);
    if (length <= 0) return text;
    text.append(chunk, static_cast<std::size_t>(length));
  }
}

std::vector<pid_t> Victim::stop() {
  ::kill(pid_, SIGSTOP);
  for (;;) {
    const auto tids = threads_of(pid_);
    const bool still = std::ranges::all_of(tids, [&](pid_t tid) {
      const char state = state_of(pid_, tid);
      return state == 'T' || state == 'Z' || state == 'X';
    });
    if (still && tids == threads_of(pid_)) return tids;
    ::usleep(200);
  }
}

std::vector<pid_t> threads_of(pid_t pid) {
  std::vector<pid_t> tids;
  const std::string path = "/proc/" + std::to_string(pid) + "/task";
  DIR* folder = ::opendir(path.c_str());
  if (!folder) return tids;
  while (const dirent* entry = ::readdir(folder)) {
    if (std::isdigit(static_cast<unsigned char>(entry->d_name[0])) != 0) {
      tids.push_back(static_cast<pid_t>(std::stol(entry->d_name)));
    }
  }
  ::closedir(folder);
  std::ranges::sort(tids);
  return tids;
}

CpuSet cpus(const char* list) {
  if (*list == '\0') return {};
  auto parsed = parse_cpu_list(list);
  if (!parsed) throw std::invalid_argument(list);
  return *parsed;
}

CpuSet mask_of(pid_t tid) {
  std::array<CpuSet::Word, 128> words{};
  const long bytes = ::syscall(SYS_sched_getaffinity, tid, sizeof words, words.data());
  if (bytes < 0) return {};
  return CpuSet::from_words({words.data(), static_cast<std::size_t>(bytes) / sizeof(CpuSet::Word)});
}

MaskGuard::MaskGuard() : before_(mask_of(0)) {}

MaskGuard::~MaskGuard() {
  ::syscall(SYS_sched_setaffinity, 0, before_.words().size_bytes(), before_.words().data());
}

}  // namespace pinfold::test
