// Each time the kernel replaces a task's mask, whoever makes it do so, as it happens: by what is
// put in front of set_cpus_allowed_common(), the one function that writes it (kernel/sched/core.c).
//
//   BY_CONTEXT   its argument since 6.2, struct affinity_context; else mask and flags, since 5.12
#define BY_BTF
#include "trace.h"

enum {
  sca_migrate_disable = 2,
  sca_migrate_enable = 4,
  sca_user = 8
};

static __always_inline int call_of(const struct task_struct* task) {
  if (FIELD(task, flags) & pf_kthread) return -1;
  const struct pt_regs* regs = (const void*)bpf_task_pt_regs((void*)task);
#if defined(__TARGET_ARCH_x86)
  return (int)BPF_CORE_READ(regs, orig_ax);
#elif defined(__TARGET_ARCH_arm64)
  return BPF_CORE_READ(regs, syscallno);
#endif
}

static __always_inline struct trace_record* begin(struct trace_counts* count, __u32 kind) {
  struct trace_record* record = reserve(count, 3 * mask_bytes(), kind);
  ++count->seen;
  if (!record) {
    ++count->lost;
    return 0;
  }
  const struct task_struct* actor = bpf_get_current_task_btf();
  write_actor(record, actor);
  if (FIELD(actor, flags) & pf_kthread) record->flags |= trace_by_kernel;
  record->call = call_of(actor);
  return record;
}

static __always_inline int tell_commit(const struct task_struct* task, const struct cpumask* mask,
                                       const struct cpumask* request, unsigned flags) {
  // These two are bookkeeping for a task that must stay where it is for a moment.
  if (flags & (sca_migrate_disable | sca_migrate_enable)) return 0;
  struct trace_counts* count = own_counts();
  if (!count) return 0;
  struct trace_record* record = begin(count, trace_commit);
  if (!record) return 0;
  WRITE_TARGET(FIELD, record, task);
  record->address = flags;
  read_mask(mask_at(record, 0), mask);
  WRITE_MASK(FIELD, mask_at(record, 2), task, cpus_mask);
  if (request && (flags & sca_user)) {
    record->flags |= trace_has_request;
    read_mask(mask_at(record, 1), request);
  }
  ++count->sent;
  bpf_ringbuf_submit(record, wakeup());
  return 0;
}

#ifdef BY_CONTEXT
SEC("fentry/set_cpus_allowed_common")
int BPF_PROG(commits, struct task_struct* task, struct affinity_context* change) {
  (void)ctx;
  return tell_commit(task, change->new_mask, change->user_mask, change->flags);
}
#else
SEC("fentry/set_cpus_allowed_common")
int BPF_PROG(commits, struct task_struct* task, const struct cpumask* mask, __u32 flags) {
  (void)ctx;
  return tell_commit(task, mask, 0, flags);
}

// What the caller's memory said when the kernel read it: nowhere else is it kept before 6.2.
SEC("fentry/sched_setaffinity")
int BPF_PROG(asks, int pid, const struct cpumask* mask) {
  (void)ctx;
  (void)pid;
  struct trace_counts* count = own_counts();
  if (!count) return 0;
  struct trace_record* record = begin(count, trace_asked);
  if (!record) return 0;
  record->flags |= trace_has_request;
  read_mask(mask_at(record, 1), mask);
  ++count->sent;
  bpf_ringbuf_submit(record, wakeup());
  return 0;
}
#endif
