#include "sim/files/kernel_text.h"

#include <pinfold/cpu_list.h>

namespace pinfold::sim {

std::string kernel_mask(const CpuSet& set, unsigned bits) {
  constexpr unsigned digits = 8;  // of a word of 32 bits
  static constexpr char hex[] = "0123456789abcdef";
  const unsigned rest = bits % 32 == 0 ? 32 : bits % 32;
  const unsigned dropped = digits - (rest + 3) / 4;
  const std::size_t words = (bits + 31) / 32;
  std::string text;
  text.reserve(words * (digits + 1));
  for (std::size_t i = 0; i < words; ++i)
    text += "00000000,";
  text.back() = '\n';
  // Of the many words of a large machine's mask mostly one is not zero.
  constexpr std::size_t in_word = CpuSet::word_bits / 32;
  const auto set_words = set.words();
  for (std::size_t i = 0; i < words && i / in_word < set_words.size(); ++i) {
    auto word = static_cast<std::uint32_t>(set_words[i / in_word] >> (32 * (i % in_word)));
    const std::size_t end = (words - i) * (digits + 1) - 1;
    for (std::size_t at = end; word != 0; word >>= 4U)
      text[--at] = hex[word & 15U];
  }
  text.erase(0, dropped);
  return text;
}

std::string kernel_list(const CpuSet& set) { return to_cpu_list(set) += '\n'; }

}  // namespace pinfold::sim
