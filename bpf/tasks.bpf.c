// The task iterator: reading it gives a task_record for each thread that the reader's pid namespace
// has a number for.
#include "program.h"
#include "task_record.h"

enum {
  pf_exiting = 0x4  // include/linux/sched.h
};

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct task_question);
} question SEC(".maps");

// Where a pass keeps what it needs for each task, for the stack is too small. The map is its
// reader's own, who makes one pass at a time.
struct pass {
  const struct pid_namespace* space;  // the reader's
  unsigned level;                     // of it: 0 is the first
  __u64 boottime_offset;              // of the reader's time namespace, in ns
  __u64 barrier;
  struct task_record record;
  __u64 allowed[task_record_most_words];  // behind the record, and written with it
  __u64 request[task_record_most_words];
};

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct pass);
} scratch SEC(".maps");

// Pointers are read by helper calls (BPF_CORE_READ), for which a task costs 20 ns more each. For
// each pointer that is read directly the kernel goes through all its types a few times when the
// program is loaded, which costs 2 ms. Numbers are read directly: that costs neither.

static __always_inline struct upid upid_at(const struct pid* pid, unsigned level) {
  const void* at = (const void*)pid + bpf_core_field_offset(struct pid, numbers) +
                   level * bpf_core_type_size(struct upid);
  struct upid found = {};
  bpf_probe_read_kernel(&found.nr, sizeof found.nr, at + bpf_core_field_offset(struct upid, nr));
  bpf_probe_read_kernel(&found.ns, sizeof found.ns, at + bpf_core_field_offset(struct upid, ns));
  return found;
}

// pid_nr_ns(): 0 where the task has no number in the reader's namespace, which is not the first.
static __always_inline int number_of(const struct task_struct* task, const struct pass* pass) {
  const struct pid* pid = BPF_CORE_READ(task, thread_pid);
  if (!pid || BPF_CORE_READ(pid, level) < pass->level) return 0;
  const struct upid upid = upid_at(pid, pass->level);
  return upid.ns == pass->space ? upid.nr : 0;
}

static __always_inline void write_numbers(const struct task_struct* task, struct pass* pass) {
  const struct task_struct* parent = BPF_CORE_READ(task, real_parent);
  if (pass->level == 0) {
    pass->record.tid = task->pid;
    pass->record.pid = task->tgid;
    pass->record.parent = BPF_CORE_READ(parent, tgid);
    return;
  }
  pass->record.tid = number_of(task, pass);
  pass->record.pid = number_of(BPF_CORE_READ(task, group_leader), pass);
  pass->record.parent = number_of(BPF_CORE_READ(parent, group_leader), pass);
}

static __always_inline void begin(struct pass* pass) {
  const struct task_struct* reader = (const void*)bpf_get_current_task();
  const struct pid* pid = BPF_CORE_READ(reader, thread_pid);
  pass->level = BPF_CORE_READ(pid, level);
  pass->space = upid_at(pid, pass->level).ns;
  pass->boottime_offset = 0;
  // A kernel without time namespaces has no such field.
  if (!bpf_core_field_exists(struct nsproxy, time_ns)) return;
  const struct timens_offsets* offsets = &BPF_CORE_READ(reader, nsproxy, time_ns)->offsets;
  pass->boottime_offset = (__u64)BPF_CORE_READ(offsets, boottime.tv_sec) * 1000000000 +
                          (__u64)BPF_CORE_READ(offsets, boottime.tv_nsec);
}

// Before 6.2 the field is there already, but only who runs a 32-bit program on arm64 has a mask in
// it. What came with requests for everybody is known by this type.
static __always_inline bool keeps_requests(void) {
  return bpf_core_field_exists(struct task_struct, user_cpus_ptr) &&
         bpf_core_type_exists(struct affinity_context);
}

// A set frees the mask that it replaces: what was read is good if the mask stands there still.
static __always_inline enum task_request read_request(const struct task_struct* task, void* words,
                                                      __u64 bytes) {
  if (!keeps_requests()) return task_request_unknown;
  for (int tries = 0; tries < 4; ++tries) {
    const struct cpumask* request = BPF_CORE_READ(task, user_cpus_ptr);
    if (!request) return task_request_none;
    bpf_probe_read_kernel(words, bytes, request);
    if (request == BPF_CORE_READ(task, user_cpus_ptr)) return task_request_known;
  }
  return task_request_unknown;
}

// What stands before has happened before what follows. Only an atomic operation whose result is
// used is a barrier.
static __always_inline void full_barrier(struct pass* pass) {
  volatile __u64 before = __sync_fetch_and_add(&pass->barrier, 1);
  (void)before;
}

static __always_inline unsigned long switches_of(const struct task_struct* task) {
  const volatile struct task_struct* now = task;
  return now->nvcsw + now->nivcsw;
}

static __always_inline bool is_on_cpu(const struct task_struct* task) {
  const volatile struct task_struct* now = task;
  return now->on_cpu != 0;
}

// The call stands on the task's kernel stack, where it can be read while the task is off its CPU:
// it was that all the while if it was before and after, and was not switched off in between.
static __always_inline void write_call(const struct task_struct* task, struct pass* pass) {
  struct task_record* record = &pass->record;
  record->has_call = 0;
  record->call = -1;
  if (!bpf_core_field_exists(struct task_struct, on_cpu)) return;
  const unsigned long switches = switches_of(task);
  full_barrier(pass);
  if (is_on_cpu(task)) return;
  full_barrier(pass);
  if (task->flags & pf_exiting) {  // it makes no more tasks, and may have no stack
    record->has_call = 1;
    return;
  }
  const struct pt_regs* registers = (const void*)bpf_task_pt_regs((void*)task);
#if defined(__TARGET_ARCH_arm64)
  if (!bpf_core_field_exists(struct pt_regs, syscallno)) return;
  const long long call = BPF_CORE_READ(registers, syscallno);
#else
  if (!bpf_core_field_exists(struct pt_regs, orig_ax)) return;
  const long long call = (long long)BPF_CORE_READ(registers, orig_ax);
#endif
  full_barrier(pass);
  if (is_on_cpu(task)) return;
  full_barrier(pass);
  if (switches_of(task) != switches) return;
  record->call = call;
  record->has_call = 1;
}

SEC("iter/task")
int tasks(struct bpf_iter__task* context) {
  struct seq_file* seq = context->meta->seq;
  const struct task_struct* task = context->task;
  const __u32 only = 0;
  const struct task_question* asked = bpf_map_lookup_elem(&question, &only);
  struct pass* pass = bpf_map_lookup_elem(&scratch, &only);
  if (!task || !asked || !pass) return 0;
  const __u64 bytes = asked->mask_words * (__u64)sizeof pass->allowed[0];
  if (bytes > sizeof pass->allowed) return 0;
  if (context->meta->seq_num == 0) begin(pass);

  struct task_record* record = &pass->record;
  write_numbers(task, pass);
  record->start_time = task->start_boottime + pass->boottime_offset;
  record->flags = task->flags;
  record->policy = task->policy;
  record->state = task->__state;
  record->exit_state = (unsigned)task->exit_state;
  record->cpu = task->thread_info.cpu;
  record->request = read_request(task, pass->request, bytes);
  write_call(task, pass);
  bpf_probe_read_kernel(record->name, sizeof record->name, &task->comm);
  bpf_probe_read_kernel(pass->allowed, bytes, &task->cpus_mask);
  bpf_seq_write(seq, record, sizeof *record + bytes);
  if (record->request == task_request_known) bpf_seq_write(seq, pass->request, bytes);
  return 0;
}
