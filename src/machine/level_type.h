// The types of levels that a description can have, and their names.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <pinfold/machine.h>

namespace pinfold {

/// What a level is made of. Of those that are not ours, only the number counts.
enum class LevelType {
  machine,
  package,
  node,
  die,
  l3,
  cluster,
  l2,
  core,
  l1d,
  pu,
  group,
  l1i,
  l2i,
  l3i,
  l4,
  l5,
};

std::optional<Level> level_of(LevelType type);

bool is_cache(LevelType type);

/// The type that hwloc knows by `word`, in lower case: whole or its first letters, two at least.
std::optional<LevelType> level_type(std::string_view word);

/// "unknown type "sokcet": did you mean socket?"
std::string unknown_type(std::string_view word);

}  // namespace pinfold
