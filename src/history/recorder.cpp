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
    : writer_(std::move(writer)), options_(options), complete_(wall_clock()) {}

Recorder::~Recorder() {
  if (thread_.joinable()) static_cast<void>(finish().has_value());
}

void Recorder::start() {
  thread_ = std::thread([this] { run(); });
}

void Recorder::push(Item item) {
  const std::scoped_lock lock(mutex_);
  if (waiting_.size() >= options_.most_waiting) {
    if (is_event(item)) ++overflown_;
    if (!full_since_) full_since_ = wall_clock();
    return;
  }
  waiting_.push_back(std::move(item));
  // The first one ends a rest, and a good part of the room the pause after it.
  const std::size_t count = waiting_.size();
  if (count == 1 || count == options_.most_waiting / 8) wake_.notify_one();
}

std::optional<Error> Recorder::take_problem() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(problem_, std::nullopt);
}

void Recorder::miss(std::uint64_t events, trace::Time since, trace::Time until) {
  if (!unsaid_) unsaid_ = Gap{.from = since, .to = until, .count = 0, .reason = {}};
  unsaid_->to = until;
  unsaid_->count += events;
  missing_ += events;
}

void Recorder::fail_with(const Error& error) {
  writer_.rollback();
  if (!failed_) {
    const std::scoped_lock lock(mutex_);
    problem_ = error;
  }
  failed_ = error;
}

Result<void> Recorder::write_gap() {
  if (!unsaid_) return {};
  Gap gap = *unsaid_;
  gap.reason = failed_ ? message(*failed_) : "more events than could be written";
  return writer_.add(gap);
}

Result<void> Recorder::write(const std::vector<Item>& items, trace::Time complete) {
  CHECK_OK(write_gap());
  for (const Item& item : items)
    CHECK_OK(std::visit([this](const auto& one) { return writer_.add(one); }, item));
  return writer_.commit(complete);
}

void Recorder::keep(const std::vector<Item>& items, trace::Time complete, trace::Time now) {
  if (const auto written = write(items, complete); !written) {
    fail_with(written.error());
    if (!items.empty()) miss(count(items, is_event), complete_, now);
    return;
  }
  changes_ += count(items, is_change);
  complete_ = complete;
  unsaid_.reset();
  failed_.reset();
}

void Recorder::run() {
  std::vector<Item> items;
  bool is_trimming = false;
  auto last_write = std::chrono::steady_clock::now();
  for (;;) {
    std::uint64_t overflown = 0;
    std::optional<trace::Time> full_since;
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
      full_since = std::exchange(full_since_, std::nullopt);
      ends = ends_;
    }
    const trace::Time now = wall_clock();
    const bool is_due = std::chrono::steady_clock::now() - last_write >= heartbeat;
    if (!items.empty() || unsaid_ || is_due) {
      keep(items, full_since.value_or(now), now);
      last_write = std::chrono::steady_clock::now();
    }
    if (full_since) {
      // They came after those that were kept.
      miss(overflown, *full_since, now);
      if (!failed_) keep({}, now, now);
    }
    if (ends) return;
    if (failed_) continue;
    const auto trimmed = writer_.trim(now);
    if (!trimmed) fail_with(trimmed.error());
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
  auto closed = write_gap();
  if (closed) closed = writer_.close(wall_clock());
  if (!closed) return fail(Error(closed.error()));
  return Recorded{.changes = changes_, .missing = missing_};
}

}  // namespace pinfold::history
