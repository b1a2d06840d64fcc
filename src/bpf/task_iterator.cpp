#include "bpf/task_iterator.h"

#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <span>

#include <pinfold/cpu_list.h>

#include "base/file.h"
#include "base/try.h"
#include "bpf/images.h"
#include "bpf/syscalls.h"
#include "kernel/activity.h"
#include "task_record.h"

namespace pinfold {
namespace {

// include/linux/sched.h
constexpr unsigned pf_no_setaffinity = 0x04000000;
constexpr unsigned pf_kthread = 0x00200000;
constexpr unsigned sched_deadline = 6;

// A task that is both sleeps as I; the others are fine-grained kinds of D (task_state_index()).
constexpr unsigned task_uninterruptible = 0x2;
constexpr unsigned task_noload = 0x400;
constexpr unsigned task_rtlock_wait = 0x1000;
constexpr unsigned task_frozen = 0x8000;

char state_letter(const task_record& record) {
  constexpr unsigned idle = task_uninterruptible | task_noload;
  if ((record.state & idle) == idle) return 'I';
  if ((record.state & (task_rtlock_wait | task_frozen)) != 0) return 'D';
  constexpr std::string_view letters = "RSDTtXZP";
  constexpr unsigned reported = 0x7f;
  const unsigned state = (record.state | record.exit_state) & reported;
  return letters[static_cast<std::size_t>(std::bit_width(state))];
}

Task task_of(const task_record& record) {
  static const auto ticks_per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  constexpr std::uint64_t second = 1'000'000'000;
  const auto* name = static_cast<const char*>(record.name);
  return {.pid = Pid(record.pid),
          .parent = Pid(record.parent),
          .tid = Tid(record.tid),
          .name = std::string(name, ::strnlen(name, sizeof record.name)),
          .state = state_letter(record),
          .start_time = record.start_time / (second / ticks_per_second),
          .cpu = CpuId(record.cpu),
          .kernel_thread = (record.flags & pf_kthread) != 0,
          .bound_by_kernel = (record.flags & pf_no_setaffinity) != 0,
          .deadline = record.policy == sched_deadline};
}

bool is_in(const Scope& scope, const Task& task) {
  if (const Pid* pid = std::get_if<Pid>(&scope)) return task.pid == *pid;
  if (const Tid* tid = std::get_if<Tid>(&scope)) return task.tid == *tid;
  return true;
}

// Takes records from the front of what was read.
class Records {
 public:
  Records(std::span<const unsigned char> bytes, unsigned mask_words, unsigned cpu_ids)
      : bytes_(bytes), words_(mask_words), cpu_ids_(cpu_ids) {}

  /// Nothing where there is no whole one.
  std::optional<TaskMasks> next() {
    task_record record{};
    if (bytes_.size() < sizeof record) return std::nullopt;
    std::memcpy(&record, bytes_.data(), sizeof record);
    const bool has_request = record.request == task_request_known;
    const std::size_t mask_bytes = words_.size() * sizeof(CpuSet::Word);
    if (bytes_.size() < sizeof record + ((has_request ? 2 : 1) * mask_bytes)) return std::nullopt;
    bytes_ = bytes_.subspan(sizeof record);
    TaskMasks masks{.task = task_of(record),
                    .allowed = mask(),
                    .request = std::nullopt,
                    .outside_clone = record.has_call != 0 && is_outside_clone(record.call)};
    if (record.request == task_request_none) masks.request.emplace();
    if (has_request) masks.request = mask();
    return masks;
  }

  [[nodiscard]] std::span<const unsigned char> rest() const { return bytes_; }

 private:
  CpuSet mask() {
    const std::size_t size = words_.size() * sizeof(CpuSet::Word);
    std::memcpy(words_.data(), bytes_.data(), size);
    bytes_ = bytes_.subspan(size);
    if (const unsigned bits = cpu_ids_ % CpuSet::word_bits; bits != 0) {
      words_.back() &= (CpuSet::Word{1} << bits) - 1;
    }
    return CpuSet::from_words(words_);
  }

  std::span<const unsigned char> bytes_;
  std::vector<CpuSet::Word> words_;
  unsigned cpu_ids_;
};

}  // namespace

Result<TaskIterator::Program> TaskIterator::load() {
  // Who answers system calls in the kernel's stead (seccomp_unotify(2), as `pinfold sim` does)
  // would show one machine, and the iterator another.
  if (::prctl(PR_GET_SECCOMP) == SECCOMP_MODE_FILTER) {
    return fail({.kind = ErrorKind::unsupported,
                 .text = "the task iterator",
                 .reason = "a filter of system calls (seccomp) may show another system than it"});
  }
  const char* const file = "/sys/devices/system/cpu/possible";
  TRY(const std::string line, read_line(file));
  TRY(const CpuSet possible, parse_cpu_list(line));
  const auto last = possible.last();
  if (!last) return fail({.kind = ErrorKind::unsupported, .text = file, .reason = "no CPU"});

  Program program;
  program.cpu_ids = last->value() + 1;
  program.mask_words = (program.cpu_ids + CpuSet::word_bits - 1) / CpuSet::word_bits;
  TRY(const bpf::TasksImage image, bpf::tasks_image());
  TRY(bpf::Loaded loaded, bpf::load(image.image));
  const task_question question = {.mask_words = program.mask_words};
  std::array<unsigned char, sizeof question> bytes{};
  std::memcpy(bytes.data(), &question, sizeof question);
  CHECK_OK(bpf::write_array(loaded.maps[image.question], bytes));
  program.tasks = std::move(loaded.programs[image.tasks]);
  program.maps = std::move(loaded.maps);
  return program;
}

Result<void> TaskIterator::read(const Scope& scope, const VisitTask& visit) {
  const std::lock_guard lock(mutex_);
  if (!program_) program_ = load();
  if (!*program_) return fail(Error(program_->error()));
  const Program& program = **program_;

  bpf::IteratorTarget target;
  if (const Pid* pid = std::get_if<Pid>(&scope)) target.pid = *pid;
  if (const Tid* tid = std::get_if<Tid>(&scope)) target.tid = *tid;
  TRY(const Fd iterator, bpf::open_task_iterator(program.tasks, target));

  std::vector<unsigned char> buffer(std::size_t{64} << 10U);
  std::size_t size = 0;  // of a record that was not whole, in front
  for (;;) {
    // NOLINTNEXTLINE(clang-analyzer-unix.*): one pass at a time is what the lock is for
    const ssize_t length = ::read(iterator.get(), &buffer[size], buffer.size() - size);
    if (length == 0) return {};
    if (length < 0) {
      if (errno == EAGAIN || errno == EINTR) continue;  // EAGAIN: many tasks were passed over
      return fail({.kind = ErrorKind::system, .number = errno, .text = "the task iterator"});
    }
    size += static_cast<std::size_t>(length);
    Records records{std::span(buffer).first(size), program.mask_words, program.cpu_ids};
    while (const auto masks = records.next()) {
      const bool has_number = masks->task.tid != Tid();
      if (has_number && is_in(scope, masks->task)) visit(*masks);
    }
    size = records.rest().size();
    std::memmove(buffer.data(), records.rest().data(), size);
  }
}

}  // namespace pinfold
