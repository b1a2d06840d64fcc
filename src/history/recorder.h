// Events into a history, by a thread of its own: who tells them does not wait for the disk.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "history/writer.h"

namespace pinfold::history {

struct RecorderOptions {
  Bounds bounds;
  std::chrono::milliseconds pause{200};  ///< between two commits
  /// Events that wait for the disk, of about a kilobyte each. Of those that come when there are so
  /// many no one is kept.
  std::size_t most_waiting = 100'000;
};

struct Recorded {
  std::uint64_t changes = 0;  ///< that are on the disk; repeats that are told as one count once
  std::uint64_t missing = 0;  ///< events that are not; the history has a gap for them
};

class Recorder {
 public:
  /// Errors as Writer::open().
  static Result<std::unique_ptr<Recorder>> open(const std::string& path,
                                                const RecorderOptions& options = {});
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;
  ~Recorder();

  /// Begins to write. Until then events wait: the thread has the capabilities that its creator
  /// has now.
  void start();

  /// Gets are left out, as the writer does.
  void add(const trace::Event& event) {
    if (!std::holds_alternative<trace::GetEvent>(event)) push(event);
  }
  void add(const trace::Life& life) { push(life); }

  /// What keeps it from writing: once, when that begins. It tries again every second.
  std::optional<Error> take_problem();

  /// Writes what waits, and ends. The error is that of the last attempt.
  Result<Recorded> finish();

 private:
  using Item = std::variant<trace::Event, trace::Life>;

  Recorder(Writer writer, const RecorderOptions& options);
  void push(Item item);
  void run();
  void keep(const std::vector<Item>& items, trace::Time complete, trace::Time now);
  Result<void> write(const std::vector<Item>& items, trace::Time complete);
  Result<void> write_gap();
  void fail_with(const Error& error);
  void miss(std::uint64_t events, trace::Time since, trace::Time until);

  Writer writer_;
  RecorderOptions options_;
  std::thread thread_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Item> waiting_;    // with mutex_, as what follows
  std::uint64_t overflown_ = 0;  // events that found no room since the last batch was taken
  std::optional<trace::Time> full_since_;  // when the first of them came, or of lives
  bool ends_ = false;
  std::optional<Error> problem_;

  std::uint64_t changes_ = 0;  // of the writing thread, as what follows
  std::uint64_t missing_ = 0;
  trace::Time complete_;       // up to here all is on the disk, or a gap says what is not
  std::optional<Gap> unsaid_;  // what no gap on the disk tells of yet
  std::optional<Error> failed_;
};

}  // namespace pinfold::history
