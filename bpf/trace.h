// What calls.bpf.c and commits.bpf.c have in common: the ring, the counts, who is who.
#pragma once

// clang-format off
#include "program.h"
#include <bpf/bpf_tracing.h>
#include "trace_record.h"
// clang-format on

const volatile struct trace_settings settings = {};

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 1 << 22);
} ring SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct trace_counts);
} counts SEC(".maps");

// Numbers are read directly, pointers where that is worth the time to load (tasks.bpf.c says why).
// `task` of a program that is attached by BTF is known to the kernel; others are read by helpers.
#ifdef BY_BTF
#define FIELD(...) ___arrow(__VA_ARGS__)
#else
#define FIELD(...) BPF_CORE_READ(__VA_ARGS__)
#endif

enum {
  pf_kthread = 0x00200000
};

static __always_inline __u64 mask_bytes(void) { return settings.mask_words * (__u64)sizeof(__u64); }

static __always_inline struct trace_counts* own_counts(void) {
  const __u32 only = 0;
  return bpf_map_lookup_elem(&counts, &only);
}

// A wakeup costs more than all the rest: the reader looks by himself from time to time.
static __always_inline __u64 wakeup(void) {
  return bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) > settings.wake_bytes ? BPF_RB_FORCE_WAKEUP
                                                                           : BPF_RB_NO_WAKEUP;
}

static __always_inline __u64* mask_at(struct trace_record* record, unsigned which) {
  return (void*)record + sizeof *record + which * mask_bytes();
}

static __always_inline void read_mask(__u64* to, const struct cpumask* mask) {
  bpf_probe_read_kernel(to, mask_bytes(), mask);
}

// The id of the group with the cpuset: in the one hierarchy also of a group without one of its own.
// Cpusets are the first of all controllers where there are any (linux/cgroup_subsys.h).
#define CGROUP_OF(READ, task)                                    \
  (settings.cpuset_in_v2 ? READ(task, cgroups, dfl_cgrp, kn, id) \
                         : READ(task, cgroups, subsys[0], cgroup, kn, id))

// READ is how fields of this task can be read: the target of a record, without its masks.
#define WRITE_TARGET(READ, record, task)                                                      \
  do {                                                                                        \
    (record)->target.pid = READ(task, tgid);                                                  \
    (record)->target.tid = READ(task, pid);                                                   \
    (record)->target.start_time = READ(task, start_boottime);                                 \
    (record)->target.parent = READ(task, real_parent, tgid);                                  \
    (record)->target.uid = 0;                                                                 \
    bpf_probe_read_kernel((record)->target.name, sizeof(record)->target.name, &(task)->comm); \
    (record)->flags |= trace_has_target;                                                      \
    if (READ(task, flags) & pf_kthread) (record)->flags |= trace_target_by_kernel;            \
  } while (0)

// A helper to copy a mask costs more than to load a word.
#define WRITE_MASK(READ, to, task, mask)                      \
  do {                                                        \
    if (settings.mask_words == 1) {                           \
      *(to) = READ(task, mask.bits[0]);                       \
    } else {                                                  \
      bpf_probe_read_kernel(to, mask_bytes(), &(task)->mask); \
    }                                                         \
  } while (0)

static __always_inline void write_actor(struct trace_record* record,
                                        const struct task_struct* task) {
  record->actor.pid = FIELD(task, tgid);
  record->actor.tid = FIELD(task, pid);
  record->actor.start_time = FIELD(task, start_boottime);
  record->actor.parent = FIELD(task, real_parent, tgid);
  record->actor.uid = FIELD(task, real_cred, uid.val);
  bpf_probe_read_kernel(record->actor.name, sizeof record->actor.name, &task->comm);
}

static __always_inline struct trace_record* reserve(struct trace_counts* count, __u64 bytes,
                                                    __u32 kind) {
  struct trace_record* record = bpf_ringbuf_reserve(&ring, sizeof *record + bytes, 0);
  if (!record) return 0;
  record->kind = kind;
  record->flags = 0;
  record->time = bpf_ktime_get_ns();
  record->cpu = bpf_get_smp_processor_id();
  record->lost = count->lost;
  record->lost_others = count->lost_others;
  return record;
}
