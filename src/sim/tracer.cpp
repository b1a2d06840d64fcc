#include "sim/tracer.h"

#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <string>
#include <thread>

#include "sim/real_task.h"
#include "sim/vdso.h"

namespace pinfold::sim {
namespace {

// glibc declares the first parameter of ptrace() as an enum of its own.
long trace(__ptrace_request request, pid_t tid, void* data = nullptr) {
  return ::ptrace(request, tid, nullptr, data);
}

// NOLINTBEGIN(performance-no-int-to-ptr): ptrace(2) takes numbers as pointers
void* as_data(long value) { return reinterpret_cast<void*>(value); }
// NOLINTEND(performance-no-int-to-ptr)

pid_t message_of(pid_t tid) {
  unsigned long message = 0;
  return trace(PTRACE_GETEVENTMSG, tid, &message) == 0 ? static_cast<pid_t>(message) : 0;
}

// Whether its file has the set-user-ID bit, and it did not become that user. Where it did, its
// folder of /proc is that user's, or root's.
bool lacks_privilege(pid_t tid) {
  struct stat file{};
  struct stat task{};
  const std::string folder = "/proc/" + std::to_string(tid);
  if (::stat((folder + "/exe").c_str(), &file) != 0 || (file.st_mode & S_ISUID) == 0) return false;
  if (::stat(folder.c_str(), &task) != 0) return false;
  return task.st_uid != file.st_uid && task.st_uid != 0;
}

}  // namespace

Result<void> Tracer::follow(pid_t command) {
  constexpr long options = PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                           PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
  command_ = command;
  if (trace(PTRACE_SEIZE, command, as_data(options)) == 0) return {};
  return fail({.kind = ErrorKind::unsupported,
               .number = errno,
               .text = "a simulated machine",
               .reason = std::string("ptrace: ") + std::strerror(errno) +
                         "; inside another one, under a debugger, and where ptrace is forbidden "
                         "there can be none"});
}

void Tracer::run() {
  unsigned idle = 0;
  for (;;) {
    int status = 0;
    const pid_t tid = ::waitpid(-1, &status, __WALL | (early_.empty() ? 0 : WNOHANG));
    if (tid > 0) {
      idle = 0;
      handle(tid, status);
    } else if (tid == 0) {
      // Its creator may have been killed before it could tell.
      constexpr unsigned patience = 100;
      if (++idle > patience) take_in_strays();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    } else if (errno != EINTR) {
      return;  // ECHILD: nobody is left
    }
  }
}

void Tracer::resume(pid_t tid, int signal) { (void)trace(PTRACE_CONT, tid, as_data(signal)); }

void Tracer::begin(pid_t tid) {
  early_.erase(tid);
  resume(tid);
}

void Tracer::take_in_strays() {
  const std::set<pid_t> strays = early_;
  for (const pid_t tid : strays) {
    {
      const std::scoped_lock lock(world_.mutex());
      if (const auto real = read_real_task(tid)) {
        world_.cloned(real->process == tid ? real->parent : real->process, tid);
      }
    }
    begin(tid);
  }
}

void Tracer::handle(pid_t tid, int status) {
  if (WIFEXITED(status) || WIFSIGNALED(status)) {
    early_.erase(tid);
    {
      const std::scoped_lock lock(world_.mutex());
      world_.ended(tid);
    }
    if (tid == command_) on_command_({.kind = CommandState::Kind::ended, .status = status});
    return;
  }
  if (WIFSTOPPED(status)) handle_event(tid, status >> 16, WSTOPSIG(status));
}

void Tracer::handle_event(pid_t tid, int event, int signal) {
  switch (event) {
    case PTRACE_EVENT_CLONE:
    case PTRACE_EVENT_FORK:
    case PTRACE_EVENT_VFORK: {
      const pid_t made = message_of(tid);
      {
        const std::scoped_lock lock(world_.mutex());
        if (made != 0) world_.cloned(tid, made);
      }
      if (early_.contains(made)) begin(made);
      return resume(tid);
    }
    case PTRACE_EVENT_EXEC:
      handle_exec(tid);
      return resume(tid);
    case PTRACE_EVENT_STOP: {
      if (signal != SIGTRAP) {  // all threads of the process stop
        if (tid == command_) on_command_({.kind = CommandState::Kind::stopped, .status = signal});
        (void)trace(PTRACE_LISTEN, tid);
        return;
      }
      const std::scoped_lock lock(world_.mutex());
      if (world_.knows(tid)) return resume(tid);
      early_.insert(tid);
      return;
    }
    default:
      return resume(tid, signal);  // one that is delivered
  }
}

void Tracer::handle_exec(pid_t tid) {
  const pid_t former = message_of(tid);
  {
    const std::scoped_lock lock(world_.mutex());
    world_.executed(tid, former);
  }
  redirect_getcpu(tid);
  if (lacks_privilege(tid)) on_missing_(Missing::privilege, name_of(tid));
}

}  // namespace pinfold::sim
