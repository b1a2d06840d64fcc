// Sets of CPUs: CPU_SET(3) for any number of CPUs, with algebra and the kernel's layout.
#pragma once

#include <bit>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <pinfold/ids.h>
#include <pinfold/result.h>

namespace pinfold {

/// A set of CPUs. It has no size to pass and no last CPU: adding CPU 5000 works, and a CPU
/// that was never added is not in it. Up to 1,024 CPUs it never allocates.
class CpuSet {
 public:
  /// A word of the kernel's mask (sched_setaffinity(2): `unsigned long *`): CPU c is bit
  /// c % word_bits of word c / word_bits.
  using Word = unsigned long;
  static constexpr unsigned word_bits = sizeof(Word) * CHAR_BIT;
  static constexpr unsigned inline_cpus = 1024;

  class Iterator;

  CpuSet() noexcept { inline_[0] = 0; }  // NOLINT(*-member-init): of the others size_ are read
  CpuSet(std::initializer_list<CpuId> cpus);
  CpuSet(const CpuSet& other) : CpuSet() { copy(other); }
  /// A set that was moved from is empty.
  CpuSet(CpuSet&& other) noexcept : CpuSet() { take(other); }
  CpuSet& operator=(const CpuSet& other) {
    if (this != &other) copy(other);
    return *this;
  }
  CpuSet& operator=(CpuSet&& other) noexcept {
    if (this == &other) return *this;
    release();
    capacity_ = inline_words;
    take(other);
    return *this;
  }
  ~CpuSet() { release(); }

  /// first, first + stride, … up to last. Empty when first > last.
  static CpuSet range(CpuId first, CpuId last, unsigned stride = 1);
  /// A mask as the kernel gives it.
  static CpuSet from_words(std::span<const Word> words);

  void add(CpuId cpu);
  void remove(CpuId cpu);
  void clear() noexcept { size_ = 0; }
  /// Adds first … last.
  void add_range(CpuId first, CpuId last);

  [[nodiscard]] bool contains(CpuId cpu) const noexcept;
  [[nodiscard]] bool contains(const CpuSet& subset) const noexcept;
  [[nodiscard]] bool intersects(const CpuSet& other) const noexcept;
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t count() const noexcept;
  /// The lowest and the highest CPU; nothing in an empty set.
  [[nodiscard]] std::optional<CpuId> first() const noexcept;
  [[nodiscard]] std::optional<CpuId> last() const noexcept;

  CpuSet& operator&=(const CpuSet& other) noexcept {
    if (both_one_word(other)) return set_one_word(data()[0] & other.data()[0]);
    return and_words(other);
  }
  CpuSet& operator|=(const CpuSet& other) {
    if (both_one_word(other)) return set_one_word(data()[0] | other.data()[0]);
    return or_words(other);
  }
  CpuSet& operator^=(const CpuSet& other) {
    if (both_one_word(other)) return set_one_word(data()[0] ^ other.data()[0]);
    return xor_words(other);
  }
  /// Takes away the CPUs of `other`.
  CpuSet& operator-=(const CpuSet& other) noexcept {
    if (both_one_word(other)) return set_one_word(data()[0] & ~other.data()[0]);
    return minus_words(other);
  }
  friend CpuSet operator&(const CpuSet& a, const CpuSet& b);
  friend CpuSet operator|(const CpuSet& a, const CpuSet& b);
  friend CpuSet operator^(const CpuSet& a, const CpuSet& b);
  friend CpuSet operator-(const CpuSet& a, const CpuSet& b);
  friend bool operator==(const CpuSet& a, const CpuSet& b) noexcept {
    if (a.size_ != b.size_) return false;
    return a.size_ == 1 ? a.data()[0] == b.data()[0] : a.same_words(b);
  }

  /// The CPUs in ascending order.
  [[nodiscard]] Iterator begin() const noexcept;
  [[nodiscard]] static std::default_sentinel_t end() noexcept { return {}; }

  /// The mask as sched_setaffinity(2) takes it: words().data(), words().size_bytes(). The
  /// last word is never zero; an empty set has no words.
  [[nodiscard]] std::span<const Word> words() const noexcept { return {data(), size_}; }

 private:
  static constexpr std::uint32_t inline_words = inline_cpus / word_bits;

  [[nodiscard]] Word* data() noexcept { return on_heap() ? heap_ : inline_; }
  [[nodiscard]] const Word* data() const noexcept { return on_heap() ? heap_ : inline_; }
  [[nodiscard]] bool on_heap() const noexcept { return capacity_ > inline_words; }
  /// The machines of most people have no more CPUs than a word has bits.
  [[nodiscard]] bool both_one_word(const CpuSet& other) const noexcept {
    return size_ == 1 && other.size_ == 1;
  }
  CpuSet& set_one_word(Word word) noexcept {
    data()[0] = word;
    size_ = word == 0 ? 0 : 1;
    return *this;
  }
  CpuSet& and_words(const CpuSet& other) noexcept;
  CpuSet& or_words(const CpuSet& other);
  CpuSet& xor_words(const CpuSet& other);
  CpuSet& minus_words(const CpuSet& other) noexcept;
  void assign(std::span<const Word> words);
  static constexpr Word bits_from(CpuId first) { return ~Word{0} << (first.value() % word_bits); }
  static constexpr Word bits_up_to(CpuId last) {
    return ~Word{0} >> (word_bits - 1 - last.value() % word_bits);
  }
  /// Makes `words` words usable, for which there is room. Those that come new, mostly one, are
  /// zero: a call of memset would take longer.
  void widen(std::size_t words) noexcept {
    for (Word* w = data(); size_ < words; ++size_)
      w[size_] = 0;
  }
  void add_long_range(CpuId first, CpuId last);
  void grow(std::size_t words);
  [[gnu::noinline]] void reserve(std::size_t words);
  void trim() noexcept;
  [[nodiscard]] bool same_words(const CpuSet& other) const noexcept;
  [[nodiscard]] bool at_most_one_word_inline() const noexcept { return size_ <= 1 && !on_heap(); }
  void copy(const CpuSet& other) {
    if (!other.at_most_one_word_inline()) return assign(other.words());
    data()[0] = other.inline_[0];
    size_ = other.size_;
  }
  /// Into a set that has nothing on the heap.
  void take(CpuSet& other) noexcept {
    if (!other.at_most_one_word_inline()) return take_words(other);
    inline_[0] = other.inline_[0];
    size_ = std::exchange(other.size_, 0);
  }
  void take_words(CpuSet& other) noexcept;
  void release() noexcept {
    if (on_heap()) free_heap();
  }
  void free_heap() noexcept;

  std::uint32_t size_ = 0;  // words in use; the last of them is not zero
  std::uint32_t capacity_ = inline_words;
  union {
    alignas(16) Word inline_[inline_words];  // no vector of two words crosses a cache line
    Word* heap_;
  };
};

class CpuSet::Iterator {
 public:
  using value_type = CpuId;
  using difference_type = std::ptrdiff_t;

  Iterator() = default;
  explicit Iterator(std::span<const Word> words) noexcept : words_(words) {
    if (!words_.empty()) rest_ = words_[0];
    skip();
  }
  CpuId operator*() const noexcept {
    return CpuId(static_cast<unsigned>(index_ * word_bits) +
                 static_cast<unsigned>(std::countr_zero(rest_)));
  }
  Iterator& operator++() noexcept {
    rest_ &= rest_ - 1;
    skip();
    return *this;
  }
  Iterator operator++(int) noexcept {
    Iterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const Iterator& a, std::default_sentinel_t) noexcept {
    return a.index_ >= a.words_.size();
  }
  friend bool operator==(const Iterator& a, const Iterator& b) noexcept {
    return a.index_ == b.index_ && a.rest_ == b.rest_;
  }

 private:
  void skip() noexcept {
    while (rest_ == 0 && index_ < words_.size()) {
      ++index_;
      if (index_ < words_.size()) rest_ = words_[index_];
    }
  }

  std::span<const Word> words_;
  std::size_t index_ = 0;
  Word rest_ = 0;
};

inline CpuSet::Iterator CpuSet::begin() const noexcept { return Iterator(words()); }

inline bool CpuSet::contains(CpuId cpu) const noexcept {
  const std::size_t word = cpu.value() / word_bits;
  return word < size_ && ((data()[word] >> (cpu.value() % word_bits)) & 1U) != 0;
}

inline void CpuSet::add_range(CpuId first, CpuId last) {
  if (first > last) return;
  const std::size_t word = last.value() / word_bits;
  if (first.value() / word_bits != word || word >= capacity_) return add_long_range(first, last);
  widen(word + 1);
  data()[word] |= bits_from(first) & bits_up_to(last);
}

}  // namespace pinfold
