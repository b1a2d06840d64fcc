#include "sim/files/content_store.h"

#include <string>

#include "sim/files/kernel_text.h"

namespace pinfold::sim {

ContentStore::Id ContentStore::number(long number) {
  constexpr std::size_t most = 1U << 20U;
  if (number < 0 || static_cast<unsigned long>(number) >= most)
    return text(std::to_string(number) + '\n');
  const auto index = static_cast<std::size_t>(number);
  while (numbers_.size() <= index)
    numbers_.push_back(text(std::to_string(numbers_.size()) + '\n'));
  return numbers_[index];
}

ContentStore::Id ContentStore::list(const CpuSet& set) { return text(kernel_list(set)); }

ContentStore::Id ContentStore::mask(const CpuSet& set) { return text(kernel_mask(set, bits_)); }

}  // namespace pinfold::sim
