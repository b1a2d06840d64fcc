#include "perfetto/size_bound.h"

#include <optional>
#include <string>
#include <variant>

namespace pinfold::tool {
namespace {

// Keys, numbers, names of arguments, and the tracks of a thread that is met first.
constexpr std::uint64_t frame_bytes = 3072;

// A byte that is made safe takes four.
std::uint64_t text(const std::string& text) { return 4 * text.size() + 32; }

std::uint64_t text(const std::optional<std::string>& known) { return known ? text(*known) : 0; }

// A number of a CPU list has at most seven digits; and a mask is told in short once more.
std::uint64_t list(const CpuSet& cpus) { return 8 * cpus.count() + 64; }

std::uint64_t list(const std::optional<CpuSet>& known) { return known ? list(*known) : 0; }

// A name stands in the change, in the descriptions of thread and process, and in the renaming.
std::uint64_t name(const std::string& comm) { return 6 * text(comm); }

std::uint64_t actor(const trace::Actor& actor) {
  std::uint64_t bytes = name(actor.comm) + text(actor.exe) + text(actor.cgroup);
  bytes += text(actor.container);
  for (const trace::Ancestor& parent : actor.parents)
    bytes += text(parent.comm);
  return bytes;
}

std::uint64_t target(const std::optional<trace::TargetTask>& target) {
  return target ? name(target->comm) + text(target->cgroup) : 0;
}

std::uint64_t bound(const trace::SetEvent& set) {
  std::uint64_t bytes = list(set.old) + list(set.request) + list(set.kernel_request);
  bytes += 2 * list(set.effective) + target(set.target) + text(set.by);
  if (set.actor) bytes += actor(*set.actor);
  for (const trace::Frame& frame : set.callers)
    bytes += text(frame.module);
  return bytes;
}

std::uint64_t bound(const trace::GetEvent& get) {
  return actor(get.actor) + target(get.target) + list(get.answer);
}

std::uint64_t bound(const trace::StartEvent& start) {
  std::uint64_t bytes = text(start.kernel);
  for (const trace::Leg& leg : start.legs)
    bytes += text(leg.name) + text(leg.chosen) + text(leg.reason) + text(leg.blind);
  return bytes;
}

std::uint64_t bound(const trace::SuppressedEvent& suppressed) { return 2 * text(suppressed.comm); }
std::uint64_t bound(const trace::SnapshotEvent& snapshot) { return text(snapshot.reason); }
std::uint64_t bound(const trace::LostEvent&) { return 0; }
std::uint64_t bound(const trace::EndEvent&) { return 0; }

std::uint64_t bound(const trace::Alive& alive) {
  return name(alive.task.comm) + 2 * list(alive.allowed);
}
std::uint64_t bound(const trace::Ended&) { return 0; }
std::uint64_t bound(const trace::Ran&) { return 0; }
std::uint64_t bound(const trace::RunsLost&) { return 0; }

}  // namespace

std::uint64_t size_bound(const trace::Event& event) {
  return frame_bytes + std::visit([](const auto& one) { return bound(one); }, event);
}

std::uint64_t size_bound(const trace::Life& life) {
  return frame_bytes + std::visit([](const auto& one) { return bound(one); }, life);
}

}  // namespace pinfold::tool
