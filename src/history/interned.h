// What many events have in common, written once in a chapter.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "events/event.h"
#include "history/database.h"

namespace pinfold::history {

/// Rows that events refer to. Each is found by its values again, until clear().
class Interned {
 public:
  static Result<Interned> open(const Database& database);

  /// Their ids, in this chapter. The rows are written where they are missing.
  Result<std::int64_t> actor(const trace::Actor& actor);
  Result<std::int64_t> thread(const trace::TargetTask& thread);
  Result<std::int64_t> masks(const trace::SetEvent& set);
  Result<std::int64_t> outcome(const trace::SetEvent& set);

  /// Another chapter begins, or what was written was taken back.
  void clear(std::int64_t chapter);
  [[nodiscard]] std::size_t size() const { return ids_.size(); }

 private:
  Interned(Statement actor, Statement thread, Statement masks, Statement outcome)
      : actor_(std::move(actor)),
        thread_(std::move(thread)),
        masks_(std::move(masks)),
        outcome_(std::move(outcome)) {}

  Result<std::int64_t> write(Statement& statement);

  Statement actor_;
  Statement thread_;
  Statement masks_;
  Statement outcome_;
  std::int64_t chapter_ = 0;
  std::unordered_map<std::string, std::int64_t> ids_;
  std::string key_;
};

}  // namespace pinfold::history
