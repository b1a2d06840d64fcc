// Events into a history, in transactions.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "base/fd.h"
#include "events/life.h"
#include "history/interned.h"
#include "history/remark.h"

namespace pinfold::history {

/// What a history is kept below. What is older, or too much, goes in whole chapters, the oldest
/// first; the newest one stays.
struct Bounds {
  std::chrono::seconds age = std::chrono::days(30);
  std::uint64_t bytes = std::uint64_t{256} << 20U;
};

class Writer {
 public:
  /// The file is made where it is missing, and one of an older version is brought up to this one.
  /// `boot` tells boots apart. Errors as make_file(), lock_for_writing(), Database::open(),
  /// migrate().
  static Result<Writer> open(const std::string& path, const std::string& boot,
                             const Bounds& bounds = {});

  /// The first event of a stream is its start. Gets are left out: they change nothing. Errors are
  /// those of the disk; then rollback() is what is left to do.
  Result<void> add(const trace::Event& event);
  Result<void> add(const trace::Life& life);
  Result<void> add(const Gap& gap);

  /// When it returns, all that was added is on the disk, and up to `now` nothing is missing.
  Result<void> commit(trace::Time now) { return finish_transaction(now, false); }
  /// What was added since the last commit is gone. The stream can go on.
  void rollback();
  /// In order, after the last event.
  Result<void> close(trace::Time now) { return finish_transaction(now, true); }

  /// Drops a part of what is beyond the bounds: whether there is more to be dropped.
  Result<bool> trim(trace::Time now);

  /// What the file takes, free pages in it left out.
  [[nodiscard]] Result<std::uint64_t> bytes() const;

 private:
  struct Thread {
    trace::TargetTask task;
    CpuSet allowed;
    std::int64_t row = 0;  // in this chapter; 0: not written yet
  };
  struct Statements {
    Statement chapter;
    Statement ended;
    Statement event;
    Statement remark;
    Statement state;
    Statement exit;
  };
  Writer(Fd lock, Database database, Interned interned, Statements statements, std::string boot,
         const Bounds& bounds);

  static Result<Statements> prepare(const Database& database);
  Result<void> begin();
  Result<void> finish_transaction(trace::Time now, bool closed);
  Result<void> begin_session(const trace::StartEvent& start);
  Result<void> begin_chapter(trace::Time time);
  Result<void> keep_in_order(trace::Time time);
  Result<void> take(const trace::SetEvent& set);
  Result<void> take(const trace::Alive& alive);
  Result<void> take(const trace::Ended& ended);
  static Result<void> take(const trace::Ran& /*ran*/) { return {}; }
  static Result<void> take(const trace::RunsLost& /*lost*/) { return {}; }
  Result<void> write_remark(trace::Time time, const std::string& text);
  Result<void> write_state(Thread& thread, trace::Time time);
  [[nodiscard]] bool is_full() const;
  [[nodiscard]] Result<bool> drop_rows() const;

  Fd lock_;
  Database database_;
  Interned interned_;
  Statements statements_;
  std::string boot_;
  Bounds bounds_;

  std::unordered_map<pid_t, Thread> threads_;
  trace::StartEvent start_;
  bool is_open_ = false;        // a transaction
  bool is_dropping_ = true;     // there may be rows of a chapter that is gone
  bool needs_chapter_ = false;  // what the last one had was taken back
  std::int64_t session_ = 0;
  std::int64_t kept_session_ = 0;  // as of the last commit
  std::int64_t chapter_ = 0;
  std::int64_t base_ = 0;
  std::int64_t last_ = 0;       // id
  std::uint64_t events_ = 0;    // of the chapter
  std::size_t begun_with_ = 0;  // rows that events refer to
  trace::Time began_{};
  trace::Time newest_{};
  trace::Time committed_{};
};

}  // namespace pinfold::history
