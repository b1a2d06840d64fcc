#include "sim/calls.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

#include "sim/guest_memory.h"
#include "sim/memory_calls.h"
#include "sim/proc_path.h"

namespace pinfold::sim {
namespace {

constexpr pid_t nobody = -1;  // a number that no task has

struct Known {
  const CallTable* table;
  CallKind kind;
};

std::optional<Known> find_call(const seccomp_data& data) {
  constexpr int x32 = 0x40000000;
  for (const CallTable& table : call_tables()) {
    if (table.architecture != data.arch) continue;
    const int number = data.arch == AUDIT_ARCH_X86_64 ? data.nr & ~x32 : data.nr;
    const auto found = std::ranges::find(table.calls, number, &CallNumber::number);
    if (found == table.calls.end()) return std::nullopt;
    return Known{.table = &table, .kind = found->kind};
  }
  return std::nullopt;
}

// The folder that a relative path begins at; empty where it cannot be told.
std::string folder_of(pid_t tid, int descriptor) {
  const std::string task = "/proc/" + std::to_string(tid);
  const std::string link =
      descriptor == AT_FDCWD ? task + "/cwd" : task + "/fd/" + std::to_string(descriptor);
  std::array<char, PATH_MAX> target{};
  const ssize_t length = ::readlink(link.c_str(), target.data(), target.size());
  return length < 0 ? std::string() : std::string(target.data(), static_cast<std::size_t>(length));
}

// Nothing that is written is served, and folders have mounts.
constexpr unsigned passed_over = O_WRONLY | O_RDWR | O_PATH | O_DIRECTORY;

bool is_open(CallKind kind) {
  return kind == CallKind::open || kind == CallKind::open_at || kind == CallKind::open_at2;
}

// How the file is opened; where that cannot be read, so that it is passed over.
std::uint64_t flags_of(const seccomp_notif& notice, CallKind kind) {
  if (kind != CallKind::open_at2) return notice.data.args[kind == CallKind::open ? 1 : 2];
  open_how how{};
  const bool read = read_value(static_cast<pid_t>(notice.pid), notice.data.args[2], how);
  return read ? how.flags : passed_over;
}

}  // namespace

Calls::Calls(World& world, ProcFiles& files, OnMissing on_missing)
    : world_(world),
      files_(files),
      on_missing_(std::move(on_missing)),
      session_{.system = world.system(), .caller = &world.system().init()},
      native_(session_),
      narrow_(session_, model::Layout::words_of_32_bits) {}

void Calls::serve(Listener& listener) {
  bool turns = false;
  for (;;) {
    if (const bool alone = world_.has_one_task(); alone != turns) {
      listener.take_turns(alone);
      turns = alone;
    }
    const auto notice = listener.receive();
    if (!notice) return;
    answer(listener, *notice);
  }
}

void Calls::answer(Listener& listener, const seccomp_notif& notice) {
  const auto known = find_call(notice.data);
  const auto tid = static_cast<pid_t>(notice.pid);
  if (!known || tid == 0) return listener.let_through(notice);
  std::optional<ProcPath> opened;
  if (is_open(known->kind)) {  // most calls are this, and most files others
    opened = opened_file(notice, known->kind);
    if (!opened) return listener.let_through(notice);
  }
  const std::scoped_lock lock(world_.mutex());
  model::Task* caller = world_.system().tasks().find(tid);
  if (!caller) caller = world_.find(tid);
  if (!caller) return listener.let_through(notice);  // it was killed
  if (opened) {
    const Fd file = files_.open(*caller, *opened);
    if (!file.is_open()) return listener.let_through(notice);
    return listener.answer_with(notice, file, (flags_of(notice, known->kind) & O_CLOEXEC) != 0);
  }
  session_.caller = caller;
  const auto value = value_of({.notice = notice,
                               .kind = known->kind,
                               .words_of_32_bits = known->table->words_of_32_bits,
                               .caller = *caller});
  if (value) {
    listener.answer(notice, *value);
  } else {
    listener.let_through(notice);
  }
}

std::optional<long> Calls::value_of(const Call& call) {
  switch (call.kind) {
    case CallKind::set_affinity:
      return set_affinity(call);
    case CallKind::get_affinity:
      return get_affinity(call);
    case CallKind::get_cpu:
      return get_cpu(call);
    case CallKind::set_scheduler_attributes:
      return set_scheduler_attributes(call);
    case CallKind::set_memory_policy:
      return set_memory_policy(session_, call.tid(),
                               {.mode = static_cast<int>(call.argument(0)),
                                .mask = call.argument(1),
                                .most_nodes = call.argument(2)});
    case CallKind::get_memory_policy:
      return get_memory_policy(session_, call.tid(), call.notice.data.args);
    case CallKind::bind_memory:
      return bind_memory(session_, call.tid(),
                         {.mode = static_cast<int>(call.argument(2)),
                          .mask = call.argument(3),
                          .most_nodes = call.argument(4)});
    case CallKind::trace:
      miss(Missing::tracing, call);
      return -EPERM;  // what a tracer is told of a task that is traced already
    case CallKind::set_up_io_uring:
      miss(Missing::io_uring, call);
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

void Calls::miss(Missing what, const Call& call) { on_missing_(what, name_of(call.tid())); }

long Calls::set_affinity(const Call& call) {
  const model::System& system = world_.system();
  const auto pid = static_cast<pid_t>(call.argument(0));
  const std::size_t size =
      std::min<std::size_t>(static_cast<std::uint32_t>(call.argument(1)), system.mask_bytes());
  constexpr std::size_t word = 4;  // the 32-bit call reads whole ones
  buffer_.assign((size + word - 1) / word * word, {});
  const std::size_t wanted = call.words_of_32_bits ? buffer_.size() : size;
  const std::size_t readable =
      read_memory(call.tid(), call.argument(2), std::span(buffer_).first(wanted));
  model::Task* target = world_.find(call.caller, pid);
  if (target) {
    if (target != &call.caller) {
      world_.refresh_credentials(call.caller);
      world_.refresh_credentials(*target);
    }
    world_.refresh_scheduler(*target);
  }
  std::optional<SetCall> record;
  if (world_.records()) {
    record.emplace();
    record->actor = world_.who(call.caller);
    if (target) {
      record->target = target == &call.caller ? record->actor : world_.who(*target);
      record->before = *target->allowed;
    }
    std::vector<CpuSet::Word> words(system.mask_bytes() / sizeof(CpuSet::Word));
    std::copy_n(buffer_.data(), readable, std::as_writable_bytes(std::span(words)).data());
    record->asked = CpuSet::from_words(words);
  }
  model::ModelAbi& abi = call.words_of_32_bits ? narrow_ : native_;
  const long result =
      abi.set_affinity(target ? target->number : nobody, call.argument(1),
                       {.address = buffer_.data(), .readable = readable, .writable = 0});
  if (record) {
    record->error = static_cast<int>(-result);
    if (target) record->effective = system.effective(*target);
    world_.record(std::move(*record));
  }
  return result;
}

long Calls::get_affinity(const Call& call) {
  const auto pid = static_cast<pid_t>(call.argument(0));
  buffer_.assign(world_.system().mask_bytes(), {});
  const model::Task* target = world_.find(call.caller, pid);
  model::ModelAbi& abi = call.words_of_32_bits ? narrow_ : native_;
  const long result =
      abi.get_affinity(target ? target->number : nobody, call.argument(1),
                       {.address = buffer_.data(), .readable = 0, .writable = buffer_.size()});
  if (result <= 0) return result;
  const auto length = static_cast<std::size_t>(result);
  const bool written =
      write_memory(call.tid(), call.argument(2), std::span(buffer_).first(length)) == length;
  return written ? result : -EFAULT;
}

long Calls::get_cpu(const Call& call) {
  const unsigned cpu = call.caller.cpu;
  const unsigned node = world_.system().node_of(CpuId(cpu));
  if (call.argument(0) != 0 && !write_value(call.tid(), call.argument(0), cpu)) return -EFAULT;
  if (call.argument(1) != 0 && !write_value(call.tid(), call.argument(1), node)) return -EFAULT;
  return 0;
}

// The class itself is the kernel's under us; what the model says of it is the admission, which
// depends on the mask.
std::optional<long> Calls::set_scheduler_attributes(const Call& call) {
  struct Beginning {  // of struct sched_attr
    std::uint32_t size;
    std::uint32_t policy;
  } attributes{};
  constexpr std::uint32_t sched_deadline = 6;
  model::Task* const target = world_.find(call.caller, static_cast<pid_t>(call.argument(0)));
  if (!target || !read_value(call.tid(), call.argument(1), attributes)) return std::nullopt;
  if (attributes.policy == sched_deadline && !target->deadline) {
    if (const int refused = world_.system().become_deadline(*target); refused != 0) return refused;
  }
  world_.scheduler_changed(*target);
  return std::nullopt;
}

// Which of those files is opened for reading, if any.
std::optional<ProcPath> Calls::opened_file(const seccomp_notif& notice, CallKind kind) {
  const auto tid = static_cast<pid_t>(notice.pid);
  const bool at = kind != CallKind::open;
  // A program that was begun meanwhile has other memory.
  if (const std::uint64_t programs = world_.programs(); programs != programs_) {
    memory_.forget();
    programs_ = programs;
  }
  const auto path = memory_.text(tid, notice.data.args[at ? 1 : 0]);
  if (!path || !may_be_proc_file(*path)) return std::nullopt;
  if ((flags_of(notice, kind) & passed_over) != 0) return std::nullopt;
  std::string base;
  if (!path->starts_with('/')) {
    base = folder_of(tid, at ? static_cast<int>(notice.data.args[0]) : AT_FDCWD);
    if (base.empty()) return std::nullopt;
  }
  return parse_proc_path(absolute_path(base, *path));
}

}  // namespace pinfold::sim
