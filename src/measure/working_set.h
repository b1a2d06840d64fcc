// Memory that a thread works with, walked line by line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include <pinfold/result.h>

namespace pinfold::measure {

/// Cache lines in a ring, in random order: each holds where the next one is, so that no line is
/// asked for before the one before it has come, and no prefetcher guesses it. In each a number is
/// written: what one CPU has walked over no other has in its cache any more, as with the data of
/// most programs. Large ones ask for huge pages, so that it is lines that are waited for more than
/// addresses.
class WorkingSet {
 public:
  static constexpr std::size_t line = 64;

  /// Memory is the calling thread's node's: it is touched here. `system` with ENOMEM.
  static Result<WorkingSet> make(std::size_t bytes, std::uint32_t seed);

  [[nodiscard]] std::size_t bytes() const { return bytes_; }

  /// Goes once over all lines.
  void walk();
  /// How often each line was walked over; 0 if not all equally often.
  [[nodiscard]] std::uint64_t walks() const;

 private:
  struct Line {
    Line* next = nullptr;
    std::uint64_t walks = 0;
    std::byte rest[line - sizeof(Line*) - sizeof(std::uint64_t)];
  };
  struct Unmap {
    std::size_t bytes = 0;
    void operator()(Line* memory) const;
  };

  WorkingSet(Line* memory, std::size_t bytes) : lines_(memory, Unmap{bytes}), bytes_(bytes) {}

  std::unique_ptr<Line[], Unmap> lines_;
  std::size_t bytes_;
};

}  // namespace pinfold::measure
