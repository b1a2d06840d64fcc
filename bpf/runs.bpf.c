// Where threads run: a record for each time that one is taken off a CPU, of the whole time that it
// was there.
#define BY_BTF
#include "trace.h"
#include "wanted.h"

// Of each CPU: since when who is there now is there. 0: not known.
struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, __u64);
} since SEC(".maps");

static __always_inline bool is_told(const struct task_struct* task) {
  if (settings.by_target)
    return is_wanted(FIELD(task, tgid), FIELD(task, pid), trace_wanted_target);
  return FIELD(task, pid) != 0 && !(FIELD(task, flags) & pf_kthread);
}

// Whoever calls it, nobody can be switched meanwhile.
static __always_inline int end_run(const struct task_struct* task) {
  const __u32 only = 0;
  __u64* const began = bpf_map_lookup_elem(&since, &only);
  if (!began) return 0;
  const __u64 from = *began;
  const __u64 now = bpf_ktime_get_ns();
  *began = now;
  if (!from || !is_told(task)) return 0;
  struct trace_counts* count = own_counts();
  if (!count) return 0;
  struct trace_run* run = bpf_ringbuf_reserve(&ring, sizeof *run, 0);
  if (!run) {
    ++count->lost;
    return 0;
  }
  run->from = from;
  run->to = now;
  run->cpu = bpf_get_smp_processor_id();
  run->pid = FIELD(task, tgid);
  run->tid = FIELD(task, pid);
  run->lost = (__u32)count->lost;
  bpf_ringbuf_submit(run, wakeup());
  return 0;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(switches, bool preempted, struct task_struct* before) {
  (void)ctx;
  return end_run(before);
}

// Run by the reader on one CPU after the other, in an interrupt: it cuts what runs there in two, so
// that what began before the first switch and what has not ended by the last one are told.
SEC("raw_tp")
int BPF_PROG(cuts) {
  (void)ctx;
  return end_run(bpf_get_current_task_btf());
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(forks, struct task_struct* creator, struct task_struct* child) {
  (void)ctx;
  follow(creator, child);
  return 0;
}

// After its end a thread runs on for a while, and goes off its CPU for good before this. The first
// of a process is the last to be freed.
SEC("tp_btf/sched_process_free")
int BPF_PROG(frees, struct task_struct* task) {
  (void)ctx;
  forget(task, FIELD(task, pid) == FIELD(task, tgid));
  return 0;
}
