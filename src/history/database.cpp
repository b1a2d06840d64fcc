#include "history/database.h"

#include <sqlite3.h>

#include <cerrno>
#include <utility>
#include <vector>

#include "base/try.h"

namespace pinfold::history {
namespace {

// SQLite keeps the errno of some failures only.
int errno_of(sqlite3* database) {
  switch (sqlite3_errcode(database)) {
    case SQLITE_FULL:
      return ENOSPC;
    case SQLITE_READONLY:
      return EROFS;
    case SQLITE_BUSY:
      return EBUSY;
    case SQLITE_NOMEM:
      return ENOMEM;
    default:
      break;
  }
  const int number = sqlite3_system_errno(database);
  return number != 0 ? number : EIO;
}

std::unexpected<Error> failed(sqlite3* database) {
  const char* name = sqlite3_db_filename(database, "main");
  const std::string file = name && *name ? name : "the history";
  const int code = sqlite3_errcode(database);
  const bool is_broken = code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
  if (is_broken || code == SQLITE_ERROR || code == SQLITE_SCHEMA) {
    return fail({.kind = ErrorKind::unsupported,
                 .text = file,
                 .reason = is_broken ? "it is not a history, or it is broken: move it away"
                                     : sqlite3_errmsg(database)});
  }
  return fail({.kind = ErrorKind::system, .number = errno_of(database), .text = file});
}

std::optional<std::string_view> text_of(sqlite3_value* value) {
  if (sqlite3_value_type(value) == SQLITE_NULL) return std::nullopt;
  const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
  const auto size = static_cast<std::size_t>(sqlite3_value_bytes(value));
  return bytes ? std::string_view(bytes, size) : std::string_view();
}

void call(sqlite3_context* context, int count, sqlite3_value** values) {
  std::vector<std::optional<std::string_view>> texts;
  for (int i = 0; i < count; ++i)
    texts.push_back(text_of(values[i]));
  const auto& predicate = *static_cast<Database::Predicate*>(sqlite3_user_data(context));
  sqlite3_result_int(context, predicate(texts) ? 1 : 0);
}

void destroy(void* predicate) { delete static_cast<Database::Predicate*>(predicate); }

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement& Statement::bind(int place, std::int64_t value) {
  sqlite3_bind_int64(statement_.get(), place, value);
  return *this;
}

Statement& Statement::bind(int place, std::string_view text) {
  // Names are bytes, and may be no text.
  sqlite3_bind_text64(statement_.get(), place, text.data(), text.size(), SQLITE_TRANSIENT,
                      SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind_null(int place) {
  sqlite3_bind_null(statement_.get(), place);
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  sqlite3* const database = sqlite3_db_handle(statement_.get());
  if (code != SQLITE_DONE) {
    auto error = failed(database);
    reset();
    return error;
  }
  reset();
  return false;
}

Result<void> Statement::run() {
  CHECK_OK(step());
  return {};
}

void Statement::reset() { sqlite3_reset(statement_.get()); }

std::int64_t Statement::last_id() const {
  return sqlite3_last_insert_rowid(sqlite3_db_handle(statement_.get()));
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::int64_t Statement::number(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return bytes ? std::string_view(bytes, static_cast<std::size_t>(size)) : std::string_view();
}

std::optional<std::int64_t> Statement::maybe_number(int column) const {
  return is_null(column) ? std::nullopt : std::optional(number(column));
}

std::optional<std::string> Statement::maybe_text(int column) const {
  return is_null(column) ? std::nullopt : std::optional(std::string(text(column)));
}

void Database::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

Result<Database> Database::open(const std::string& path, Use use) {
  constexpr int wait_ms = 5000;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX |
                    (use == Use::write ? SQLITE_OPEN_CREATE : 0);
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
  Database database(opened);
  if (code != SQLITE_OK) {
    if (!opened) return fail({.kind = ErrorKind::system, .number = ENOMEM, .text = path});
    return fail({.kind = ErrorKind::system, .number = errno_of(opened), .text = path});
  }
  sqlite3_busy_timeout(opened, wait_ms);
  // What was written is on the disk when a transaction has ended.
  CHECK_OK(
      database.run("PRAGMA synchronous = FULL;"
                   "PRAGMA journal_size_limit = 16777216; PRAGMA trusted_schema = OFF;"
                   "PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY;"));
  return database;
}

Result<void> Database::keep_log() const { return run("PRAGMA journal_mode = WAL"); }

Result<void> Database::run(const char* statements) const {
  if (sqlite3_exec(database_.get(), statements, nullptr, nullptr, nullptr) != SQLITE_OK)
    return failed(database_.get());
  return {};
}

Result<Statement> Database::prepare(const char* statement) const {
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v3(database_.get(), statement, -1, SQLITE_PREPARE_PERSISTENT, &prepared,
                         nullptr) != SQLITE_OK)
    return failed(database_.get());
  return Statement(prepared);
}

Result<void> Database::define(const char* name, int arguments, Predicate predicate) {
  auto kept = std::make_unique<Predicate>(std::move(predicate));
  if (sqlite3_create_function_v2(database_.get(), name, arguments,
                                 SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY,
                                 kept.release(), call, nullptr, nullptr, destroy) != SQLITE_OK)
    return failed(database_.get());
  return {};
}

Result<std::int64_t> Database::number(const char* query) const {
  TRY(Statement statement, prepare(query));
  TRY(const bool has_row, statement.step());
  return has_row ? statement.number(0) : 0;
}

}  // namespace pinfold::history
