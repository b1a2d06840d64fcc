#include "machine/description.h"

#include <algorithm>
#include <optional>
#include <string>

#include <pinfold/cpu_list.h>

#include "base/number.h"
#include "base/try.h"
#include "machine/description_cursor.h"
#include "machine/description_indexes.h"
#include "machine/description_text.h"

namespace pinfold {
namespace {

constexpr std::uint32_t most_nodes = 1024;  // MAX_NUMNODES, where NODES_SHIFT is 10
constexpr std::uint64_t most_bytes_of_sets = 512ULL << 20U;

constexpr unsigned distance_within = 10;
constexpr unsigned distance_between = 20;

CpuSet first_cpus(std::uint32_t count) { return CpuSet::range(CpuId(0), CpuId(count - 1)); }

class Builder {
 public:
  Builder(std::string_view text, const DescriptionText& described)
      : text_(text), described_(described), pus_(described.levels.back().total) {}

  Result<MachineFacts> build() {
    CHECK_OK(number_cpus());
    CHECK_OK(check_size());
    for (std::size_t depth = 1; depth < described_.levels.size(); ++depth)
      CHECK_OK(add_level(depth));
    CHECK_OK(add_nodes());
    CHECK_OK(add_limits());
    return std::move(facts_);
  }

 private:
  [[nodiscard]] std::unexpected<Error> wrong_at(std::size_t column, std::string reason) const {
    return DescriptionCursor(text_).wrong_at(column, std::move(reason));
  }

  // The numbers that a level's `indexes=` gives, or none.
  Result<std::vector<std::uint32_t>> numbers(TextRange indexes, const Numbered& numbered) const {
    if (indexes.begin == indexes.end) return {};
    return read_indexes(text_, indexes, numbered);
  }

  // The levels that the indexes of the one at `depth` can refer to.
  [[nodiscard]] std::span<const DescribedLevel> above(std::size_t depth) const {
    return std::span(described_.levels).first(depth);
  }

  Result<void> number_cpus() {
    const std::size_t depth = described_.levels.size() - 1;
    TRY(cpu_numbers_, numbers(described_.levels[depth].indexes,
                              {pus_, highest_cpu_in_text.value(), above(depth)}));
    if (cpu_numbers_.empty()) {
      cpus_ = first_cpus(pus_);
    } else {
      for (const std::uint32_t number : cpu_numbers_)
        cpus_.add(CpuId(number));
    }
    return {};
  }

  // The k-th of `total` objects that share the CPUs equally.
  [[nodiscard]] CpuSet cpus_of(std::uint32_t k, std::uint32_t total) const {
    const std::uint32_t width = pus_ / total;
    const std::uint32_t begin = k * width;
    if (cpu_numbers_.empty()) return CpuSet::range(CpuId(begin), CpuId(begin + width - 1));
    CpuSet cpus;
    for (std::uint32_t i = begin; i < begin + width; ++i)
      cpus.add(CpuId(cpu_numbers_[i]));
    return cpus;
  }

  // A large set has a bit for every number up to its highest.
  [[nodiscard]] Result<void> check_size() const {
    const std::uint64_t bytes_of_set = cpus_.words().size_bytes();
    std::uint64_t bytes = 0;
    bool has_cores = false;
    for (const DescribedLevel& level : described_.levels) {
      const bool cores = level.type == LevelType::core;
      has_cores |= cores;
      // Without cores, each PU is one.
      const bool kept = level.type != LevelType::pu || !has_cores;
      if (kept) bytes += level.total * bytes_of_set;
      if (bytes > most_bytes_of_sets) {
        return wrong_at(level.column,
                        "too large a machine: its sets of CPUs would take more than " +
                            std::to_string(most_bytes_of_sets >> 20U) + " MB");
      }
    }
    return {};
  }

  Result<void> add_level(std::size_t depth) {
    const DescribedLevel& described = described_.levels[depth];
    if (described.type == LevelType::node || described.type == LevelType::pu) return {};
    TRY(const auto ids,
        numbers(described.indexes, {described.total, highest_cpu_in_text.value(), above(depth)}));
    const auto level = level_of(described.type);
    const bool numbered = level == Level::package || level == Level::die;
    std::vector<Object>& objects = level ? facts_.objects[*level] : facts_.groups.emplace_back();
    objects.reserve(described.total);
    for (std::uint32_t k = 0; k < described.total; ++k) {
      Object object{.cpus = cpus_of(k, described.total), .size = described.size};
      if (numbered) object.id = ids.empty() ? k : ids[k];
      objects.push_back(std::move(object));
    }
    return {};
  }

  // Where one of the nodes of the description stands.
  struct Position {
    std::uint32_t end;  // the first PU behind it
    std::size_t nodes;  // which of described_.nodes
    std::uint32_t k;    // which object of that level
  };

  [[nodiscard]] std::size_t depth(std::size_t nodes) const { return described_.nodes[nodes].level; }

  // As hwloc numbers them: those of what is smaller before those of what is around it.
  [[nodiscard]] std::vector<Position> node_positions() const {
    std::vector<Position> positions;
    for (std::size_t i = 0; i < described_.nodes.size(); ++i) {
      const std::uint32_t total = described_.levels[depth(i)].total;
      for (std::uint32_t k = 0; k < total; ++k)
        positions.push_back({(k + 1) * (pus_ / total), i, k});
    }
    std::ranges::sort(positions, [&](const Position& a, const Position& b) {
      if (a.end != b.end) return a.end < b.end;
      if (depth(a.nodes) != depth(b.nodes)) return depth(a.nodes) > depth(b.nodes);
      return a.nodes < b.nodes;
    });
    return positions;
  }

  // Which of described_.nodes has the CPUs.
  [[nodiscard]] std::size_t nodes_with_cpus() const {
    return static_cast<std::size_t>(
        std::ranges::max_element(described_.nodes, {}, &AttachedNode::level) -
        described_.nodes.begin());
  }

  Result<void> add_nodes() {
    std::uint64_t total = 0;
    for (const AttachedNode& node : described_.nodes) {
      total += described_.levels[node.level].total;
      if (total > most_nodes) {
        return wrong_at(node.column, "too many NUMA nodes: at most " + std::to_string(most_nodes) +
                                         " are possible");
      }
    }
    const auto count = static_cast<std::uint32_t>(total);
    TRY(const auto ids, node_numbers(count));
    const std::vector<Position> positions = node_positions();
    const std::size_t with_cpus = nodes_with_cpus();
    std::vector<Object>& nodes = facts_.objects[Level::node];
    for (std::uint32_t i = 0; i < count; ++i) {
      const AttachedNode& described = described_.nodes[positions[i].nodes];
      Object node{.id = ids.empty() ? i : ids[i], .size = described.size};
      if (positions[i].nodes == with_cpus) {
        node.cpus = cpus_of(positions[i].k, described_.levels[described.level].total);
      }
      nodes.push_back(std::move(node));
    }
    std::ranges::sort(nodes, {}, &Object::id);
    facts_.distances.assign(count, std::vector(count, distance_between));
    for (std::uint32_t i = 0; i < count; ++i)
      facts_.distances[i][i] = distance_within;
    return {};
  }

  [[nodiscard]] Result<std::vector<std::uint32_t>> node_numbers(std::uint32_t count) const {
    const std::size_t depth = described_.nodes.front().level;
    const DescribedLevel& level = described_.levels[depth];
    if (level.type == LevelType::node) {
      return numbers(level.indexes, {count, most_nodes - 1, above(depth)});
    }
    return numbers(described_.node_indexes, {count, most_nodes - 1, described_.levels});
  }

  [[nodiscard]] const DescribedLimit* find(DescribedLimit::Key key) const {
    const auto limit = std::ranges::find(described_.limits, key, &DescribedLimit::key);
    return limit == described_.limits.end() ? nullptr : &*limit;
  }

  [[nodiscard]] std::string_view value(const DescribedLimit& limit) const {
    return text_.substr(limit.value.begin, limit.value.end - limit.value.begin);
  }

  [[nodiscard]] Result<CpuSet> list(const DescribedLimit& limit) const {
    auto cpus = parse_cpu_list(value(limit), cpus_);
    if (!cpus) return wrong_at(limit.value.begin + cpus.error().column, cpus.error().reason);
    return cpus;
  }

  // The CPUs of a limit, which must lie inside of `inside`; `otherwise` without it.
  [[nodiscard]] Result<CpuSet> part_of(DescribedLimit::Key key, const CpuSet& inside,
                                       const char* what) const {
    const DescribedLimit* const limit = find(key);
    if (limit == nullptr) return {};
    TRY(CpuSet cpus, list(*limit));
    if (!inside.contains(cpus)) {
      return wrong_at(limit->value.begin, to_cpu_list(cpus - inside) + " is not among the CPUs " +
                                              what + ", " + to_cpu_list(inside));
    }
    return cpus;
  }

  // The CPUs of a limit, which must have all of `base`; `base` without it.
  [[nodiscard]] Result<CpuSet> at_least(DescribedLimit::Key key, const CpuSet& base) const {
    const DescribedLimit* const limit = find(key);
    if (limit == nullptr) return base;
    const auto count = parse_number<std::uint32_t>(value(*limit));
    CpuSet cpus;
    if (key == DescribedLimit::Key::possible && count) {
      if (*count == 0 || *count > most_described_cpus) {
        return wrong_at(limit->value.begin,
                        "as a number, possible is 1 to " + std::to_string(most_described_cpus));
      }
      cpus = first_cpus(*count);
    } else {
      TRY(cpus, list(*limit));
    }
    if (!cpus.contains(base)) {
      return wrong_at(limit->value.begin,
                      "CPUs that there are would be missing: " + to_cpu_list(base - cpus));
    }
    return cpus;
  }

  Result<void> add_limits() {
    using Key = DescribedLimit::Key;
    SystemCpus& cpus = facts_.limits.cpus;
    TRY(cpus.present, at_least(Key::present, cpus_));
    TRY(cpus.possible, at_least(Key::possible, cpus.present));
    TRY(const CpuSet offline, part_of(Key::offline, cpus.present, "present"));
    cpus.online = cpus_ - offline;
    if (cpus.online.empty())
      return wrong_at(find(Key::offline)->value.begin, "no CPU is left online");
    TRY(cpus.isolated, part_of(Key::isolated, cpus.possible, "possible"));
    TRY(cpus.nohz_full, part_of(Key::nohz_full, cpus.possible, "possible"));
    return add_cpuset();
  }

  Result<void> add_cpuset() {
    const SystemCpus& cpus = facts_.limits.cpus;
    const DescribedLimit* const limit = find(DescribedLimit::Key::cpuset);
    if (limit == nullptr) return {};
    TRY(CpuSet allowed, part_of(DescribedLimit::Key::cpuset, cpus.possible, "possible"));
    allowed &= cpus.online;
    if (allowed.empty()) {
      return wrong_at(limit->value.begin,
                      "none of these is online, which are " + to_cpu_list(cpus.online));
    }
    facts_.limits.cpuset =
        CpusetLimit{.cgroup = "/", .file = "the description", .cpus = std::move(allowed)};
    return {};
  }

  std::string_view text_;
  const DescriptionText& described_;
  std::uint32_t pus_;
  std::vector<std::uint32_t> cpu_numbers_;  // by position; none: 0, 1, 2, …
  CpuSet cpus_;                             // of the levels
  MachineFacts facts_;
};

}  // namespace

Result<MachineFacts> read_description(std::string_view text) {
  TRY(const DescriptionText described, parse_description(text));
  return Builder(text, described).build();
}

bool is_description(std::string_view text) {
  DescriptionCursor cursor(text);
  cursor.take_spaces();
  if (cursor.peek() == '(' || cursor.peek() == '[') return true;
  if (!cursor.take_word().empty()) return cursor.peek() == ':';
  if (!cursor.at_digit()) return false;
  while (cursor.at_digit())
    cursor.take(cursor.peek());
  return cursor.at_end() || cursor.peek() == ' ' || cursor.peek() == '\t' || cursor.peek() == ';' ||
         cursor.peek() == '(' || cursor.peek() == '[';
}

}  // namespace pinfold
