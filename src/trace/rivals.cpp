#include "trace/rivals.h"

#include <utility>

namespace pinfold::trace {

void Rivals::hear(const Record& record) {
  if (record->kind != trace_set || record->result != 0) return;
  heard_ = record.moment();
  auto& [latest, other] = setters_[record->target.tid];
  if (latest.tid != record->actor.tid) {
    other = std::exchange(latest, {.tid = record->actor.tid, .last = heard_});
  }
  latest.last = heard_;
  constexpr std::size_t many = 65536;
  if (setters_.size() > many) forget_old();
}

void Rivals::forget_old() {
  std::erase_if(setters_, [this](const auto& entry) {
    return heard_ - entry.second.latest.last > 2 * window;
  });
}

bool Rivals::has(const Record& call) const {
  const Moment since = call.moment() - window;
  if (missed_ && *missed_ > since) return true;
  const auto found = setters_.find(call->target.tid);
  if (found == setters_.end()) return false;
  const auto& [latest, other] = found->second;
  const Setter& rival = latest.tid == call->actor.tid ? other : latest;
  return rival.tid != 0 && rival.last > since;
}

}  // namespace pinfold::trace
