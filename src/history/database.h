// SQLite, so far as a history needs it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <pinfold/result.h>

struct sqlite3;
struct sqlite3_stmt;

namespace pinfold::history {

/// A statement with places for values, counted from 1, and columns, counted from 0.
class Statement {
 public:
  Statement& bind(int place, std::int64_t value);
  Statement& bind(int place, std::string_view text);
  Statement& bind_null(int place);
  template <class Value>
  Statement& bind(int place, const std::optional<Value>& value) {
    return value ? bind(place, *value) : bind_null(place);
  }

  /// To the next row: false when there is none. Then it can be run again, with new values.
  Result<bool> step();
  /// For what has no rows.
  Result<void> run();
  /// Leaves the rows that are left.
  void reset();

  /// The row that the last INSERT has made, by whatever statement of this database.
  [[nodiscard]] std::int64_t last_id() const;

  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t number(int column) const;
  /// Valid until the next step.
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::optional<std::int64_t> maybe_number(int column) const;
  [[nodiscard]] std::optional<std::string> maybe_text(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  enum class Use {
    write,  ///< makes the file where it is missing
    read
  };
  /// Kind `system` with the file and an errno that comes closest; `unsupported` with the reason
  /// where the file is no database, or broken.
  static Result<Database> open(const std::string& path, Use use);

  /// From now on, and in the file: who reads and who writes do not wait for
  /// each other.
  [[nodiscard]] Result<void> keep_log() const;

  /// Statements without rows.
  [[nodiscard]] Result<void> run(const char* statements) const;
  [[nodiscard]] Result<Statement> prepare(const char* statement) const;
  /// What statements can call: whether something is so, of texts, where nothing stands for NULL.
  using Predicate = std::function<bool(std::span<const std::optional<std::string_view>>)>;
  Result<void> define(const char* name, int arguments, Predicate predicate);
  /// The first value of the first row.
  [[nodiscard]] Result<std::int64_t> number(const char* query) const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  explicit Database(sqlite3* database) : database_(database) {}

  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace pinfold::history
