// The grammar of descriptions: text to levels and limits, before anything is made of them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <pinfold/cpu_list.h>
#include <pinfold/result.h>

#include "machine/level_type.h"

namespace pinfold {

/// The most CPUs that a description may have.
inline constexpr std::uint32_t most_described_cpus = highest_cpu_in_text.value() + 1;

/// From `begin` to before `end`; nowhere if they are the same.
struct TextRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct DescribedLevel {
  LevelType type = LevelType::machine;
  std::uint32_t total = 1;  ///< how many there are on the machine
  std::size_t column = 0;   ///< where it stands
  std::uint64_t size = 0;   ///< bytes, where said
  TextRange indexes = {};   ///< the value of `indexes=`
};

/// A NUMA node at each object of a level.
struct AttachedNode {
  std::size_t level = 0;  ///< which
  std::size_t column = 0;
  std::uint64_t size = 0;
};

struct DescribedLimit {
  enum class Key {
    isolated,
    nohz_full,
    offline,
    present,
    possible,
    cpuset
  };
  Key key = Key::isolated;
  TextRange value;
};

struct DescriptionText {
  std::vector<DescribedLevel> levels;  ///< from the machine, of which there is one, to the PUs
  std::vector<AttachedNode> nodes;     ///< a level `numa` is one, and so is what hwloc adds
  TextRange node_indexes;              ///< they are numbered together
  std::vector<DescribedLimit> limits;  ///< each at most once
};

/// Errors are of kind `syntax` and say where.
Result<DescriptionText> parse_description(std::string_view text);

}  // namespace pinfold
