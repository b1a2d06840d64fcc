#include "differential/actor.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <cstring>

#include "differential/raw_call.h"
#include "support/deadline.h"

namespace pinfold::test {
namespace {

int live_as(void* argument) {
  const Actor actor = *static_cast<Actor*>(argument);
  actor.live();
}

// The C library's threads would change all threads' credentials when one is to change its own.
long start_thread(const Actor& actor) {
  constexpr std::size_t stack_size = 64 * 1024;
  constexpr int flags =
      CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
  void* stack =
      ::mmap(nullptr, stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (stack == MAP_FAILED) return -ENOMEM;
  auto* own = new (stack) Actor(actor);
  const int tid = ::clone(live_as, static_cast<char*>(stack) + stack_size, flags, own);
  return tid < 0 ? -errno : tid;
}

long exec(const Actor& actor) {
  char numbers[3][16] = {};
  const unsigned values[] = {actor.slot, static_cast<unsigned>(actor.mailbox->descriptor()),
                             static_cast<unsigned>(actor.program)};
  for (int i = 0; i < 3; ++i)
    std::to_chars(numbers[i], numbers[i] + sizeof numbers[i] - 1, values[i]);
  char name[] = "differential";
  char word[8];
  std::strcpy(word, actor_argument);
  char* arguments[] = {name, word, numbers[0], numbers[1], numbers[2], nullptr};
  char* environment[] = {nullptr};
  return raw_call(SYS_execveat, actor.program, "", arguments, environment, AT_EMPTY_PATH);
}

long set_capabilities(std::uint64_t permitted, std::uint64_t effective) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct words[2];
  for (int i = 0; i < 2; ++i) {
    words[i] = {.effective = static_cast<std::uint32_t>(effective >> (32 * i)),
                .permitted = static_cast<std::uint32_t>(permitted >> (32 * i)),
                .inheritable = 0};
  }
  return raw_call(SYS_capset, &header, words);
}

// 0.1 ms of every 100: little enough for many of them.
long become_deadline() {
  const DeadlineAttributes attributes{.runtime = 100'000};
  return raw_call(SYS_sched_setattr, 0, &attributes, 0);
}

long perform(const Actor& actor, const Command& command) {
  Actor made = actor;
  made.slot = command.made;
  switch (command.what) {
    case Command::What::fork:
      return fork_actor(made);
    case Command::What::thread:
      return start_thread(made);
    case Command::What::exit:
      return raw_call(SYS_exit, 0);
    case Command::What::reap:
      return raw_call(SYS_wait4, command.number, nullptr, __WALL, nullptr);
    case Command::What::exec:
      return exec(actor);
    case Command::What::userns:
      return raw_call(SYS_unshare, CLONE_NEWUSER);
    case Command::What::deadline:
      return become_deadline();
    case Command::What::uids:
      return raw_call(SYS_setresuid, command.uids[0], command.uids[1], command.uids[2]);
    case Command::What::capabilities:
      return set_capabilities(command.permitted, command.effective);
    case Command::What::set:
      return raw_call(SYS_sched_setaffinity, command.number, command.length, command.mask.data());
    case Command::What::spin:
      (*actor.mailbox)[actor.slot].spins = true;
      return 0;
    case Command::What::sleep:
      (*actor.mailbox)[actor.slot].spins = false;
      return 0;
  }
  return -EINVAL;
}

void answer(Slot& slot, long result) {
  slot.result = result;
  slot.answered.store(slot.asked.load());
  wake_all(slot.answered);
}

unsigned number(const char* text) {
  unsigned value = 0;
  std::from_chars(text, text + std::strlen(text), value);
  return value;
}

}  // namespace

void Actor::live() const {
  Slot& own = (*mailbox)[slot];
  for (;;) {
    const std::uint32_t done = own.answered.load();
    while (own.asked.load() == done) {
      if (!own.spins) wait_while(own.asked, done);
    }
    answer(own, perform(*this, own.command));
  }
}

void live_after_exec(char** arguments) {
  Mailbox mailbox(static_cast<int>(number(arguments[1])));
  const Actor actor{.mailbox = &mailbox,
                    .program = static_cast<int>(number(arguments[2])),
                    .slot = number(arguments[0])};
  answer(mailbox[actor.slot], 0);
  actor.live();
}

long fork_actor(const Actor& actor) {
  const long pid = raw_call(SYS_clone, SIGCHLD, 0, 0, 0, 0);
  if (pid != 0) return pid;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP})
    ::signal(signal, SIG_DFL);
  actor.live();
}

}  // namespace pinfold::test
