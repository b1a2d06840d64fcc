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

  void add(const trace::Event& event) { push(event); }
  void add(const trace::Life& life) { push(life); }

  /// What keeps it from writing: once, when that begins. It tries again every second.
  std::optional<Error> take_problem();

  /// Writes what waits, and ends. The error is that of the last attempt.
  Result<Recorded> finish();

 private:
  using Item = std::variant<trace::Event, trace::Life>;

  Recorder(Writer writer, const RecorderOptions& options);
  template <class Value>
  void push(const Value& value);
  void run();
  Result<void> write(std::vector<Item>& items, trace::Time now);
  Result<void> write_gap(trace::Time now);
  void fail_with(const Error& error, std::uint64_t events, trace::Time now);

  Writer writer_;
  RecorderOptions options_;
  std::thread thread_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Item> waiting_;    // with mutex_, as what follows
  std::uint64_t overflown_ = 0;  // that found no room since the last batch was taken
  bool ends_ = false;
  std::optional<Error> problem_;

  std::uint64_t changes_ = 0;  // of the writing thread, as what follows
  std::uint64_t missing_ = 0;
  std::uint64_t unsaid_ = 0;  // missing ones that no gap tells of yet
  trace::Time since_{};       // of them
  std::optional<Error> failed_;
};

}  // namespace pinfold::history
