// The numbers of Perfetto's fields: a namespace for each message, as protos/perfetto/trace of
// github.com/google/perfetto has them.
#pragma once

namespace pinfold::tool::field {

// trace.proto
namespace trace {
inline constexpr unsigned packet = 1;
}  // namespace trace

// trace_packet.proto
namespace packet {
inline constexpr unsigned ftrace_events = 1;
inline constexpr unsigned clock_snapshot = 6;
inline constexpr unsigned timestamp = 8;
inline constexpr unsigned trusted_packet_sequence_id = 10;
inline constexpr unsigned track_event = 11;
inline constexpr unsigned sequence_flags = 13;
inline constexpr unsigned track_descriptor = 60;
inline constexpr unsigned first_packet_on_sequence = 87;
}  // namespace packet

// clock_snapshot.proto
namespace clock_snapshot {
inline constexpr unsigned clocks = 1;
}  // namespace clock_snapshot
namespace clock {
inline constexpr unsigned clock_id = 1;
inline constexpr unsigned timestamp = 2;
}  // namespace clock

// track_event/track_descriptor.proto
namespace track {
inline constexpr unsigned uuid = 1;
inline constexpr unsigned name = 2;
inline constexpr unsigned process = 3;
inline constexpr unsigned thread = 4;
inline constexpr unsigned parent_uuid = 5;
}  // namespace track

// track_event/process_descriptor.proto
namespace process {
inline constexpr unsigned pid = 1;
inline constexpr unsigned process_name = 6;
}  // namespace process

// track_event/thread_descriptor.proto
namespace thread {
inline constexpr unsigned pid = 1;
inline constexpr unsigned tid = 2;
inline constexpr unsigned thread_name = 5;
}  // namespace thread

// track_event/track_event.proto
namespace event {
inline constexpr unsigned debug_annotations = 4;
inline constexpr unsigned type = 9;
inline constexpr unsigned track_uuid = 11;
inline constexpr unsigned categories = 22;
inline constexpr unsigned name = 23;
}  // namespace event

// track_event/debug_annotation.proto
namespace annotation {
inline constexpr unsigned bool_value = 2;
inline constexpr unsigned uint_value = 3;
inline constexpr unsigned int_value = 4;
inline constexpr unsigned string_value = 6;
inline constexpr unsigned pointer_value = 7;
inline constexpr unsigned name = 10;
}  // namespace annotation

// ftrace/ftrace_event_bundle.proto
namespace bundle {
inline constexpr unsigned cpu = 1;
inline constexpr unsigned event = 2;
}  // namespace bundle

// ftrace/ftrace_event.proto
namespace ftrace {
inline constexpr unsigned timestamp = 1;
inline constexpr unsigned pid = 2;
inline constexpr unsigned sched_switch = 4;
inline constexpr unsigned task_rename = 236;
inline constexpr unsigned sched_process_free = 240;
}  // namespace ftrace

// ftrace/sched.proto
namespace sched_switch {
inline constexpr unsigned prev_pid = 2;
inline constexpr unsigned prev_prio = 3;
inline constexpr unsigned prev_state = 4;
inline constexpr unsigned next_comm = 5;
inline constexpr unsigned next_pid = 6;
inline constexpr unsigned next_prio = 7;
}  // namespace sched_switch
namespace sched_process_free {
inline constexpr unsigned comm = 1;
inline constexpr unsigned pid = 2;
}  // namespace sched_process_free

// ftrace/task.proto
namespace task_rename {
inline constexpr unsigned pid = 1;
inline constexpr unsigned newcomm = 3;
}  // namespace task_rename

}  // namespace pinfold::tool::field
