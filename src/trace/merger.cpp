#include "trace/merger.h"

#include <utility>

namespace pinfold::trace {

bool Merger::is_repeat(const Held& held, const Record& record) const {
  if (held.count == 0) return false;
  const Record other(held.bytes, *shape_);
  return other->kind == record->kind && other->actor.tid == record->actor.tid &&
         other->target.tid == record->target.tid && other->argument == record->argument &&
         other->result == record->result;
}

void Merger::use_first() {
  empty_.splice(empty_.end(), held_, held_.begin());
  Held& held = empty_.back();
  use_(Record(held.bytes, *shape_), std::exchange(held.count, 0));
}

void Merger::flush() {
  while (!held_.empty())
    use_first();
}

void Merger::take(const Record& record) {
  if (!pressed_ || !record.is_call()) {
    flush();
    use_(record, 1);
    return;
  }
  while (record->cpu >= by_cpu_.size())
    by_cpu_.push_back(empty_.emplace(empty_.end()));
  const auto at = by_cpu_[record->cpu];
  if (!is_repeat(*at, record)) {
    while (at->count != 0)
      use_first();
  }
  held_.splice(held_.end(), at->count == 0 ? empty_ : held_, at);
  at->bytes.assign(record.bytes().begin(), record.bytes().end());
  ++at->count;
}

}  // namespace pinfold::trace
