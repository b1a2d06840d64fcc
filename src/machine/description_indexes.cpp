#include "machine/description_indexes.h"

#include <algorithm>
#include <string>

#include "base/try.h"
#include "machine/description_cursor.h"

namespace pinfold {
namespace {

// Every `step` objects the index grows, `count` times, then starts again.
struct Loop {
  std::uint64_t step;
  std::uint64_t count;
};

using Numbers = std::vector<std::uint32_t>;

class IndexReader {
 public:
  IndexReader(std::string_view text, TextRange range, const Numbered& numbered)
      : cursor_(text, range.begin, range.end), begin_(range.begin), numbered_(numbered) {}

  Result<Numbers> read() {
    if (cursor_.at_letter()) {
      TRY(const auto loops, loops_over_levels());
      return interleave(loops);
    }
    TRY(const auto first, cursor_.take_number(most_described_cpus));
    if (cursor_.peek() != '*') return list(first);
    TRY(const auto loops, loops_by_step(first));
    return interleave(loops);
  }

 private:
  Result<Numbers> list(std::uint32_t first) {
    Numbers numbers;
    std::vector<bool> used;
    for (std::size_t column = begin_; true;) {
      if (first > numbered_.largest) {
        return cursor_.wrong_at(column, "the number is too large: up to " +
                                            std::to_string(numbered_.largest) + " is possible");
      }
      if (first >= used.size()) used.resize(first + 1);
      if (used[first]) return cursor_.wrong_at(column, std::to_string(first) + " a second time");
      used[first] = true;
      numbers.push_back(first);
      if (!cursor_.take(',')) break;
      column = cursor_.column();
      TRY(first, cursor_.take_number(most_described_cpus));
    }
    if (!cursor_.at_end()) return cursor_.wrong("expected ',' or the end of the indexes");
    if (numbers.size() != numbered_.total) {
      return cursor_.wrong(std::to_string(numbers.size()) + " indexes for " +
                           std::to_string(numbered_.total));
    }
    return numbers;
  }

  Result<std::vector<Loop>> loops_by_step(std::uint32_t step) {
    std::vector<Loop> loops;
    for (std::size_t column = begin_; true;) {
      if (!cursor_.take('*')) return cursor_.wrong("expected '*'");
      TRY(const auto count, cursor_.take_number(most_described_cpus));
      if (step == 0 || count == 0) return cursor_.wrong_at(column, "0 in an interleaving");
      loops.push_back({step, count});
      if (!cursor_.take(':')) break;
      column = cursor_.column();
      TRY(step, cursor_.take_number(most_described_cpus));
    }
    if (!cursor_.at_end()) return cursor_.wrong("expected ':' or the end of the indexes");
    return loops;
  }

  // Which level stands next.
  Result<std::size_t> level() {
    const std::size_t column = cursor_.column();
    const std::string word = cursor_.take_word();
    const auto type = level_type(word);
    if (!type) return cursor_.wrong_at(column, unknown_type(word));
    const auto found = std::ranges::find(numbered_.levels, *type, &DescribedLevel::type);
    if (found == numbered_.levels.end()) {
      return cursor_.wrong_at(column, "there is no level " + word + " above");
    }
    return static_cast<std::size_t>(found - numbered_.levels.begin());
  }

  Result<std::vector<Loop>> loops_over_levels() {
    std::vector<std::size_t> depths;
    do {
      const std::size_t column = cursor_.column();
      TRY(const std::size_t depth, level());
      if (std::ranges::find(depths, depth) != depths.end()) {
        return cursor_.wrong_at(column, "the same level a second time");
      }
      depths.push_back(depth);
    } while (cursor_.take(':'));
    if (!cursor_.at_end()) return cursor_.wrong("expected ':' or the end of the indexes");

    std::vector<Loop> loops;
    for (const std::size_t depth : depths) {
      std::size_t parent = 0;  // the nearest above among those named
      for (const std::size_t other : depths) {
        if (other < depth) parent = std::max(parent, other);
      }
      const std::uint32_t total = numbered_.levels[depth].total;
      if (numbered_.total % total != 0) return does_not_fit();
      loops.push_back({numbered_.total / total, total / numbered_.levels[parent].total});
    }
    return loops;
  }

  Result<Numbers> interleave(std::vector<Loop> loops) {
    const std::uint64_t total = numbered_.total;
    std::uint64_t product = 1;
    std::uint64_t smallest = total;
    for (const Loop& loop : loops) {
      product *= loop.count;
      if (product > total) return does_not_fit();
      smallest = std::min(smallest, loop.step);
    }
    if (product != total) {
      if (total % product != 0 || total / product != smallest) return does_not_fit();
      loops.push_back({1, smallest});
    }
    Numbers numbers(total);
    std::uint64_t weight = 1;
    for (const Loop& loop : loops) {
      if (loop.count == 1) continue;
      for (std::uint64_t i = 0; i < total; ++i)
        numbers[i] += static_cast<std::uint32_t>(i / loop.step % loop.count * weight);
      weight *= loop.count;
    }
    std::vector<bool> used(total);
    for (const std::uint32_t number : numbers) {
      if (used[number]) return does_not_fit();
      used[number] = true;
    }
    return numbers;
  }

  [[nodiscard]] std::unexpected<Error> does_not_fit() const {
    return cursor_.wrong_at(begin_, "this interleaving does not number " +
                                        std::to_string(numbered_.total) + " objects from 0 to " +
                                        std::to_string(numbered_.total - 1));
  }

  DescriptionCursor cursor_;
  std::size_t begin_;
  Numbered numbered_;
};

}  // namespace

Result<std::vector<std::uint32_t>> read_indexes(std::string_view text, TextRange range,
                                                const Numbered& numbered) {
  return IndexReader(text, range, numbered).read();
}

}  // namespace pinfold
