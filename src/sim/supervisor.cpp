#include "sim/supervisor.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

#include "base/try.h"
#include "sim/channel.h"
#include "sim/descriptors.h"
#include "sim/fuse/cgroup_files.h"
#include "sim/fuse/image_files.h"
#include "sim/fuse/server.h"
#include "sim/namespaces.h"
#include "sim/proc_files.h"
#include "sim/tracer.h"
#include "sim/world.h"

namespace pinfold::sim {
namespace {

// Up to the moment in which it becomes the command. Returns the exit code where it cannot.
int begin_command(const Simulation& simulation, const Channel& supervisor,
                  const SignalsHeld& signals) {
  const auto may_go_on = [&] {
    const auto received = supervisor.receive();
    return received && received->note == Note::go;
  };
  if (!may_go_on()) return 1;  // followed from here on
  const auto begun = [&]() -> Result<void> {
    CHECK_OK(enter_own_mounts());
    CHECK_OK(set_up(simulation.stage, supervisor));
    TRY(const Fd filter, install_filter());
    supervisor.send(Note::filter, filter);
    return {};
  }();
  if (!begun) {
    supervisor.send(Note::failed, begun.error());
    return 1;
  }
  if (!may_go_on()) return 1;  // all is answered from here on
  signals.restore();
  return simulation.become();
}

class Supervisor {
 public:
  Supervisor(Simulation simulation, const Front& front)
      : simulation_(std::move(simulation)),
        front_(front),
        world_(std::move(simulation_.system),
               simulation_.on_end ? World::Recording::yes : World::Recording::no),
        files_(world_, simulation_.image),
        tracer_(
            world_, [this](Missing what, const std::string& who) { miss(what, who); },
            [this](CommandState state) { on_command(state); }) {}

  void run() {
    auto pair = Channel::open();
    if (!pair) return failed(pair.error());
    const pid_t command = ::fork();
    if (command < 0) return failed({.number = errno, .text = "fork"});
    if (command == 0) {
      pair->one = Channel(Fd());
      ::_exit(begin_command(simulation_, pair->other, front_.signals));
    }
    pair->other = Channel(Fd());
    // Whatever the caller does with his children and pipes: the command has it from him.
    (void)std::signal(SIGPIPE, SIG_IGN);
    (void)std::signal(SIGCHLD, SIG_DFL);
    ::setsid();
    // Others wait for it. Where that is not allowed they wait a little longer.
    constexpr int prompt = -10;
    (void)::setpriority(PRIO_PROCESS, 0, prompt);
    leave_to_others(
        {front_.news.get(), pair->one.number(), files_.cpuinfo_number(), simulation_.kept});
    if (const auto begun = follow(command, pair->one); !begun) {
      (void)::kill(command, SIGKILL);
      while (::waitpid(command, nullptr, __WALL) < 0 && errno == EINTR) {
      }
      return failed(begun.error());
    }
    tell(front_.news, {.kind = News::Kind::begun, .value = command});
    pair->one.send(Note::go);
    tracer_.run();
  }

 private:
  void failed(const Error& error) {
    simulation_.on_failure(error);
    tell(front_.news, {.kind = News::Kind::failed, .value = 0});
  }

  // The command's process makes itself ready meanwhile.
  Result<void> follow(pid_t command, const Channel& channel) {
    CHECK_OK(tracer_.follow(command));
    channel.send(Note::go);
    model::Cgroup* const cgroup = world_.system().find_cgroup(simulation_.cgroup);
    world_.begin(command, cgroup ? *cgroup : world_.system().root_cgroup());
    for (;;) {
      auto received = channel.receive();
      if (!received) return fail({.number = ECHILD, .text = "the command's process"});
      switch (received->note) {
        case Note::failed:
          return fail(std::move(received->error));
        case Note::image_device:
          serve_image(std::move(received->file));
          break;
        case Note::cgroup_device:
          serve_cgroups(std::move(received->file));
          break;
        case Note::no_cgroups:
          miss(Missing::cpusets,
               received->error.text + ": " + std::strerror(received->error.number));
          break;
        case Note::filter:
          answer_calls(std::move(received->file));
          return {};
        case Note::go:
          break;
      }
    }
  }

  // By one thread: of several that wait, each call would wake them all.
  void answer_calls(Fd filter) {
    std::thread([this, listener = Listener(std::move(filter))]() mutable {
      Calls(world_, files_, [this](Missing what, const std::string& who) {
        miss(what, who);
      }).serve(listener);
    }).detach();
  }

  template <class Files>
  static void serve(Fd device, std::unique_ptr<Files> files) {
    std::thread([device = std::move(device), files = std::move(files)]() mutable {
      (void)FuseServer(std::move(device), *files).run();  // until nobody has it mounted
    }).detach();
  }

  void serve_image(Fd device) {
    serve(std::move(device), std::make_unique<ImageFiles>(std::move(simulation_.image)));
  }

  void serve_cgroups(Fd device) {
    serve(std::move(device),
          std::make_unique<CgroupFiles>(world_.system(), world_.mutex(),
                                        [this](pid_t tid) { return world_.find(tid); }));
  }

  void miss(Missing what, const std::string& who) {
    const std::scoped_lock lock(missed_mutex_);
    if (missed_.insert(what).second && !ended_) simulation_.on_missing(what, who);
  }

  void on_command(CommandState state) {
    if (state.kind == CommandState::Kind::stopped) {
      tell(front_.news, {.kind = News::Kind::stopped, .value = state.status});
      return;
    }
    if (simulation_.on_end) {
      const std::scoped_lock lock(world_.mutex());
      simulation_.on_end(world_.so_far());
    }
    {
      const std::scoped_lock lock(missed_mutex_);
      ended_ = true;
    }
    // What it has left behind lives on, without anybody who waits for it.
    (void)::prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);
    fall_silent();
    tell(front_.news, {.kind = News::Kind::ended, .value = state.status});
  }

  Simulation simulation_;
  Front front_;
  World world_;
  ProcFiles files_;
  Tracer tracer_;
  std::mutex missed_mutex_;
  std::set<Missing> missed_;
  bool ended_ = false;
};

}  // namespace

void supervise(Simulation simulation, const Front& front) {
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (::getppid() != front.pid) ::_exit(1);
  // Threads use it until the process ends.
  auto* const supervisor = new Supervisor(std::move(simulation), front);  // NOLINT(*-owning-memory)
  supervisor->run();
  ::_exit(0);
}

}  // namespace pinfold::sim
