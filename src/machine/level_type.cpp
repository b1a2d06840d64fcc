#include "machine/level_type.h"

#include "base/closest.h"

namespace pinfold {
namespace {

struct TypeWord {
  std::string_view word;
  LevelType type;
};

constexpr TypeWord type_words[] = {
    {"package", LevelType::package}, {"socket", LevelType::package},
    {"numanode", LevelType::node},   {"node", LevelType::node},
    {"die", LevelType::die},         {"cluster", LevelType::cluster},
    {"group", LevelType::group},     {"core", LevelType::core},
    {"pu", LevelType::pu},           {"machine", LevelType::machine},
};

// l3, l1d, l2u, each also with "cache" behind it.
std::optional<LevelType> cache_type(std::string_view word) {
  if (word.ends_with("cache")) word.remove_suffix(5);
  if (word.size() < 2 || word.size() > 3 || word[0] != 'l') return std::nullopt;
  const char kind = word.size() == 3 ? word[2] : 'u';
  const bool instructions = kind == 'i';
  if (!instructions && kind != 'd' && kind != 'u') return std::nullopt;
  switch (word[1]) {
    case '1':
      return instructions ? LevelType::l1i : LevelType::l1d;
    case '2':
      return instructions ? LevelType::l2i : LevelType::l2;
    case '3':
      return instructions ? LevelType::l3i : LevelType::l3;
    case '4':
      return instructions ? std::nullopt : std::optional(LevelType::l4);
    case '5':
      return instructions ? std::nullopt : std::optional(LevelType::l5);
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<Level> level_of(LevelType type) {
  switch (type) {
    case LevelType::package:
      return Level::package;
    case LevelType::node:
      return Level::node;
    case LevelType::die:
      return Level::die;
    case LevelType::l3:
      return Level::l3;
    case LevelType::cluster:
      return Level::cluster;
    case LevelType::l2:
      return Level::l2;
    case LevelType::core:
      return Level::core;
    case LevelType::l1d:
      return Level::l1d;
    default:
      return std::nullopt;
  }
}

bool is_cache(LevelType type) {
  switch (type) {
    case LevelType::l3:
    case LevelType::l2:
    case LevelType::l1d:
    case LevelType::l1i:
    case LevelType::l2i:
    case LevelType::l3i:
    case LevelType::l4:
    case LevelType::l5:
      return true;
    default:
      return false;
  }
}

std::optional<LevelType> level_type(std::string_view word) {
  if (word.size() >= 2) {
    for (const TypeWord& known : type_words) {
      if (known.word.starts_with(word)) return known.type;
    }
  }
  return cache_type(word);
}

std::string unknown_type(std::string_view word) {
  // Only what people write; not the machine.
  constexpr std::string_view words[] = {
      "package", "pack", "socket", "numa", "node", "numanode", "die", "cluster", "group",
      "core",    "pu",   "l1d",    "l1i",  "l2",   "l3",       "l4",  "l3cache"};
  const std::string near = did_you_mean(word, words);
  return "unknown type \"" + std::string(word) + '"' +
         (near.empty() ? ": there are package, die, numa, l3, cluster, l2, l1d, core, group and pu"
                       : near);
}

}  // namespace pinfold
