#include "events/text.h"

#include <algorithm>

#include "base/terminal_text.h"
#include "events/text_call.h"
#include "events/text_line.h"

namespace pinfold::trace {
namespace {

constexpr std::size_t column_message = 14;

TextLine stamped(Time time, const TextStyle& style) {
  TextLine line(style.color);
  line.put(clock_text(time), Look::faint).column(column_message);
  return line;
}

std::string plural(std::uint64_t count, const char* noun) {
  return std::to_string(count) + ' ' + noun + (count == 1 ? "" : "s");
}

// "0-7" of 8.
std::string all_cpus(unsigned cpu_ids) {
  return cpu_ids < 2 ? "0" : "0-" + std::to_string(cpu_ids - 1);
}

void put_leg(TextLine& line, const Leg& leg, std::size_t column) {
  line.below(2).put(safe_text(leg.name)).column(column);
  leg.chosen.empty() ? line.put("none", Look::alarm)
                     : line.put(safe_text(leg.chosen), Look::strong);
  if (!leg.reason.empty()) {
    const std::string reason = safe_text(leg.reason);
    line.put(leg.chosen.empty() ? ": " + reason : " (" + reason + ')');
  }
  if (!leg.blind.empty()) line.below(column).put("does not see " + safe_text(leg.blind));
}

std::string text(const StartEvent& start, const TextStyle& style) {
  TextLine line = stamped(start.time, style);
  line.put("start", Look::strong).put(": Linux " + safe_text(start.kernel));
  if (start.cpu_ids > 0) line.put(", CPUs " + all_cpus(start.cpu_ids));
  if (start.sampled) {
    line.below(2).put("sampled", Look::alarm);
    line.put(": masks are compared from time to time. What changes and changes back in between");
    line.below(2).put("is not seen, and nobody knows who did it.");
  }
  std::size_t column = 0;
  for (const Leg& leg : start.legs)
    column = std::max(column, safe_text(leg.name).size() + 4);
  for (const Leg& leg : start.legs)
    put_leg(line, leg, column);
  return std::move(line).take();
}

std::string text(const SetEvent& set, const TextStyle& style) { return line_of(set, style); }

std::string text(const GetEvent& get, const TextStyle& style) { return line_of(get, style); }

std::string text(const LostEvent& lost, const TextStyle& style) {
  TextLine line = stamped(lost.to, style);
  std::string what = lost.count > 0 || lost.others == 0 ? plural(lost.count, "event") : "";
  if (lost.others > 0) {
    what += what.empty() ? "" : " and ";
    what += std::to_string(lost.others) + " of births, ends and moves";
  }
  line.put("lost " + what, Look::alarm);
  line.put(" since " + clock_text(lost.from));
  if (lost.cpu) line.put(" on CPU " + std::to_string(lost.cpu->value()));
  line.put("; a snapshot follows");
  return std::move(line).take();
}

std::string text(const SuppressedEvent& suppressed, const TextStyle& style) {
  TextLine line = stamped(suppressed.time, style);
  line.put(task_text(suppressed.comm, suppressed.actor, suppressed.actor.leader()));
  line.put(": " + plural(suppressed.count, "more call") + " not shown (--rate)");
  return std::move(line).take();
}

std::string text(const SnapshotEvent& snapshot, const TextStyle& style) {
  TextLine line = stamped(snapshot.time, style);
  line.put("snapshot", Look::strong).put(" (" + safe_text(snapshot.reason) + "): ");
  line.put(plural(snapshot.threads, "thread"));
  if (snapshot.changed > 0) line.put(", " + std::to_string(snapshot.changed) + " changed unseen");
  return std::move(line).take();
}

std::string text(const EndEvent& end, const TextStyle& style) {
  TextLine line = stamped(end.time, style);
  line.put("end", Look::strong).put(": " + plural(end.seen, "event"));
  if (end.lost == 0 && end.lost_others == 0 && end.suppressed == 0) {
    line.put(end.seen == 0 ? "" : ", none lost");
    return std::move(line).take();
  }
  line.put(", " + std::to_string(end.sent) + " told");
  if (end.suppressed > 0) line.put(", " + std::to_string(end.suppressed) + " not shown (--rate)");
  line.put(", ").put(std::to_string(end.lost) + " lost", end.lost > 0 ? Look::alarm : Look::plain);
  if (end.lost_others > 0) {
    line.put(", " + std::to_string(end.lost_others) + " of births, ends and moves lost",
             Look::alarm);
  }
  return std::move(line).take();
}

}  // namespace

std::string to_text(const Event& event, const TextStyle& style) {
  return std::visit([&style](const auto& one) { return text(one, style); }, event);
}

}  // namespace pinfold::trace
