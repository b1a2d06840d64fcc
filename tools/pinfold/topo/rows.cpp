#include "topo/rows.h"

#include <algorithm>
#include <set>

namespace pinfold::tool {
namespace {

using Branches = std::span<const Branch>;

std::size_t depth_of(Branches branches) {
  std::size_t depth = 0;
  for (const Branch& branch : branches)
    depth = std::max(depth, 1 + depth_of(branch.children));
  return depth;
}

class Planner {
 public:
  /// Down to `depth` each object has a row; below, neighbours that are alike share one.
  explicit Planner(std::size_t depth) : depth_(depth) {}

  std::vector<Row> plan(Branches branches) {
    add_all(branches, 0, false);
    return std::move(rows_);
  }

 private:
  void add_all(Branches branches, std::size_t depth, bool one_kind) {
    for (std::size_t i = 0, end = 0; i < branches.size(); i = end) {
      const unsigned shape = branches[i].shape;
      end = i + 1;
      const bool share = depth >= depth_ || branches[i].is_core();
      while (share && end < branches.size() && branches[end].shape == shape)
        ++end;
      add_run(branches.subspan(i, end - i), depth, one_kind, end < branches.size());
    }
  }

  // The first that is built like this is shown in full.
  void add_run(Branches run, std::size_t depth, bool one_kind, bool more) {
    const Branch& first = run.front();
    if (first.is_core()) return add(run, Row::Within::below, one_kind, more);
    if (!is_folded(first, depth)) {
      add_in_full(run.first(1), depth, one_kind, more || run.size() > 1);
      run = run.subspan(1);
    }
    if (run.empty()) return;
    const bool cores = run.size() == 1 && has_one_row(run.front());
    add(run, cores ? Row::Within::cores : Row::Within::folded, one_kind, more);
  }

  [[nodiscard]] bool is_folded(const Branch& branch, std::size_t depth) const {
    return depth + 1 >= depth_ && !has_one_row(branch) && shown_.contains(branch.shape);
  }

  void add_in_full(Branches one, std::size_t depth, bool one_kind, bool more) {
    const Branch& branch = one.front();
    shown_.insert(branch.shape);
    if (has_one_row(branch)) return add(one, Row::Within::cores, one_kind, more);
    add(one, Row::Within::below, one_kind, more);
    more_.push_back(more);
    add_all(branch.children, depth + 1, one_kind || branch.kind.has_value());
    more_.pop_back();
  }

  // Beside several objects there is no room to tell whose CPUs are siblings.
  static bool has_one_row(const Branch& branch) {
    return branch.is_row_of_cores() &&
           (branch.objects.size() == 1 || branch.children.front().cpus->count() == 1);
  }

  void add(Branches branches, Row::Within within, bool one_kind, bool more) {
    Row row{.branches = branches,
            .within = within,
            .more = more_,
            .names_kind = !one_kind && branches.front().kind.has_value()};
    row.more.push_back(more);
    rows_.push_back(std::move(row));
  }

  std::size_t depth_;
  std::vector<Row> rows_;
  std::vector<bool> more_;
  std::set<unsigned> shown_;
};

}  // namespace

std::vector<Row> plan_rows(const MachineTree& tree, std::size_t most) {
  for (std::size_t depth = depth_of(tree.branches);; --depth) {
    std::vector<Row> rows = Planner(depth).plan(tree.branches);
    if (rows.size() <= most || depth == 0) return rows;
  }
}

}  // namespace pinfold::tool
