#include "model/kernel_list.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>

namespace pinfold::model {
namespace {

constexpr std::string_view white_space = " \t\n\v\f\r";
constexpr std::string_view between_items = ", \t\n\v\f\r";

// One item: `all`, `N`, `3`, `0-7`, `0-7:2/4`.
class Item {
 public:
  Item(std::string_view text, unsigned limit) : text_(text), last_(limit - 1) {}

  int read() {
    if (text_.starts_with("all")) {
      text_.remove_prefix(3);
      to = last_;
      return text_.empty() ? 0 : pattern();
    }
    if (const int wrong = number(from); wrong != 0) return wrong;
    to = from;
    if (text_.empty()) return 0;
    if (!take('-')) return -EINVAL;
    if (const int wrong = number(to); wrong != 0) return wrong;
    return text_.empty() ? 0 : pattern();
  }

  unsigned from = 0;
  unsigned to = 0;
  unsigned used = 1;   // of
  unsigned group = 1;  // every so many

 private:
  bool take(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  int number(unsigned& value) {
    if (take('N')) {
      value = last_;
      return 0;
    }
    const auto [end, status] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    if (status == std::errc::result_out_of_range) return -EOVERFLOW;
    if (status != std::errc()) return -EINVAL;
    text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
    return 0;
  }
  int pattern() {
    if (!take(':')) return -EINVAL;
    if (const int wrong = number(used); wrong != 0) return wrong;
    if (!take('/')) return -EINVAL;
    if (const int wrong = number(group); wrong != 0) return wrong;
    return text_.empty() ? 0 : -EINVAL;
  }

  std::string_view text_;
  unsigned last_;
};

}  // namespace

std::string_view strip(std::string_view text) {
  const auto first = text.find_first_not_of(white_space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

int parse_kernel_list(std::string_view text, unsigned limit, CpuSet& numbers) {
  numbers.clear();
  for (;;) {
    const auto start = text.find_first_not_of(between_items);
    if (start == std::string_view::npos) return 0;
    text.remove_prefix(start);
    const auto length = std::min(text.find_first_of(between_items), text.size());
    Item item(text.substr(0, length), limit);
    text.remove_prefix(length);
    if (const int wrong = item.read(); wrong != 0) return wrong;
    if (item.from > item.to || item.group == 0 || item.used > item.group) return -EINVAL;
    if (item.to >= limit) return -ERANGE;
    if (item.used == item.group) {
      numbers.add_range(CpuId(item.from), CpuId(item.to));
      continue;
    }
    if (item.used == 0) continue;
    for (std::uint64_t at = item.from; at <= item.to; at += item.group) {
      const auto last = std::min<std::uint64_t>(at + item.used - 1, item.to);
      numbers.add_range(CpuId(static_cast<unsigned>(at)), CpuId(static_cast<unsigned>(last)));
    }
  }
}

}  // namespace pinfold::model
