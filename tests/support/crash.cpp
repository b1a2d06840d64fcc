#include "support/crash.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace pinfold::test {
namespace {

pid_t start(const std::vector<std::string>& arguments) {
  std::vector<char*> words;
  for (const std::string& argument : arguments)
    words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  // A program has one tracer, and looking for leaks needs one.
  const char* const options = std::getenv("ASAN_OPTIONS");
  const std::string without_leaks = std::string(options ? options : "") + ":detect_leaks=0";
  ::setenv("ASAN_OPTIONS", without_leaks.c_str(), 1);
  const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    ::dup2(nowhere, descriptor);
  if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0) ::execv(words.front(), words.data());
  ::_exit(127);
}

void go_on(pid_t tid, int signal) {
  // One that was just killed is not there any more: the next wait tells.
  ::ptrace(PTRACE_SYSCALL, tid, nullptr, static_cast<std::intptr_t>(signal));
}

bool is_entry(pid_t tid) {
  __ptrace_syscall_info info{};
  return ::ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof info, &info) > 0 &&
         info.op == PTRACE_SYSCALL_INFO_ENTRY;
}

// What a stopped thread is to be told when it goes on: signals that are not the tracer's.
int signal_for(int status) {
  const int signal = WSTOPSIG(status);
  constexpr int of_system_call = SIGTRAP | 0x80;
  const bool tracers = signal == of_system_call || signal == SIGTRAP || signal == SIGSTOP;
  return tracers ? 0 : signal;
}

}  // namespace

Crash kill_at(unsigned step, const std::vector<std::string>& arguments) {
  const pid_t pid = start(arguments);
  int status = 0;
  if (::waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status)) {
    throw std::runtime_error("cannot trace " + arguments.front());
  }
  ::ptrace(
      PTRACE_SETOPTIONS, pid, nullptr,
      static_cast<std::intptr_t>(PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE));
  Crash crash;
  go_on(pid, 0);
  for (;;) {
    const pid_t tid = ::waitpid(-1, &status, __WALL);
    if (tid < 0 && errno == EINTR) continue;
    if (tid < 0) throw std::runtime_error("lost " + arguments.front());
    if (!WIFSTOPPED(status)) {
      if (tid != pid) continue;
      crash.exit = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
      return crash;
    }
    if (!crash.killed && is_entry(tid)) {
      crash.killed = crash.steps + 1 == step;
      if (crash.killed) {
        ::kill(pid, SIGKILL);
      } else {
        ++crash.steps;
      }
    }
    if (!crash.killed) go_on(tid, signal_for(status));
  }
}

Crash kill_pinfold_at(unsigned step, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), PINFOLD_COMMAND);
  return kill_at(step, arguments);
}

}  // namespace pinfold::test
