#include <algorithm>
#include <charconv>
#include <system_error>

#include <pinfold/cpu_list.h>

#include "cpuset/cpu_list_item.h"

namespace pinfold {
namespace {

// At most six digits, which is always below highest_cpu_in_text.
bool read_short_number(const char*& at, const char* end, unsigned& value) {
  const char* const start = at;
  value = 0;
  for (; at != end && *at >= '0' && *at <= '9'; ++at) {
    value = value * 10 + static_cast<unsigned>(*at - '0');
  }
  return at != start && at - start <= 6;
}

// Items like `5` and `0-3`, which is what nearly all lists are made of, in a quarter of the
// time that Reader takes. Stops before the first that is anything else, a mistake too, and
// says where; nothing when it came to the end.
std::optional<const char*> read_plain_items(std::string_view text, CpuSet& set) {
  const char* at = text.data();
  const char* const end = at + text.size();
  for (const char* item = at;; item = ++at) {
    unsigned first = 0;
    if (!read_short_number(at, end, first)) return item;
    unsigned last = first;
    if (at != end && *at == '-' && !read_short_number(++at, end, last)) return item;
    if (last < first || (at != end && *at != ',')) return item;
    set.add_range(CpuId(first), CpuId(last));
    if (at == end) return std::nullopt;
  }
}

// Reads items from left to right. What is wrong is kept as a reason and a column: a whole
// Error passed up from every number would cost more than reading it.
class Reader {
 public:
  // Begins at `at`, a place in `text`.
  Reader(std::string_view text, const char* at, std::optional<CpuId> highest)
      : start_(text.data()), at_(at), end_(start_ + text.size()), highest_(highest) {}

  // The next item, up to a comma or the end.
  bool item(CpuSet& set) {
    if (take_hex_prefix()) return mask(set);
    unsigned first = 0;
    if (!cpu(first)) return false;
    if (at_item_end()) {
      set.add(CpuId(first));
      return true;
    }
    if (!take('-')) return wrong("expected '-' or ',' after a CPU number", at_);
    const char* second = at_;
    unsigned last = 0;
    if (!cpu(last)) return false;
    if (last < first) return wrong("the range runs backwards", second);
    if (at_item_end()) {
      set.add_range(CpuId(first), CpuId(last));
      return true;
    }
    if (!take(':')) return wrong("expected ':' or ',' after a range", at_);
    return stride(first, last, set);
  }

  // `all`, where it stands as an item.
  bool take_all() {
    constexpr std::string_view word = "all";
    const std::string_view rest(at_, end_);
    if (!rest.starts_with(word) || (rest.size() > word.size() && rest[word.size()] != ',')) {
      return false;
    }
    at_ += word.size();
    return true;
  }

  bool take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  bool end() { return at_ == end_ || wrong("unexpected text after the item", at_); }

  // Why one of these was false.
  [[nodiscard]] Error error() const {
    return {.kind = ErrorKind::syntax,
            .reason = reason_,
            .column = static_cast<std::size_t>(wrong_at_ - start_)};
  }

 private:
  // `:S` is one CPU of every S, `:U/S` is U CPUs of every S.
  bool stride(unsigned first, unsigned last, CpuSet& set) {
    const char* start = at_;
    unsigned used = 0;
    if (!number(used)) return false;
    unsigned group = used;
    if (take('/')) {
      const char* group_at = at_;
      if (!number(group)) return false;
      if (group == 0) return wrong("a group of 0 CPUs", group_at);
      if (used == 0) return wrong("0 CPUs of each group", start);
      if (used > group) return wrong("more CPUs used than the group has", start);
    } else {
      if (used == 0) return wrong("a stride of 0", start);
      used = 1;
    }
    if (!at_item_end()) return wrong("unexpected text after the stride", at_);
    for (std::uint64_t from = first; from <= last; from += group) {
      const std::uint64_t to = std::min<std::uint64_t>(from + used - 1, last);
      set.add_range(CpuId(static_cast<unsigned>(from)), CpuId(static_cast<unsigned>(to)));
    }
    return true;
  }

  // The last digit stands for CPUs 0 to 3, the one before it for 4 to 7, and so on.
  bool mask(CpuSet& set) {
    const char* const digits_end = std::find(at_, end_, ',');
    const auto digits = static_cast<std::size_t>(digits_end - at_);
    if (digits == 0) return wrong("a hexadecimal mask is missing after 0x", at_);
    if (digits > highest_cpu_in_text.value() / 4 + 1) return wrong("the mask is too long", at_);
    for (; at_ != digits_end; ++at_) {
      unsigned value = 0;
      if (std::from_chars(at_, at_ + 1, value, 16).ec != std::errc()) {
        return wrong("not a hexadecimal digit", at_);
      }
      const auto base = static_cast<unsigned>(digits_end - 1 - at_) * 4;
      for (unsigned bit = 0; bit < 4; ++bit) {
        if (((value >> bit) & 1U) != 0) set.add(CpuId(base + bit));
      }
    }
    return true;
  }

  bool cpu(unsigned& value) {
    const char* start = at_;
    if (take('N')) {
      if (!highest_) return wrong("N is not known here", start);
      value = highest_->value();
      return true;
    }
    if (!number(value)) return false;
    if (value > highest_cpu_in_text.value()) return wrong("the CPU number is too large", start);
    return true;
  }

  bool number(unsigned& value) {
    const auto [end, status] = std::from_chars(at_, end_, value);
    if (status == std::errc::result_out_of_range) return wrong("the number is too large", at_);
    if (status != std::errc()) {
      return wrong(at_item_end() ? "a CPU number is missing" : "not a CPU number", at_);
    }
    at_ = end;
    return true;
  }

  bool take_hex_prefix() {
    if (end_ - at_ < 2 || at_[0] != '0' || (at_[1] != 'x' && at_[1] != 'X')) return false;
    at_ += 2;
    return true;
  }

  [[nodiscard]] bool at_item_end() const { return at_ == end_ || *at_ == ','; }

  bool wrong(const char* reason, const char* where) {
    reason_ = reason;
    wrong_at_ = where;
    return false;
  }

  const char* start_;
  const char* at_;
  const char* end_;
  std::optional<CpuId> highest_;
  const char* reason_ = nullptr;
  const char* wrong_at_ = nullptr;
};

Result<void> read_items(std::string_view text, const char* at, const CpuSet* possible,
                        CpuSet& set) {
  Reader reader(text, at, possible ? possible->last() : std::nullopt);
  do {
    if (possible && reader.take_all()) {
      set |= *possible;
    } else if (!reader.item(set)) {
      Error error = reader.error();
      error.text = text;
      return fail(std::move(error));
    }
  } while (reader.take(','));
  return {};
}

Result<CpuSet> parse(std::string_view text, const CpuSet* possible) {
  Result<CpuSet> set;
  if (const auto other = read_plain_items(text, *set)) {
    if (auto read = read_items(text, *other, possible, *set); !read) {
      set = fail(std::move(read).error());
    }
  }
  return set;
}

void append_number(std::string& text, unsigned number) {
  char digits[16];
  const auto [end, status] = std::to_chars(std::begin(digits), std::end(digits), number);
  text.append(digits, end);
}

}  // namespace

Result<void> add_cpu_list_item(std::string_view item, std::optional<CpuId> highest, CpuSet& set) {
  Reader reader(item, item.data(), highest);
  if (!reader.item(set) || !reader.end()) return fail(reader.error());
  return {};
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
