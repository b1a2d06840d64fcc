#include "kernel/linux_puppet.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernel/linux_identity.h"
#include "support/deadline.h"

namespace pinfold::test {

struct Puppet::Command {
  enum class What {
    start,
    end,
    rename,
    fork,
    exec,
    deadline
  };
  What what = What::start;
  pid_t thread = 0;
  Work work = Work::sleep;
  char name[16] = "";
};

namespace {

// One thread of the puppet but the first. It sleeps in epoll_wait, which a stop interrupts.
struct Worker {
  pthread_t handle{};
  pid_t tid = 0;
  Work work = Work::sleep;
  Puppet::Counters* counters = nullptr;
  int wake = ::eventfd(0, EFD_CLOEXEC);
  bool to_end = false;  // else a successor is to be started
  Worker* to_start = nullptr;
  sem_t answered{};
};

void start(Worker& worker);

void* churn(void*) {
  ::usleep(100);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 256 * 1024);
  pthread_t successor{};
  while (pthread_create(&successor, &attributes, churn, nullptr) != 0)
    ::usleep(100);
  pthread_attr_destroy(&attributes);
  return nullptr;
}

void* live(void* argument) {
  auto& self = *static_cast<Worker*>(argument);
  self.tid = ::gettid();
  ::sem_post(&self.answered);
  if (self.work == Work::churn) return churn(nullptr);
  while (self.work == Work::compute)
    self.counters->rounds.fetch_add(1, std::memory_order_relaxed);
  const int poll = ::epoll_create1(EPOLL_CLOEXEC);
  epoll_event event{.events = EPOLLIN, .data = {}};
  ::epoll_ctl(poll, EPOLL_CTL_ADD, self.wake, &event);
  for (;;) {
    if (::epoll_wait(poll, &event, 1, -1) < 0) {
      self.counters->interruptions.fetch_add(1);
      continue;
    }
    eventfd_t value = 0;
    ::eventfd_read(self.wake, &value);
    if (self.to_end) break;
    start(*self.to_start);
    ::sem_post(&self.answered);
  }
  ::close(poll);
  return nullptr;
}

void wait_for(sem_t& semaphore) {
  while (::sem_wait(&semaphore) != 0) {
  }
}

void start(Worker& worker) {
  ::sem_init(&worker.answered, 0, 0);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 256 * 1024);
  if (pthread_create(&worker.handle, &attributes, live, &worker) != 0) ::_exit(1);
  pthread_attr_destroy(&attributes);
  wait_for(worker.answered);
}

long rename_thread(pid_t tid, const char* name) {
  const std::string path = "/proc/self/task/" + std::to_string(tid) + "/comm";
  const Fd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  const auto length = std::char_traits<char>::length(name);
  return ::write(file.get(), name, length) == static_cast<ssize_t>(length) ? 0 : -errno;
}

long fork_sleeper() {
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return -errno;
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (::getppid() != parent) ::_exit(0);  // it ended before that
    for (;;)
      ::pause();
  }
  return child;
}

// 10 ms of every 100.
long ask_for_deadline() {
  const DeadlineAttributes attributes;
  return ::syscall(SYS_sched_setattr, 0, &attributes, 0) == 0 ? 0 : -errno;
}

// The other program tells its pid when it runs: that line is the answer.
void exec_sleeper(int socket) {
  ::dup2(socket, STDOUT_FILENO);
  const std::string program = std::string(PINFOLD_VICTIMS) + "/quiet";
  ::execl(program.c_str(), "quiet", "1", nullptr);
  ::_exit(1);
}

}  // namespace

void Puppet::obey(int socket, Counters* counters) {
  std::vector<Worker*> workers;  // their threads use them until the process ends
  const auto find = [&](pid_t tid) -> Worker* {
    for (Worker* worker : workers) {
      if (worker->tid == tid) return worker;
    }
    return nullptr;
  };
  for (;;) {
    Command command;
    const ssize_t length = ::read(socket, &command, sizeof command);
    if (length < 0 && errno == EINTR) {
      counters[0].interruptions.fetch_add(1);
      continue;
    }
    if (length != sizeof command) ::_exit(0);
    long result = 0;
    switch (command.what) {
      case Command::What::start: {
        auto* worker = new Worker;
        worker->work = command.work;
        worker->counters = &counters[workers.size() + 1];
        if (Worker* creator = find(command.thread)) {
          creator->to_start = worker;
          ::eventfd_write(creator->wake, 1);
          wait_for(creator->answered);
        } else {
          test::start(*worker);
        }
        workers.push_back(worker);
        result = worker->tid;
        break;
      }
      case Command::What::end: {
        Worker* worker = find(command.thread);
        worker->to_end = true;
        ::eventfd_write(worker->wake, 1);
        pthread_join(worker->handle, nullptr);
        worker->tid = 0;
        break;
      }
      case Command::What::rename:
        result = rename_thread(command.thread, command.name);
        break;
      case Command::What::fork:
        result = fork_sleeper();
        break;
      case Command::What::exec:
        exec_sleeper(socket);
        break;
      case Command::What::deadline:
        result = ask_for_deadline();
        break;
    }
    if (::write(socket, &result, sizeof result) != sizeof result) ::_exit(0);
  }
}

Result<std::unique_ptr<TestProcess>> Puppet::start_as(const Identity& identity) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw std::runtime_error("socketpair");
  }
  void* shared = ::mmap(nullptr, most_threads * sizeof(Counters), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) throw std::runtime_error("mmap");
  std::unique_ptr<Puppet> puppet(new Puppet);
  puppet->counters_ = static_cast<Counters*>(shared);
  puppet->socket_ = Fd(ends[0]);
  const Fd theirs(ends[1]);
  puppet->pid_ = ::fork();
  if (puppet->pid_ < 0) throw std::runtime_error("fork");
  if (puppet->pid_ == 0) {
    ::close(ends[0]);
    const long refused = become(identity);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);  // a change of uid forgets it
    if (::write(ends[1], &refused, sizeof refused) == sizeof refused && refused == 0) {
      obey(ends[1], puppet->counters_);
    }
    ::_exit(0);
  }
  puppet->index_[Tid(puppet->pid_)] = 0;
  if (const long refused = puppet->answer(); refused != 0) {
    return fail({.kind = ErrorKind::unsupported,
                 .text = "a process of " + to_string(identity),
                 .reason = "the test may not start one, errno " + std::to_string(refused)});
  }
  return puppet;
}

Puppet::~Puppet() {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  ::munmap(counters_, most_threads * sizeof(Counters));
}

long Puppet::answer() {
  long result = 0;
  if (::read(socket_.get(), &result, sizeof result) != sizeof result) {
    throw std::runtime_error("the puppet has ended");
  }
  return result;
}

long Puppet::tell(const Command& command) {
  if (::write(socket_.get(), &command, sizeof command) != sizeof command) {
    throw std::runtime_error("the puppet has ended");
  }
  return answer();
}

Tid Puppet::start(Work work, Tid creator) {
  const Tid tid(static_cast<pid_t>(
      tell({.what = Command::What::start, .thread = creator.value(), .work = work})));
  const std::size_t index = index_.size();
  index_[tid] = index;
  return tid;
}

void Puppet::end(Tid tid) {
  tell({.what = Command::What::end, .thread = tid.value()});
  // Joined is not yet gone: the kernel lets its number go a little later.
  if (!eventually([&] { return ::syscall(SYS_tgkill, pid_, tid.value(), 0) != 0; })) {
    throw std::runtime_error("a thread does not end");
  }
}

void Puppet::rename(Tid tid, std::string_view name) {
  Command command{.what = Command::What::rename, .thread = tid.value()};
  name.copy(command.name, sizeof command.name - 1);
  if (tell(command) != 0) throw std::runtime_error("a thread cannot be renamed");
}

bool Puppet::gets_on(Tid tid) {
  const auto& rounds = counters_[index_.at(tid)].rounds;
  const unsigned long before = rounds;
  return eventually([&] { return rounds != before; });
}

unsigned long Puppet::interruptions(Tid tid) { return counters_[index_.at(tid)].interruptions; }

Result<Pid> Puppet::fork() {
  const long result = tell({.what = Command::What::fork});
  if (result < 0) {
    return fail({.kind = ErrorKind::system, .number = static_cast<int>(-result), .text = "fork"});
  }
  return Pid(static_cast<pid_t>(result));
}

void Puppet::exec() {
  const Command command{.what = Command::What::exec};
  char c = 0;
  if (::write(socket_.get(), &command, sizeof command) != sizeof command) return;
  while (c != '\n') {
    if (::read(socket_.get(), &c, 1) != 1) throw std::runtime_error("exec failed");
  }
}

long Puppet::become_deadline() { return tell({.what = Command::What::deadline}); }

void Puppet::die() {
  ::kill(pid_, SIGKILL);
  siginfo_t info;
  ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT);
}

}  // namespace pinfold::test
