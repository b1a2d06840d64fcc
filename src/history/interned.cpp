#include "history/interned.h"

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>

#include <pinfold/cpu_list.h>

#include "base/try.h"
#include "events/names.h"
#include "history/packed.h"

namespace pinfold::history {
namespace {

using trace::Actor;
using trace::SetEvent;
using trace::TargetTask;

// All values of a row as one text, each ended so that no two rows have the same.
class Key {
 public:
  Key(std::string& text, char table) : text_(&text) { text.assign(1, table); }

  Key& add(std::int64_t number) {
    char digits[24];
    const auto [last, error] = std::to_chars(digits, digits + sizeof digits, number);
    text_->append(digits, last);
    *text_ += ';';
    return *this;
  }
  Key& add(std::string_view text) {
    add(static_cast<std::int64_t>(text.size()));
    *text_ += text;
    return *this;
  }
  Key& add(const CpuSet& cpus) {
    const auto words = cpus.words();
    return add(std::string_view(reinterpret_cast<const char*>(words.data()), words.size_bytes()));
  }
  template <class Value>
  Key& add(const std::optional<Value>& value) {
    if (value) return add(*value);
    *text_ += '-';
    return *this;
  }

 private:
  std::string* text_;
};

std::optional<std::string> list_of(const std::optional<CpuSet>& cpus) {
  return cpus ? std::optional(to_cpu_list(*cpus)) : std::nullopt;
}

template <class Enum>
std::optional<std::string_view> name_of(const std::optional<Enum>& value) {
  return value ? std::optional<std::string_view>(trace::name_of(*value)) : std::nullopt;
}

template <class Id>
std::optional<std::int64_t> number_of(const std::optional<Id>& id) {
  return id ? std::optional<std::int64_t>(id->value()) : std::nullopt;
}

template <std::integral Number>
std::optional<std::int64_t> wide(const std::optional<Number>& number) {
  std::optional<std::int64_t> wide;
  if (number) wide.emplace(*number);
  return wide;
}

}  // namespace

Result<Interned> Interned::open(const Database& database) {
  TRY(Statement actor,
      database.prepare(
          "INSERT INTO actor (chapter, pid, tid, start, ns_pid, ns_tid, comm, exe, uid,"
          " cgroup, container, abi, parents) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"));
  TRY(Statement thread,
      database.prepare("INSERT INTO thread (chapter, pid, tid, start, comm, cgroup)"
                       " VALUES (?,?,?,?,?,?)"));
  TRY(Statement masks,
      database.prepare("INSERT INTO masks (chapter, old, request, kernel_request, effective)"
                       " VALUES (?,?,?,?,?)"));
  TRY(Statement outcome,
      database.prepare("INSERT INTO outcome (chapter, relation, old_from, result, cause,"
                       " attribution, trusted, narrowed, by, callers, pid, length, mask)"
                       " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"));
  return Interned(std::move(actor), std::move(thread), std::move(masks), std::move(outcome));
}

void Interned::clear(std::int64_t chapter) {
  chapter_ = chapter;
  ids_.clear();
}

// The row whose key_ was not found.
Result<std::int64_t> Interned::write(Statement& statement) {
  statement.bind(1, chapter_);
  CHECK_OK(statement.run());
  const std::int64_t id = statement.last_id();
  ids_.emplace(key_, id);
  return id;
}

Result<std::int64_t> Interned::actor(const Actor& actor) {
  const std::string parents = pack(actor.parents);
  const auto ns_pid = number_of(actor.ns_pid);
  const auto ns_tid = number_of(actor.ns_tid);
  const auto abi = name_of(actor.abi);
  const auto uid = wide(actor.uid);
  const auto start = static_cast<std::int64_t>(actor.start_time);
  Key(key_, 'a')
      .add(actor.pid.value())
      .add(actor.tid.value())
      .add(start)
      .add(ns_pid)
      .add(ns_tid)
      .add(actor.comm)
      .add(actor.exe)
      .add(uid)
      .add(actor.cgroup)
      .add(actor.container)
      .add(abi)
      .add(parents);
  if (const auto found = ids_.find(key_); found != ids_.end()) return found->second;
  actor_.bind(2, actor.pid.value())
      .bind(3, actor.tid.value())
      .bind(4, start)
      .bind(5, ns_pid)
      .bind(6, ns_tid)
      .bind(7, actor.comm)
      .bind(8, actor.exe)
      .bind(9, uid)
      .bind(10, actor.cgroup)
      .bind(11, actor.container)
      .bind(12, abi)
      .bind(13, parents);
  return write(actor_);
}

Result<std::int64_t> Interned::thread(const TargetTask& thread) {
  const auto start = static_cast<std::int64_t>(thread.start_time);
  Key(key_, 't')
      .add(thread.pid.value())
      .add(thread.tid.value())
      .add(start)
      .add(thread.comm)
      .add(thread.cgroup);
  if (const auto found = ids_.find(key_); found != ids_.end()) return found->second;
  thread_.bind(2, thread.pid.value())
      .bind(3, thread.tid.value())
      .bind(4, start)
      .bind(5, thread.comm)
      .bind(6, thread.cgroup);
  return write(thread_);
}

Result<std::int64_t> Interned::masks(const SetEvent& set) {
  Key(key_, 'm').add(set.old).add(set.request).add(set.kernel_request).add(set.effective);
  if (const auto found = ids_.find(key_); found != ids_.end()) return found->second;
  masks_.bind(2, list_of(set.old))
      .bind(3, list_of(set.request))
      .bind(4, list_of(set.kernel_request))
      .bind(5, list_of(set.effective));
  return write(masks_);
}

Result<std::int64_t> Interned::outcome(const SetEvent& set) {
  const auto relation = name_of(set.relation);
  const auto cause = static_cast<std::int64_t>(set.cause);
  const auto attribution = static_cast<std::int64_t>(set.attribution);
  const auto old_from = static_cast<std::int64_t>(set.old_from);
  const auto narrowed = wide(set.narrowed);
  const std::int64_t trusted = set.trusted ? 1 : 0;
  const std::string callers = pack(set.callers);
  std::optional<std::int64_t> pid;
  std::optional<std::int64_t> length;
  std::optional<std::int64_t> address;
  if (set.arguments) {
    pid = set.arguments->pid;
    length = static_cast<std::int64_t>(set.arguments->length);
    address = static_cast<std::int64_t>(set.arguments->mask);
  }
  Key(key_, 'o')
      .add(relation)
      .add(old_from)
      .add(set.result)
      .add(cause)
      .add(attribution)
      .add(trusted)
      .add(narrowed)
      .add(set.by)
      .add(callers)
      .add(pid)
      .add(length)
      .add(address);
  if (const auto found = ids_.find(key_); found != ids_.end()) return found->second;
  outcome_.bind(2, relation)
      .bind(3, trace::name_of(set.old_from))
      .bind(4, set.result)
      .bind(5, trace::name_of(set.cause))
      .bind(6, trace::name_of(set.attribution))
      .bind(7, trusted)
      .bind(8, narrowed)
      .bind(9, set.by)
      .bind(10, callers)
      .bind(11, pid)
      .bind(12, length)
      .bind(13, address);
  return write(outcome_);
}

}  // namespace pinfold::history
