// The same work on each of many items, by several threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace pinfold {

/// work(i) for every i below `count`, by up to `workers` threads of which the caller is one.
/// Few items are not worth a thread.
template <class Work>
void parallel_for(std::size_t count, unsigned workers, const Work& work) {
  constexpr std::size_t chunk = 64;
  std::atomic<std::size_t> next = 0;
  const auto run = [&] {
    for (;;) {
      const std::size_t from = next.fetch_add(chunk);
      if (from >= count) return;
      for (std::size_t i = from; i < std::min(from + chunk, count); ++i)
        work(i);
    }
  };
  const std::size_t useful = std::min<std::size_t>(workers, count / (4 * chunk) + 1);
  std::vector<std::jthread> helpers;
  for (std::size_t i = 1; i < useful; ++i)
    helpers.emplace_back(run);
  run();
}

}  // namespace pinfold
