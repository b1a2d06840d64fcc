#include "history/recorder.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/file.h"
#include "base/try.h"

namespace pinfold::history {
namespace {

constexpr auto retry_after = std::chrono::seconds(1);
// So long is a time of which it is not known whether it was quiet, after a crash.
constexpr std::chrono::milliseconds heartbeat = std::chrono::seconds(30);

using Item = std::variant<trace::Event, trace::Life>;

bool is_event(const Item& item) { return std::holds_alternative<trace::Event>(item); }

bool is_change(const Item& item) {
  return is_event(item) && std::holds_alternative<trace::SetEvent>(std::get<trace::Event>(item));
}

std::uint64_t count(const std::vector<Item>& items, bool (*is_one)(const Item&)) {
  return static_cast<std::uint64_t>(std::ranges::count_if(items, is_one));
}

trace::Time wall_clock() { return std::chrono::system_clock::now(); }

}  // namespace

Result<std::unique_ptr<Recorder>> Recorder::open(const std::string& path,
                                                 const RecorderOptions& options) {
  TRY(const std::string boot, read_line("/proc/sys/kernel/random/boot_id"));
  TRY(Writer writer, Writer::open(path, boot, options.bounds));
  return std::unique_ptr<Recorder>(new Recorder(std::move(writer), options));
}

Recorder::Recorder(Writer writer, const RecorderOptions& options)
    : writer_(std::move(writer)), options_(options) {}

Recorder::~Recorder() {
  if (thread_.joinable()) static_cast<void>(finish().has_value());
}

void Recorder::start() {
  thread_ = std::thread([this] { run(); });
}

template <class Value>
void Recorder::push(const Value& value) {
  const std::scoped_lock lock(mutex_);
  if (waiting_.size() >= options_.most_waiting) {
    ++overflown_;
    return;
  }
  waiting_.emplace_back(value);
  // The first one ends a rest, and a good part of the room the pause after it.
  const std::size_t count = waiting_.size();
  if (count == 1 || count == options_.most_waiting / 8) wake_.notify_one();
}

template void Recorder::push(const trace::Event& value);
template void Recorder::push(const trace::Life& value);

std::optional<Error> Recorder::take_problem() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(problem_, std::nullopt);
}

void Recorder::fail_with(const Error& error, std::uint64_t events, trace::Time now) {
  writer_.rollback();
  if (!failed_) {
    const std::scoped_lock lock(mutex_);
    problem_ = error;
  }
  if (unsaid_ == 0) since_ = now;
  missing_ += events;
  unsaid_ += events;
  failed_ = error;
}

Result<void> Recorder::write_gap(trace::Time now) {
  if (unsaid_ == 0) return {};
  CHECK_OK(writer_.add(
      Gap{.from = since_,
          .to = now,
          .count = unsaid_,
          .reason = failed_ ? message(*failed_) : "more events than could be written"}));
  return {};
}

Result<void> Recorder::write(std::vector<Item>& items, trace::Time now) {
  CHECK_OK(write_gap(now));
  for (const Item& item : items)
    CHECK_OK(std::visit([this](const auto& one) { return writer_.add(one); }, item));
  CHECK_OK(writer_.commit(now));
  unsaid_ = 0;
  failed_.reset();
  return {};
}

void Recorder::run() {
  std::vector<Item> items;
  bool is_trimming = false;
  auto last_write = std::chrono::steady_clock::now();
  for (;;) {
    std::uint64_t overflown = 0;
    bool ends = false;
    {
      std::unique_lock lock(mutex_);
      const auto rest = failed_ ? std::chrono::milliseconds(retry_after) : heartbeat;
      wake_.wait_for(lock, is_trimming ? options_.pause : rest,
                     [this] { return ends_ || (!failed_ && !waiting_.empty()); });
      // What comes together is written together.
      wake_.wait_for(lock, options_.pause,
                     [this] { return ends_ || waiting_.size() >= options_.most_waiting / 8; });
      items.clear();
      std::swap(items, waiting_);
      overflown = std::exchange(overflown_, 0);
      ends = ends_;
    }
    const trace::Time now = wall_clock();
    const bool is_due = std::chrono::steady_clock::now() - last_write >= heartbeat;
    if (!items.empty() || unsaid_ > 0 || is_due) {
      if (const auto written = write(items, now); written) {
        changes_ += count(items, is_change);
      } else {
        fail_with(written.error(), count(items, is_event), now);
      }
      last_write = std::chrono::steady_clock::now();
    }
    if (overflown > 0) {
      if (unsaid_ == 0) since_ = now;
      unsaid_ += overflown;
      missing_ += overflown;
    }
    if (ends) return;
    if (failed_) continue;
    const auto trimmed = writer_.trim(now);
    if (!trimmed) fail_with(trimmed.error(), 0, now);
    is_trimming = trimmed && *trimmed;
  }
}

Result<Recorded> Recorder::finish() {
  {
    const std::scoped_lock lock(mutex_);
    ends_ = true;
  }
  wake_.notify_one();
  if (!thread_.joinable()) start();
  thread_.join();
  const trace::Time now = wall_clock();
  if (!failed_) {
    auto closed = write_gap(now);
    if (closed) closed = writer_.close(now);
    if (!closed) failed_ = closed.error();
  }
  if (failed_) return fail(Error(*failed_));
  return Recorded{.changes = changes_, .missing = missing_};
}

}  // namespace pinfold::history
