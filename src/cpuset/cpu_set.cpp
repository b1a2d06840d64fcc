#include <algorithm>
#include <functional>

#include <pinfold/cpu_set.h>

namespace pinfold {
namespace {

using Word = CpuSet::Word;
constexpr unsigned bits = CpuSet::word_bits;

constexpr Word bit(CpuId cpu) { return Word{1} << (cpu.value() % bits); }

// Without a popcount instruction (plain x86-64) the builtin is a call with a table; these
// shifts vectorise.
constexpr std::size_t ones(Word word) {
  constexpr Word m1 = ~Word{0} / 3;
  constexpr Word m2 = ~Word{0} / 5;
  constexpr Word m4 = ~Word{0} / 17;
  constexpr Word h = ~Word{0} / 255;
  word -= (word >> 1) & m1;
  word = (word & m2) + ((word >> 2) & m2);
  word = (word + (word >> 4)) & m4;
  return (word * h) >> (bits - 8);
}

// mine = op(mine, theirs), word by word. Whole blocks, because vectors with a tail of any length
// cost more than the words of a thousand CPUs.
template <class Op>
void combine(Word* mine, const Word* theirs, std::size_t n, Op op) {
  constexpr std::size_t block = 8;
  for (; n >= block; n -= block, mine += block, theirs += block) {
    for (std::size_t i = 0; i < block; ++i)
      mine[i] = op(mine[i], theirs[i]);
  }
  for (; n > 0; --n, ++mine, ++theirs)
    *mine = op(*mine, *theirs);
}

}  // namespace

CpuSet::CpuSet(std::initializer_list<CpuId> cpus) : CpuSet() {
  for (const CpuId cpu : cpus)
    add(cpu);
}

// It ends the words' life: not a const operation, whatever the pointer says.
void CpuSet::free_heap() noexcept { delete[] heap_; }  // NOLINT(*-make-member-function-const)

void CpuSet::take_words(CpuSet& other) noexcept {
  size_ = other.size_;
  capacity_ = other.capacity_;
  if (other.on_heap()) {
    heap_ = other.heap_;
  } else {
    std::copy_n(other.inline_, size_, inline_);
  }
  other.size_ = 0;
  other.capacity_ = inline_words;
}

void CpuSet::assign(std::span<const Word> words) {
  if (words.size() > capacity_) {
    Word* fresh = new Word[words.size()];
    release();
    heap_ = fresh;
    capacity_ = static_cast<std::uint32_t>(words.size());
  }
  std::copy_n(words.data(), words.size(), data());
  size_ = static_cast<std::uint32_t>(words.size());
}

// Makes at least `words` words usable; those that come new are zero.
void CpuSet::grow(std::size_t words) {
  if (words > capacity_) reserve(words);
  widen(words);
}

void CpuSet::reserve(std::size_t words) {
  const std::size_t capacity = std::max(words, std::size_t{capacity_} * 2);
  Word* fresh = new Word[capacity];
  std::copy_n(data(), size_, fresh);
  release();
  heap_ = fresh;
  capacity_ = static_cast<std::uint32_t>(capacity);
}

void CpuSet::trim() noexcept {
  const Word* w = data();
  while (size_ > 0 && w[size_ - 1] == 0)
    --size_;
}

CpuSet CpuSet::from_words(std::span<const Word> words) {
  while (!words.empty() && words.back() == 0)
    words = words.first(words.size() - 1);
  CpuSet set;
  set.assign(words);
  return set;
}

CpuSet CpuSet::range(CpuId first, CpuId last, unsigned stride) {
  CpuSet set;
  if (stride == 1) {
    set.add_range(first, last);
    return set;
  }
  for (std::uint64_t cpu = first.value(); stride > 0 && cpu <= last.value(); cpu += stride) {
    set.add(CpuId(static_cast<unsigned>(cpu)));
  }
  return set;
}

void CpuSet::add(CpuId cpu) {
  const std::size_t word = cpu.value() / bits;
  grow(word + 1);
  data()[word] |= bit(cpu);
}

void CpuSet::add_long_range(CpuId first, CpuId last) {
  const std::size_t from = first.value() / bits;
  const std::size_t to = last.value() / bits;
  grow(to + 1);
  Word* w = data();
  const Word head = bits_from(first);
  const Word tail = bits_up_to(last);
  if (from == to) {
    w[from] |= head & tail;
    return;
  }
  w[from] |= head;
  std::fill(w + from + 1, w + to, ~Word{0});
  w[to] |= tail;
}

void CpuSet::remove(CpuId cpu) {
  const std::size_t word = cpu.value() / bits;
  if (word >= size_) return;
  data()[word] &= ~bit(cpu);
  trim();
}

bool CpuSet::contains(const CpuSet& subset) const noexcept {
  if (subset.size_ > size_) return false;
  const Word* mine = data();
  const Word* theirs = subset.data();
  for (std::size_t i = 0; i < subset.size_; ++i) {
    if ((theirs[i] & ~mine[i]) != 0) return false;
  }
  return true;
}

bool CpuSet::intersects(const CpuSet& other) const noexcept {
  const Word* mine = data();
  const Word* theirs = other.data();
  for (std::size_t i = 0, n = std::min(size_, other.size_); i < n; ++i) {
    if ((mine[i] & theirs[i]) != 0) return true;
  }
  return false;
}

std::size_t CpuSet::count() const noexcept {
  if (size_ == 1) return ones(data()[0]);
  std::size_t sum = 0;
  for (const Word word : words())
    sum += ones(word);
  return sum;
}

std::optional<CpuId> CpuSet::first() const noexcept {
  if (empty()) return std::nullopt;
  return *begin();
}

std::optional<CpuId> CpuSet::last() const noexcept {
  if (empty()) return std::nullopt;
  const auto top = static_cast<unsigned>(std::bit_width(words().back())) - 1;
  return CpuId((size_ - 1) * bits + top);
}

CpuSet& CpuSet::and_words(const CpuSet& other) noexcept {
  size_ = std::min(size_, other.size_);
  combine(data(), other.data(), size_, std::bit_and());
  trim();
  return *this;
}

CpuSet& CpuSet::or_words(const CpuSet& other) {
  if (size_ < other.size_) grow(other.size_);
  combine(data(), other.data(), other.size_, std::bit_or());
  return *this;
}

CpuSet& CpuSet::xor_words(const CpuSet& other) {
  if (size_ < other.size_) grow(other.size_);
  combine(data(), other.data(), other.size_, std::bit_xor());
  trim();
  return *this;
}

CpuSet& CpuSet::minus_words(const CpuSet& other) noexcept {
  combine(data(), other.data(), std::min(size_, other.size_),
          [](Word a, Word b) { return a & ~b; });
  trim();
  return *this;
}

CpuSet operator&(const CpuSet& a, const CpuSet& b) {
  const bool a_is_shorter = a.size_ < b.size_;
  CpuSet result = a_is_shorter ? a : b;
  result &= a_is_shorter ? b : a;
  return result;
}

CpuSet operator|(const CpuSet& a, const CpuSet& b) {
  const bool a_is_longer = a.size_ > b.size_;
  CpuSet result = a_is_longer ? a : b;
  result |= a_is_longer ? b : a;
  return result;
}

CpuSet operator^(const CpuSet& a, const CpuSet& b) {
  const bool a_is_longer = a.size_ > b.size_;
  CpuSet result = a_is_longer ? a : b;
  result ^= a_is_longer ? b : a;
  return result;
}

CpuSet operator-(const CpuSet& a, const CpuSet& b) {
  CpuSet result = a;
  result -= b;
  return result;
}

bool CpuSet::same_words(const CpuSet& other) const noexcept {
  return std::equal(data(), data() + size_, other.data());
}

}  // namespace pinfold
