// Who passes a filter of tasks: kept by the programs themselves, so that children are in it before
// they do anything.
#pragma once

#include "trace.h"

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(map_flags, 1);  // BPF_F_NO_PREALLOC
  __uint(max_entries, trace_most_wanted);
  __type(key, struct trace_wanted_key);
  __type(value, __u32);  // enum trace_role, several
} wanted SEC(".maps");

static __always_inline __u32 role_of(int number, bool is_thread) {
  const struct trace_wanted_key key = {.number = number, .is_thread = is_thread};
  const __u32* role = bpf_map_lookup_elem(&wanted, &key);
  return role ? *role : 0;
}

static __always_inline bool is_wanted(int pid, int tid, __u32 role) {
  return (role_of(pid, false) & role) || (role_of(tid, true) & role);
}

static __always_inline void follow(const struct task_struct* creator,
                                   const struct task_struct* child) {
  if (FIELD(creator, tgid) == FIELD(child, tgid)) return;
  const __u32 role = role_of(FIELD(creator, tgid), false) | role_of(FIELD(creator, pid), true);
  const struct trace_wanted_key key = {.number = FIELD(child, tgid)};
  if (role) bpf_map_update_elem(&wanted, &key, &role, BPF_ANY);
}

// Numbers are given anew: who has ended is not wanted any more.
static __always_inline void forget(const struct task_struct* task, bool is_last) {
  const struct trace_wanted_key thread = {.number = FIELD(task, pid), .is_thread = true};
  bpf_map_delete_elem(&wanted, &thread);
  if (!is_last) return;
  const struct trace_wanted_key process = {.number = FIELD(task, tgid)};
  bpf_map_delete_elem(&wanted, &process);
}
