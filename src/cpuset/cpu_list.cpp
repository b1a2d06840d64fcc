#include <algorithm>
#include <charconv>
#include <system_error>

#include <pinfold/cpu_list.h>

#include "base/try.h"
#include "cpuset/cpu_list_item.h"

namespace pinfold {
namespace {

// Reads one item from left to right and knows the column where it stands.
class ItemReader {
 public:
  ItemReader(std::string_view item, std::optional<CpuId> highest)
      : item_(item), highest_(highest) {}

  Result<void> read(CpuSet& set) {
    if (item_.empty()) return error("a CPU number is missing");
    if (item_.starts_with("0x") || item_.starts_with("0X")) return read_mask(set);

    TRY(const unsigned first, cpu());
    if (at_end()) {
      set.add(CpuId(first));
      return {};
    }
    if (!take('-')) return error("expected '-' or ',' after a CPU number");
    const std::size_t second = at_;
    TRY(const unsigned last, cpu());
    if (last < first) return error("the range runs backwards", second);
    if (at_end()) {
      set.add_range(CpuId(first), CpuId(last));
      return {};
    }
    if (!take(':')) return error("expected ':' or ',' after a range");
    return read_stride(first, last, set);
  }

 private:
  // `:S` is one CPU of every S, `:U/S` is U CPUs of every S.
  Result<void> read_stride(unsigned first, unsigned last, CpuSet& set) {
    const std::size_t start = at_;
    TRY(unsigned used, number());
    unsigned group = used;
    if (take('/')) {
      const std::size_t group_at = at_;
      TRY(group, number());
      if (group == 0) return error("a group of 0 CPUs", group_at);
      if (used == 0) return error("0 CPUs of each group", start);
      if (used > group) return error("more CPUs used than the group has", start);
    } else {
      if (used == 0) return error("a stride of 0", start);
      used = 1;
    }
    if (!at_end()) return error("unexpected text after the stride");
    for (std::uint64_t from = first; from <= last; from += group) {
      const std::uint64_t to = std::min<std::uint64_t>(from + used - 1, last);
      set.add_range(CpuId(static_cast<unsigned>(from)), CpuId(static_cast<unsigned>(to)));
    }
    return {};
  }

  // The last digit stands for CPUs 0 to 3, the one before it for 4 to 7, and so on.
  Result<void> read_mask(CpuSet& set) {
    const std::string_view digits = item_.substr(2);
    if (digits.empty()) return error("a hexadecimal mask is missing after 0x", 2);
    if (digits.size() > highest_cpu_in_text.value() / 4 + 1)
      return error("the mask is too long", 2);
    for (std::size_t i = 0; i < digits.size(); ++i) {
      unsigned value = 0;
      const char* digit = digits.data() + i;
      if (std::from_chars(digit, digit + 1, value, 16).ec != std::errc()) {
        return error("not a hexadecimal digit", 2 + i);
      }
      const auto base = static_cast<unsigned>(digits.size() - 1 - i) * 4;
      for (unsigned bit = 0; bit < 4; ++bit) {
        if (((value >> bit) & 1U) != 0) set.add(CpuId(base + bit));
      }
    }
    return {};
  }

  Result<unsigned> cpu() {
    const std::size_t start = at_;
    if (take('N')) {
      if (highest_) return highest_->value();
      return error("N is not known here", start);
    }
    TRY(const unsigned value, number());
    if (value > highest_cpu_in_text.value()) return error("the CPU number is too large", start);
    return value;
  }

  Result<unsigned> number() {
    unsigned value = 0;
    const char* from = item_.data() + at_;
    const auto [end, status] = std::from_chars(from, item_.data() + item_.size(), value);
    if (status == std::errc::result_out_of_range) return error("the number is too large");
    if (status != std::errc()) {
      return error(at_end() ? "a CPU number is missing" : "not a CPU number");
    }
    at_ += static_cast<std::size_t>(end - from);
    return value;
  }

  bool take(char c) {
    if (at_end() || item_[at_] != c) return false;
    ++at_;
    return true;
  }

  [[nodiscard]] bool at_end() const { return at_ == item_.size(); }

  [[nodiscard]] std::unexpected<Error> error(const char* reason) const {
    return error(reason, at_);
  }
  [[nodiscard]] static std::unexpected<Error> error(const char* reason, std::size_t column) {
    return fail({.kind = ErrorKind::syntax, .reason = reason, .column = column});
  }

  std::string_view item_;
  std::optional<CpuId> highest_;
  std::size_t at_ = 0;
};

Result<CpuSet> parse(std::string_view text, const CpuSet* possible) {
  CpuSet set;
  const std::optional<CpuId> highest = possible ? possible->last() : std::nullopt;
  std::size_t start = 0;
  for (;;) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    const std::string_view item = text.substr(start, end - start);
    if (possible && item == "all") {
      set |= *possible;
    } else if (auto added = add_cpu_list_item(item, highest, set); !added) {
      Error error = std::move(added).error();
      error.text = text;
      error.column += start;
      return fail(std::move(error));
    }
    if (end == text.size()) return set;
    start = end + 1;
  }
}

void append_number(std::string& text, unsigned number) {
  char digits[16];
  const auto [end, status] = std::to_chars(std::begin(digits), std::end(digits), number);
  text.append(digits, end);
}

}  // namespace

Result<void> add_cpu_list_item(std::string_view item, std::optional<CpuId> highest, CpuSet& set) {
  return ItemReader(item, highest).read(set);
}

Result<CpuSet> parse_cpu_list(std::string_view text) { return parse(text, nullptr); }

Result<CpuSet> parse_cpu_list(std::string_view text, const CpuSet& possible) {
  return parse(text, &possible);
}

std::string to_cpu_list(const CpuSet& set) {
  std::string text;
  for (auto cpu = set.begin(); cpu != CpuSet::end();) {
    const unsigned first = (*cpu).value();
    unsigned last = first;
    while (++cpu != CpuSet::end() && (*cpu).value() == last + 1)
      ++last;
    if (!text.empty()) text += ',';
    append_number(text, first);
    if (last != first) {
      text += '-';
      append_number(text, last);
    }
  }
  return text;
}

std::string to_hex_mask(const CpuSet& set) {
  std::string text;
  for (std::size_t i = set.words().size(); i-- > 0;) {
    for (unsigned shift = CpuSet::word_bits; shift > 0;) {
      shift -= 4;
      const auto digit = static_cast<std::size_t>((set.words()[i] >> shift) & 0xf);
      if (digit != 0 || !text.empty()) text += "0123456789abcdef"[digit];
    }
  }
  return text.empty() ? "0" : text;
}

}  // namespace pinfold
