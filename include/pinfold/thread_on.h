// A thread that starts on its CPUs.
#pragma once

#include <functional>
#include <future>
#include <thread>
#include <utility>

#include <pinfold/cpu_set.h>
#include <pinfold/pin.h>
#include <pinfold/result.h>

namespace pinfold {

/// Starts a thread that runs `work` on `cpus` and nowhere else before: the new thread is pinned,
/// and that is seen, before the first line of `work`. If it cannot be pinned the thread ends,
/// `work` never runs, and the error is pin()'s. A thread that cannot be made is kind `system`.
/// `work` must not throw.
Result<std::jthread> thread_on(const CpuSet& cpus, std::move_only_function<void()> work);

}  // namespace pinfold
