#include "history/query.h"

#include <string_view>
#include <utility>

namespace pinfold::history {
namespace {

// Its own pattern's meaning: of "[" GLOB would make more.
std::string glob_of(std::string_view pattern) {
  std::string glob;
  for (const char c : pattern) {
    if (c == '[') {
      glob += "[[]";
    } else {
      glob += c;
    }
  }
  return glob;
}

// What is below a path stands, in the order of bytes, from the first of these
// on and before the second. (LIKE takes a and A for the same.)
std::pair<std::string, std::string> below(std::string path) {
  while (path.ends_with('/'))
    path.pop_back();
  constexpr char after_slash = '/' + 1;
  return {path + '/', path + after_slash};
}

class Builder {
 public:
  void require(std::string_view sql, std::vector<std::string> texts = {}) {
    condition_.sql += " AND ";
    condition_.sql += sql;
    for (std::string& text : texts)
      condition_.texts.push_back(std::move(text));
  }
  void find_by(const char* index) {
    if (condition_.index.empty()) condition_.index = index;
  }
  /// `column IN` the ids of those rows of a table that are meant.
  void require(const char* column, const char* table, const Who& who, bool has_exe) {
    std::string rows = std::string(column) + " IN (SELECT id FROM " + table + " WHERE 1";
    std::vector<std::string> texts;
    const auto add = [&](const char* sql, std::string text) {
      rows += sql;
      texts.push_back(std::move(text));
    };
    if (who.pid) add(" AND pid = CAST(? AS INTEGER)", std::to_string(who.pid->value()));
    if (who.tid) add(" AND tid = CAST(? AS INTEGER)", std::to_string(who.tid->value()));
    if (who.start_time) {
      // As it is kept.
      const auto start = static_cast<std::int64_t>(*who.start_time);
      add(" AND start = CAST(? AS INTEGER)", std::to_string(start));
    }
    if (who.comm) add(" AND comm GLOB ?", glob_of(*who.comm));
    if (who.exe && has_exe) add(" AND exe = ?", *who.exe);
    require(rows + ')', std::move(texts));
  }
  Condition take() { return std::move(condition_); }

 private:
  Condition condition_;
};

}  // namespace

Condition condition_of(const Query& query) {
  Builder builder;
  if (query.task) {
    builder.require("e.thread", "thread", *query.task, false);
    builder.find_by("event_thread");
  }
  if (query.actor) {
    builder.require("e.actor", "actor", *query.actor, true);
    builder.find_by("event_actor");
  }
  if (!query.cpus.empty()) {
    builder.require("e.masks IN (SELECT id FROM masks WHERE touches(old, request, effective))");
    builder.find_by("event_masks");
  }
  if (query.cgroup) {
    const std::string& path = *query.cgroup;
    const auto [first, end] = below(path);
    builder.require(
        "(e.thread IN (SELECT id FROM thread WHERE cgroup = ? OR (cgroup >= ? AND cgroup < ?))"
        " OR e.actor IN (SELECT id FROM actor WHERE cgroup = ? OR (cgroup >= ? AND cgroup < ?)))",
        {path, first, end, path, first, end});
  }
  if (query.only_failed) builder.require("o.result < 0");
  return builder.take();
}

bool touches(const CpuSet& cpus, const std::optional<CpuSet>& old,
             const std::optional<CpuSet>& request, const std::optional<CpuSet>& effective) {
  if (request && cpus.intersects(*request)) return true;
  if (old && effective) return cpus.intersects(*old ^ *effective);
  return (old && cpus.intersects(*old)) || (effective && cpus.intersects(*effective));
}

}  // namespace pinfold::history
