// Texts that come again and again, each kept once.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

namespace pinfold::tool {

class TextTable {
 public:
  /// Where it stands; it is added where it is new.
  std::size_t index(std::string text) {
    const auto [entry, is_new] = indexes_.try_emplace(std::move(text), indexes_.size());
    if (is_new) list_ += entry->first + ',';
    return entry->second;
  }

  /// All texts in order, each with a comma behind it.
  [[nodiscard]] const std::string& list() const { return list_; }

 private:
  std::unordered_map<std::string, std::size_t> indexes_;
  std::string list_;
};

}  // namespace pinfold::tool
