#include "history/schema.h"

#include <array>
#include <string>

#include "base/try.h"

namespace pinfold::history {
namespace {

// "PfHi": so that other databases are told from histories.
constexpr std::int64_t application_id = 0x50664869;

// Times are nanoseconds of CLOCK_REALTIME, sets CPU lists, names the bytes that the kernel gave.
//
// A chapter is a stretch of one recording in which time does not run backwards. It has all that
// its events refer to, and is dropped whole: nothing else needs to be counted or searched for when
// the history grows too old or too large. It begins with the state of all threads, and so the state
// at any moment is that of its chapter and the events since.
constexpr const char* version_1 = R"(
CREATE TABLE chapter (
  id       INTEGER PRIMARY KEY,
  session  INTEGER NOT NULL,  -- the first chapter of its recording
  boot     TEXT NOT NULL,
  kernel   TEXT NOT NULL,
  cpu_ids  INTEGER NOT NULL,
  base     INTEGER NOT NULL,  -- an event's number in its stream is its id less this
  first    INTEGER NOT NULL,  -- no event's id is less
  began    INTEGER NOT NULL,
  ended    INTEGER NOT NULL,  -- up to here nothing is missing but what remarks say
  closed   INTEGER NOT NULL   -- 1: it ended in order; else with a crash, or it goes on
);
CREATE TABLE thread (
  id      INTEGER PRIMARY KEY,
  chapter INTEGER NOT NULL,
  pid     INTEGER NOT NULL,
  tid     INTEGER NOT NULL,
  start   INTEGER NOT NULL,
  comm    TEXT NOT NULL,
  cgroup  TEXT,
  ended   INTEGER
);
CREATE INDEX thread_tid ON thread (tid);
CREATE INDEX thread_pid ON thread (pid);
CREATE TABLE actor (
  id        INTEGER PRIMARY KEY,
  chapter   INTEGER NOT NULL,
  pid       INTEGER NOT NULL,
  tid       INTEGER NOT NULL,
  start     INTEGER NOT NULL,
  ns_pid    INTEGER,
  ns_tid    INTEGER,
  comm      TEXT NOT NULL,
  exe       TEXT,
  uid       INTEGER,
  cgroup    TEXT,
  container TEXT,
  abi       TEXT,
  parents   TEXT NOT NULL
);
CREATE TABLE masks (
  id             INTEGER PRIMARY KEY,
  chapter        INTEGER NOT NULL,
  old            TEXT,
  request        TEXT,
  kernel_request TEXT,
  effective      TEXT
);
CREATE TABLE outcome (
  id          INTEGER PRIMARY KEY,
  chapter     INTEGER NOT NULL,
  relation    TEXT,
  old_from    TEXT NOT NULL,
  result      INTEGER,
  cause       TEXT NOT NULL,
  attribution TEXT NOT NULL,
  trusted     INTEGER NOT NULL,
  narrowed    INTEGER,
  by          TEXT,
  callers     TEXT NOT NULL,
  pid         INTEGER,  -- the call's arguments
  length      INTEGER,
  mask        INTEGER
);
CREATE TABLE event (
  id      INTEGER PRIMARY KEY,
  time    INTEGER NOT NULL,
  cpu     INTEGER,
  actor   INTEGER,
  thread  INTEGER,
  masks   INTEGER NOT NULL,
  outcome INTEGER NOT NULL,
  count   INTEGER NOT NULL
);
CREATE INDEX event_thread ON event (thread);
CREATE INDEX event_actor ON event (actor);
CREATE INDEX event_masks ON event (masks);
CREATE TABLE remark (
  id   INTEGER PRIMARY KEY,
  time INTEGER NOT NULL,
  json TEXT NOT NULL  -- a line of the stream: start, lost, suppressed, snapshot, end, unrecorded
);
CREATE TABLE state (
  thread  INTEGER PRIMARY KEY,
  time    INTEGER NOT NULL,
  allowed TEXT NOT NULL
);
)";

constexpr std::array<const char*, 1> steps = {version_1};

std::unexpected<Error> unusable(const std::string& reason) {
  return fail({.kind = ErrorKind::unsupported, .text = "the history", .reason = reason});
}

// Its version, where these steps can lead on from it.
Result<std::int64_t> usable_version(const Database& database, std::int64_t newest) {
  TRY(const std::int64_t version, database.number("PRAGMA user_version"));
  TRY(const std::int64_t application, database.number("PRAGMA application_id"));
  TRY(const std::int64_t tables, database.number("SELECT count(*) FROM sqlite_schema"));
  if (application != application_id && (tables != 0 || version != 0))
    return unusable("the file is a database of something else");
  if (version > newest) {
    return unusable("it is of version " + std::to_string(version) + ", this pinfold knows " +
                    std::to_string(newest) + " and older ones");
  }
  return version;
}

Result<void> take(const Database& database, std::span<const char* const> all) {
  const auto newest = static_cast<std::int64_t>(all.size());
  // Another may have taken them meanwhile.
  TRY(const std::int64_t version, usable_version(database, newest));
  for (std::int64_t next = version; next < newest; ++next)
    CHECK_OK(database.run(all[static_cast<std::size_t>(next)]));
  const std::string mark = "PRAGMA application_id = " + std::to_string(application_id) +
                           "; PRAGMA user_version = " + std::to_string(newest) + ';';
  return database.run(mark.c_str());
}

}  // namespace

std::span<const char* const> schema_steps() { return steps; }

Result<void> migrate(const Database& database, std::span<const char* const> all) {
  const auto newest = static_cast<std::int64_t>(all.size());
  TRY(const std::int64_t version, usable_version(database, newest));
  CHECK_OK(database.keep_log());
  if (version == newest) return {};
  CHECK_OK(database.run("BEGIN IMMEDIATE"));
  auto taken = take(database, all);
  if (taken) taken = database.run("COMMIT");
  if (!taken) static_cast<void>(database.run("ROLLBACK").has_value());
  return taken;
}

}  // namespace pinfold::history
