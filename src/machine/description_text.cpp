#include "machine/description_text.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>

#include "base/closest.h"
#include "base/try.h"
#include "machine/description_cursor.h"

namespace pinfold {
namespace {

struct SizeUnit {
  std::string_view word;
  std::uint64_t bytes;
};

constexpr SizeUnit size_units[] = {
    {"", 1},
    {"kb", 1000},
    {"mb", 1000'000},
    {"gb", 1000'000'000},
    {"tb", 1000'000'000'000},
    {"kib", 1ULL << 10U},
    {"mib", 1ULL << 20U},
    {"gib", 1ULL << 30U},
    {"tib", 1ULL << 40U},
};

constexpr std::string_view limit_words[] = {"isolated", "nohz_full", "offline",
                                            "present",  "possible",  "cpuset"};

class Parser {
 public:
  explicit Parser(std::string_view text) : cursor_(text) {}

  Result<DescriptionText> parse() {
    CHECK_OK(machine());
    while (!cursor_.at_end() && cursor_.peek() != ';')
      CHECK_OK(level_or_nodes());
    CHECK_OK(end_of_levels());
    while (cursor_.take(';'))
      CHECK_OK(limit());
    return std::move(result_);
  }

 private:
  // What stands in parentheses behind a type or a count.
  struct Attributes {
    std::uint64_t size = 0;
    TextRange indexes;
    std::size_t indexes_column = 0;
  };

  DescribedLevel& last() { return result_.levels.back(); }

  // Attributes of the whole may stand first.
  Result<void> machine() {
    result_.levels.emplace_back();
    cursor_.take_spaces();
    if (cursor_.peek() != '(') return {};
    TRY(const Attributes attributes, attributes_of(LevelType::machine));
    last().size = attributes.size;
    return end_of_item();
  }

  Result<void> level_or_nodes() {
    if (cursor_.peek() != '[') {
      CHECK_OK(level());
      return end_of_item();
    }
    CHECK_OK(attached_node());
    cursor_.take_spaces();
    return {};
  }

  // Brackets need no space before them.
  Result<void> end_of_item() {
    const bool spaces = cursor_.take_spaces();
    const char next = cursor_.peek();
    if (spaces || cursor_.at_end() || next == ';' || next == '[') return {};
    return cursor_.wrong("expected a space");
  }

  // `core:8`, or only `8`.
  Result<void> level() {
    DescribedLevel level{.type = LevelType::group, .column = cursor_.column()};
    const bool bare = cursor_.at_digit();
    if (!bare) {
      if (!cursor_.at_letter()) return cursor_.wrong("expected a type or a number");
      TRY(level.type, type());
      if (level.type == LevelType::machine) {
        return cursor_.wrong_at(level.column, "the machine is all of it: no level of its own");
      }
      if (!cursor_.take(':')) return cursor_.wrong("expected ':' and a number after the type");
    } else if (!bare_) {
      bare_ = level.column;
    }
    CHECK_OK(count(level));
    if (cursor_.peek() == '(') {
      // What a bare count means is not known yet; hwloc takes neither size here.
      TRY(const Attributes attributes, attributes_of(level.type));
      level.size = attributes.size;
      level.indexes = attributes.indexes;
    }
    typed_.push_back(!bare);
    result_.levels.push_back(level);
    return {};
  }

  // How many of the level there are in each of the level above.
  Result<void> count(DescribedLevel& level) {
    const std::size_t column = cursor_.column();
    TRY(const auto count, cursor_.take_number(most_described_cpus));
    if (count == 0) return cursor_.wrong_at(column, "0 of a level");
    const std::uint64_t total = std::uint64_t{last().total} * count;
    if (total > most_described_cpus) {
      return cursor_.wrong_at(column, "too many: a machine has at most " +
                                          std::to_string(most_described_cpus) + " CPUs");
    }
    level.total = static_cast<std::uint32_t>(total);
    return {};
  }

  // `[numa]`, `[numa(memory=16GB)]`: at each object of the level before.
  Result<void> attached_node() {
    cursor_.take('[');
    AttachedNode node{.level = result_.levels.size() - 1, .column = cursor_.column()};
    if (!cursor_.at_letter()) return cursor_.wrong("expected numa");
    TRY(const LevelType type, this->type());
    if (type != LevelType::node) {
      return cursor_.wrong_at(node.column, "only numa can stand in brackets");
    }
    if (cursor_.peek() == '(') {
      TRY(const Attributes attributes, attributes_of(type));
      node.size = attributes.size;
      if (attributes.indexes.begin != attributes.indexes.end) {
        TextRange& indexes = result_.node_indexes;
        if (indexes.begin != indexes.end) {
          return cursor_.wrong_at(attributes.indexes_column,
                                  "nodes in brackets are numbered together, by one indexes=");
        }
        indexes = attributes.indexes;
      }
    }
    if (!cursor_.take(']')) return cursor_.wrong("expected ']'");
    result_.nodes.push_back(node);
    return {};
  }

  Result<LevelType> type() {
    const std::size_t column = cursor_.column();
    const std::string word = cursor_.take_word();
    const auto type = level_type(word);
    if (!type) return cursor_.wrong_at(column, unknown_type(word));
    return *type;
  }

  // `(size=32KB indexes=0,2,1,3)`
  Result<Attributes> attributes_of(LevelType type) {
    cursor_.take('(');
    Attributes attributes;
    bool sized = false;
    bool indexed = false;
    cursor_.take_spaces();
    while (!cursor_.take(')')) {
      const std::size_t column = cursor_.column();
      const std::string word = cursor_.take_word();
      if (!cursor_.take('=')) {
        return cursor_.wrong_at(column, "expected size=, memory=, indexes= or ')'");
      }
      if (word == "indexes") {
        if (type == LevelType::machine) {
          return cursor_.wrong_at(column, "there is one machine: it has no number");
        }
        if (indexed) return cursor_.wrong_at(column, "indexes= a second time");
        indexed = true;
        attributes.indexes_column = column;
        TRY(attributes.indexes, indexes());
      } else if (word == "size" || word == "memory") {
        if (sized) return cursor_.wrong_at(column, word + "= a second time");
        if (const char* reason = why_no_size(type, word)) return cursor_.wrong_at(column, reason);
        sized = true;
        TRY(attributes.size, size());
      } else {
        return cursor_.wrong_at(
            column, "unknown attribute \"" + word + "\": there are size, memory and indexes");
      }
      if (!cursor_.take_spaces() && cursor_.peek() != ')') {
        return cursor_.wrong("expected a space or ')'");
      }
    }
    return attributes;
  }

  static const char* why_no_size(LevelType type, std::string_view word) {
    if (is_cache(type)) return word == "size" ? nullptr : "a cache has size=";
    if (word == "size") return "only caches have size=";
    if (type == LevelType::node || type == LevelType::machine) return nullptr;
    return "only NUMA nodes have memory=";
  }

  // Read later, when it is known how many there must be.
  Result<TextRange> indexes() {
    const std::size_t begin = cursor_.column();
    if (cursor_.take_until(" \t()[];").empty())
      return cursor_.wrong_at(begin, "indexes are missing");
    return TextRange{begin, cursor_.column()};
  }

  Result<std::uint64_t> size() {
    const std::size_t column = cursor_.column();
    TRY(const auto number, cursor_.take_number(std::numeric_limits<std::uint64_t>::max()));
    const std::size_t unit_column = cursor_.column();
    const std::string word = cursor_.take_word();
    const auto* const unit = std::ranges::find(size_units, word, &SizeUnit::word);
    if (unit == std::end(size_units)) {
      return cursor_.wrong_at(unit_column,
                              "unknown unit: there are kB, MB, GB, TB (powers of "
                              "1000) and KiB, MiB, GiB, TiB (of 1024)");
    }
    if (number > std::numeric_limits<std::uint64_t>::max() / unit->bytes) {
      return cursor_.wrong_at(column, "the size is too large");
    }
    return number * unit->bytes;
  }

  Result<void> end_of_levels() {
    std::vector<DescribedLevel>& levels = result_.levels;
    if (levels.size() == 1) return cursor_.wrong("levels are missing: pack:2 core:4 pu:2");
    // The last one is the PUs even where others have types.
    if (!typed_.back()) last().type = LevelType::pu;
    if (last().type != LevelType::pu) return cursor_.wrong("the last level must be pu");
    CHECK_OK(name_bare_levels());
    for (std::size_t i = 1; i < levels.size(); ++i) {
      const auto same = [&](const DescribedLevel& other) { return other.type == levels[i].type; };
      if (levels[i].type != LevelType::group && std::any_of(&levels[1], &levels[i], same)) {
        return cursor_.wrong_at(levels[i].column, "a second level of the same type");
      }
    }
    return node_level();
  }

  // Counts alone become the types that hwloc makes of them: nodes first, then packages, cores,
  // L2, L1d, L3 and L1i, as far as there are counts, and groups for what remains.
  Result<void> name_bare_levels() {
    const auto begin = typed_.begin();
    const auto end = typed_.end() - 1;
    if (std::find(begin, end, false) == end) return {};
    if (std::find(begin, end, true) != end) {
      return cursor_.wrong_at(*bare_, "either all levels have a type, or none has");
    }
    constexpr std::array by_need{LevelType::node, LevelType::package, LevelType::core,
                                 LevelType::l2,   LevelType::l1d,     LevelType::l3,
                                 LevelType::l1i};
    constexpr std::array by_place{LevelType::package, LevelType::node, LevelType::l3,
                                  LevelType::l2,      LevelType::l1d,  LevelType::l1i,
                                  LevelType::core};
    const std::size_t counts = typed_.size() - 1;
    const auto* const needed_from = by_need.begin() + (result_.nodes.empty() ? 0 : 1);
    const auto* const needed_to =
        needed_from + std::min(counts, static_cast<std::size_t>(by_need.end() - needed_from));
    std::size_t level = 1 + counts - static_cast<std::size_t>(needed_to - needed_from);
    for (const LevelType type : by_place) {
      if (std::find(needed_from, needed_to, type) != needed_to) result_.levels[level++].type = type;
    }
    return {};
  }

  // Nodes as a level, nodes in brackets, or one that hwloc adds.
  Result<void> node_level() {
    const auto level = std::ranges::find(result_.levels, LevelType::node, &DescribedLevel::type);
    if (level != result_.levels.end()) {
      if (!result_.nodes.empty()) {
        return cursor_.wrong_at(result_.nodes.front().column,
                                "NUMA nodes are a level or stand in brackets, not both");
      }
      result_.nodes.push_back({.level = static_cast<std::size_t>(level - result_.levels.begin()),
                               .column = level->column,
                               .size = level->size});
    }
    if (result_.nodes.empty()) {
      result_.nodes.push_back({.size = result_.levels[0].size});
    } else if (result_.levels[0].size != 0) {
      return cursor_.wrong_at(0, "memory= stands at the NUMA nodes");
    }
    return {};
  }

  // `isolated=6-7`
  Result<void> limit() {
    cursor_.take_spaces();
    const std::size_t column = cursor_.column();
    const std::string word = cursor_.take_word();
    if (word.empty()) return cursor_.wrong("a limit is missing: isolated=6-7");
    const auto* const found = std::ranges::find(limit_words, word);
    if (found == std::end(limit_words)) {
      const std::string near = did_you_mean(word, limit_words);
      return cursor_.wrong_at(
          column, "unknown limit \"" + word + '"' +
                      (near.empty() ? ": there are isolated, nohz_full, offline, present, "
                                      "possible and cpuset"
                                    : near));
    }
    const auto key = static_cast<DescribedLimit::Key>(found - limit_words);
    if (std::ranges::find(result_.limits, key, &DescribedLimit::key) != result_.limits.end()) {
      return cursor_.wrong_at(column, word + " a second time");
    }
    if (!cursor_.take('=')) return cursor_.wrong("expected '=' and CPUs after " + word);
    const std::size_t begin = cursor_.column();
    const std::size_t size = cursor_.take_until(";").size();
    result_.limits.push_back({key, {begin, begin + size}});
    return {};
  }

  DescriptionCursor cursor_;
  DescriptionText result_;
  std::vector<bool> typed_;          // of levels_[1], levels_[2], …
  std::optional<std::size_t> bare_;  // where the first without a type stands
};

}  // namespace

Result<DescriptionText> parse_description(std::string_view text) { return Parser(text).parse(); }

}  // namespace pinfold
