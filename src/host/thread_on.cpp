#include <system_error>

#include <pinfold/thread_on.h>

namespace pinfold {

Result<std::jthread> thread_on(const CpuSet& cpus, std::move_only_function<void()> work) {
  std::promise<Result<Placement>> pinned;
  auto placement = pinned.get_future();
  std::jthread thread;
  try {
    thread = std::jthread([&cpus, pinned = std::move(pinned), work = std::move(work)]() mutable {
      auto placed = pin(this_thread(), cpus);
      const bool ok = placed.has_value();
      pinned.set_value(std::move(placed));  // `cpus` is the creator's, who goes on now
      if (ok) work();
    });
  } catch (const std::system_error& error) {
    return fail(
        {.kind = ErrorKind::system, .number = error.code().value(), .text = "pthread_create"});
  }
  if (auto placed = placement.get(); !placed) return fail(std::move(placed).error());
  return thread;
}

}  // namespace pinfold
