#include "pin/pinner.h"

#include <atomic>
#include <cerrno>
#include <chrono>

#include "base/try.h"
#include "pin/assignment.h"
#include "pin/check.h"
#include "pin/explain.h"

namespace pinfold {

Result<Placement> set_and_read_back(Kernel& kernel, Tid tid, const CpuSet& asked, Clip clip) {
  if (asked.empty()) return fail({.kind = ErrorKind::empty_set});
  if (auto set = kernel.set_affinity(tid, asked); !set) {
    return fail(explain_refusal(kernel, tid, asked, set.error().number));
  }
  TRY(CpuSet effective, kernel.effective(tid));
  // allowed lies between effective and asked, so where those are equal it is known.
  if (effective == asked) {
    Result<Placement> placed(std::in_place, asked, asked, std::move(effective));
    return placed;
  }
  if (clip == Clip::no) return fail(explain_narrowing(kernel, tid, asked, effective));
  TRY(CpuSet allowed, kernel.allowed(tid));
  return Placement{asked, std::move(allowed), std::move(effective)};
}

Result<Affinity> read_affinity(Kernel& kernel, Tid tid) {
  auto effective = kernel.effective(tid);
  if (!effective) {
    Error error = std::move(effective).error();
    if (error.number != ESRCH) return fail(std::move(error));
    return fail({.kind = ErrorKind::no_such_task,
                 .number = ESRCH,
                 .task = "thread " + std::to_string(tid.value())});
  }
  TRY(CpuSet allowed, kernel.allowed(tid));
  return Affinity{std::nullopt, std::move(allowed), std::move(*effective)};
}

// What a thread last saw, and of which Pinner: an address may be another one's later.
struct Pinner::ThreadsView {
  std::uint64_t pinner = 0;
  std::shared_ptr<const OwnLimits> limits;
};

Pinner::Pinner(Kernel& kernel, Clock& clock)
    : kernel_(kernel), clock_(clock), id_([] {
        static std::atomic<std::uint64_t> last = 0;
        return ++last;
      }()) {}

Pinner::ThreadsView& Pinner::view() {
  static thread_local ThreadsView view;
  return view;
}

const Pinner::OwnLimits* Pinner::read_own_limits() {
  auto limits = read_limits(kernel_, Tid());
  if (!limits) return nullptr;  // then the kernel's answer must do
  CpuSet usable = limits->usable();
  auto read =
      std::make_shared<const OwnLimits>(std::move(*limits), std::move(usable), clock_.now());
  const std::lock_guard lock(mutex_);
  latest_ = read;
  view() = {id_, std::move(read)};
  return latest_.get();
}

const Pinner::OwnLimits* Pinner::own_limits() {
  const auto fresh = [oldest = clock_.now() - std::chrono::seconds(1)](const auto& limits) {
    return limits && limits->read_at > oldest;
  };
  ThreadsView& mine = view();
  if (mine.pinner == id_ && fresh(mine.limits)) return mine.limits.get();
  {
    const std::lock_guard lock(mutex_);
    if (fresh(latest_)) {
      mine = {id_, latest_};
      return mine.limits.get();
    }
  }
  return read_own_limits();
}

Result<Placement> Pinner::pin_self(const CpuSet& asked, Clip clip) {
  const OwnLimits* own = own_limits();
  if (!own || own->usable.contains(asked)) return set_and_read_back(kernel_, Tid(), asked, clip);
  own = read_own_limits();
  if (!own) return set_and_read_back(kernel_, Tid(), asked, clip);
  TRY(const CpuSet cpus, check_cpus(asked, own->limits, clip, task_label(kernel_, Tid())));
  return set_and_read_back(kernel_, Tid(), cpus, clip);
}

Result<Placement> Pinner::pin(Tid tid, const CpuSet& asked, Clip clip) {
  if (tid == Tid()) return pin_self(asked, clip);
  TRY(const Assignment assignment,
      prepare(kernel_, tid, {.cpus = [&](const Limits&) { return asked; }, .clip = clip}));
  TRY(ProcessPlacement placed, apply(kernel_, assignment));
  ThreadPlacement& thread = placed.threads.front();
  if (thread.error) return fail(Error(*thread.error));
  return Placement{std::move(thread.asked), std::move(thread.allowed), std::move(thread.effective)};
}

CpuSet Pinner::mask_to_put_back(const CpuSet& effective) {
  const OwnLimits* own = own_limits();
  return own ? pinfold::mask_to_put_back(effective, own->limits) : effective;
}

}  // namespace pinfold
