#include "topo/layout.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "topo/legend.h"
#include "topo/names.h"

namespace pinfold::tool {
namespace {

constexpr std::size_t gap = 2;

std::vector<const CpuSet*> sets_of(std::span<const Branch> branches) {
  std::vector<const CpuSet*> sets;
  for (const Branch& branch : branches)
    sets.push_back(branch.cpus);
  return sets;
}

CpuSet all_of(const std::vector<const CpuSet*>& sets) {
  CpuSet all;
  for (const CpuSet* set : sets)
    all |= *set;
  return all;
}

// One CPU each, in ascending order: a list of them says which is whose.
bool is_plain_list(const std::vector<const CpuSet*>& sets) {
  for (std::size_t i = 0; i < sets.size(); ++i) {
    if (sets[i]->count() != 1) return false;
    if (i > 0 && *sets[i - 1]->first() > *sets[i]->first()) return false;
  }
  return true;
}

/// A row whose CPUs are not yet made to fit.
struct Cells {
  Text tree;
  Text within;
  std::string guide;  ///< what stands in the place of `tree` where a row has more lines
  std::vector<const CpuSet*> sets;
};

class Layout {
 public:
  Layout(const Machine& machine, const CpuText& cpus, const Look& look)
      : machine_(machine), cpus_(cpus), look_(look) {}

  std::vector<Text> lines(const std::vector<Row>& rows) {
    std::vector<Cells> all;
    for (const Row& row : rows)
      all.push_back(cells(row));
    place_columns(all);
    find_shortened(all);
    for (const Cells& one : all)
      add_lines(one);
    return std::move(lines_);
  }

 private:
  Cells cells(const Row& row) {
    Cells cells;
    guides(row, cells);
    cells.tree.add(title(machine_, row.branches));
    if (row.names_kind) {
      cells.tree.add("  ").add(kind_name(machine_, *row.branches.front().kind), Style::strong);
    }
    const std::vector<Branch>& inner = row.branches.front().children;
    switch (row.within) {
      case Row::Within::below:
        cells.sets = sets_of(row.branches);
        break;
      case Row::Within::cores:
        cells.within = title(machine_, inner);
        cells.sets = sets_of(inner);
        break;
      case Row::Within::folded:
        cells.within = names_within(row.branches);
        cells.sets = sets_of(row.branches);
        break;
    }
    return cells;
  }

  // The lines of the tree, in front of a row's name and below it.
  void guides(const Row& row, Cells& cells) const {
    const bool unicode = look_.charset == Charset::unicode;
    const std::string_view through = unicode ? "│  " : "|  ";
    const bool opens = row.within == Row::Within::below && !row.branches.front().children.empty();
    for (std::size_t i = 1; i < row.more.size(); ++i) {
      const bool own = i + 1 == row.more.size();
      const bool more = row.more[i];
      const std::string_view here = more ? through : "   ";
      cells.guide += here;
      if (!own) {
        cells.tree.add(here, Style::faint);
      } else if (unicode) {
        cells.tree.add(more ? "├─ " : "└─ ", Style::faint);
      } else {
        cells.tree.add(more ? "|- " : "`- ", Style::faint);
      }
    }
    if (opens) cells.guide += through;
  }

  // A row that is much longer than the others does not take the room of their CPUs.
  void place_columns(const std::vector<Cells>& all) {
    std::size_t need = 0;
    for (const Cells& one : all) {
      if (!one.within.empty() && one.tree.width() + gap <= look_.width / 2)
        within_column_ = std::max(within_column_, one.tree.width() + gap);
      need = std::max(need, length(shortest(one.sets)));
    }
    const std::size_t widest = look_.width - std::clamp(need, look_.width / 8, look_.width / 2);
    for (const Cells& one : all) {
      const std::size_t end = left(one).width() + gap;
      if (end <= widest) cpu_column_ = std::max(cpu_column_, end);
      cpu_column_ = std::max(cpu_column_, width_of(one.guide) + gap);
    }
  }

  [[nodiscard]] Text left(const Cells& cells) const {
    Text text = cells.tree;
    if (cells.within.empty()) return text;
    text.pad(std::max(within_column_, text.width() + gap));
    return text.add(cells.within);
  }

  [[nodiscard]] std::size_t room() const { return look_.width - cpu_column_; }

  [[nodiscard]] std::vector<std::string> words(const std::vector<const CpuSet*>& sets) const {
    std::vector<std::string> words;
    for (const CpuSet* set : sets)
      words.push_back(cpus_.list(*set));
    return words;
  }

  // What stands between the ends follows from them.
  [[nodiscard]] bool may_be_ends(const std::vector<const CpuSet*>& sets) const {
    return sets.size() > 3 && is_progression(sets) && cpus_.is_uniform(all_of(sets));
  }

  [[nodiscard]] std::vector<std::string> ends(const std::vector<const CpuSet*>& sets) const {
    return {cpus_.list(*sets[0]), cpus_.list(*sets[1]), std::string(look_.ellipsis()),
            cpus_.list(*sets.back())};
  }

  [[nodiscard]] std::vector<std::string> shortest(const std::vector<const CpuSet*>& sets) const {
    if (is_plain_list(sets)) return {cpus_.list(all_of(sets))};
    return may_be_ends(sets) ? ends(sets) : words(sets);
  }

  [[nodiscard]] static std::size_t length(const std::vector<std::string>& words) {
    std::size_t length = 0;
    for (const std::string& word : words)
      length += width_of(word) + gap;
    return length - gap;
  }

  // Rows of one kind look alike: if one has to leave something out, all do.
  void find_shortened(const std::vector<Cells>& all) {
    for (const Cells& one : all) {
      if (one.sets.size() < 2 || is_plain_list(one.sets)) continue;
      bool& shorten = shortened_[one.sets.size()];
      shorten = shorten || length(words(one.sets)) > room();
    }
  }

  // Lines of the column of CPUs.
  [[nodiscard]] std::vector<std::string> cpu_lines(const std::vector<const CpuSet*>& sets) const {
    constexpr std::size_t most_lines = 3;
    const CpuSet all = all_of(sets);
    if (sets.size() > 1 && !is_plain_list(sets)) {
      const auto shorten = shortened_.find(sets.size());
      if (shorten == shortened_.end() || !shorten->second) return wrap(words(sets), gap, room());
      if (may_be_ends(sets)) {
        return wrap(ends(sets), gap, room());
      }
      auto lines = wrap(words(sets), gap, room());
      if (lines.size() <= most_lines) return lines;
    }
    auto lines = wrap(words_of_list(cpus_.list(all)), 0, room());
    if (lines.size() > most_lines) {
      lines.resize(most_lines);
      lines.back() = std::string(look_.ellipsis()) + ' ' + count_text(all.count(), "CPU", "CPUs");
    }
    return lines;
  }

  void add_lines(const Cells& cells) {
    const Text indent = Text().add(cells.guide, Style::faint).add("  ");
    std::vector<Text> broken = left(cells).broken(look_.width, indent);
    Text line = std::move(broken.back());
    broken.pop_back();
    std::ranges::move(broken, std::back_inserter(lines_));
    const std::vector<std::string> cpu_text = cpu_lines(cells.sets);
    for (std::size_t i = 0; i < cpu_text.size(); ++i) {
      const bool fits = line.width() + gap <= cpu_column_ ||
                        line.width() + gap + width_of(cpu_text[i]) <= look_.width;
      if (i > 0 || !fits) {
        lines_.push_back(std::move(line));
        line = Text().add(cells.guide, Style::faint);
      }
      line.pad(std::max(cpu_column_, line.width() + gap));
      line.add(cpu_text[i]);
    }
    lines_.push_back(std::move(line));
  }

  const Machine& machine_;
  const CpuText& cpus_;
  Look look_;
  std::size_t within_column_ = 0;
  std::size_t cpu_column_ = 0;
  std::map<std::size_t, bool> shortened_;  // by how many sets stand in a row
  std::vector<Text> lines_;
};

}  // namespace

std::vector<Text> lay_out(const Machine& machine, const std::vector<Row>& rows, const CpuText& cpus,
                          const Look& look) {
  return Layout(machine, cpus, look).lines(rows);
}

}  // namespace pinfold::tool
