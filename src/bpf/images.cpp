#include "bpf/images.h"

#include "calls_btf_loader.h"
#include "calls_raw_loader.h"
#include "calls_tp_loader.h"
#include "calls_vpid_loader.h"
#include "commits_context_loader.h"
#include "commits_flags_loader.h"
#include "runs_loader.h"
#include "tasks_loader.h"
#include "trace_record.h"

// Each header is a namespace with the same names in it.
#define IMAGE(object)                    \
  {.data = object::data,                 \
   .instructions = object::instructions, \
   .maps = object::maps,                 \
   .programs = object::programs}

#define CALLS(object)                                                                           \
  CallsImage {                                                                                  \
    .image = IMAGE(object), .constants = object::map_constants, .ring = object::map_ring,       \
    .counts = object::map_counts, .wanted = object::map_wanted, .touched = object::map_touched, \
    .rates = object::map_rates, .calls = object::program_calls, .forks = object::program_forks, \
    .execs = object::program_execs, .renames = object::program_renames,                         \
    .exits = object::program_exits, .moves = object::program_moves,                             \
    .hotplugs = object::program_hotplugs                                                        \
  }

#define COMMITS(object)                                                                   \
  CommitsImage {                                                                          \
    .image = IMAGE(object), .constants = object::map_constants, .ring = object::map_ring, \
    .counts = object::map_counts                                                          \
  }

namespace pinfold::bpf {

static_assert(bpf_calls_vpid::constants_bytes == sizeof(trace_settings));
static_assert(bpf_commits_context::constants_bytes == sizeof(trace_settings));
static_assert(bpf_runs::constants_bytes == sizeof(trace_settings));

Result<TasksImage> tasks_image() {
  return TasksImage{.image = IMAGE(bpf_tasks),
                    .question = bpf_tasks::map_question,
                    .tasks = bpf_tasks::program_tasks};
}

Result<CallsImage> calls_image(CallsWay way) {
  switch (way) {
    case CallsWay::vpid:
      return CALLS(bpf_calls_vpid);
    case CallsWay::btf:
      return CALLS(bpf_calls_btf);
    case CallsWay::raw:
      return CALLS(bpf_calls_raw);
    case CallsWay::tracepoint:
      break;
  }
  return CALLS(bpf_calls_tp);
}

Result<CommitsImage> commits_image(CommitsWay way) {
  if (way == CommitsWay::context) return COMMITS(bpf_commits_context);
  return COMMITS(bpf_commits_flags);
}

Result<RunsImage> runs_image() {
  return RunsImage{.image = IMAGE(bpf_runs),
                   .constants = bpf_runs::map_constants,
                   .ring = bpf_runs::map_ring,
                   .counts = bpf_runs::map_counts,
                   .wanted = bpf_runs::map_wanted,
                   .switches = bpf_runs::program_switches,
                   .cuts = bpf_runs::program_cuts,
                   .forks = bpf_runs::program_forks,
                   .frees = bpf_runs::program_frees};
}

}  // namespace pinfold::bpf
