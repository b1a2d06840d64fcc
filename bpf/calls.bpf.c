// Who sets whose mask, seen as the call ends; what happens to tasks that makes their masks what
// they are; and what moves or switches off CPUs under them. Built in several ways
// (bpf/CMakeLists.txt):
//
//   BY_BTF    attached with the kernel's types (tp_btf); else as raw_tp, or AS_TRACEPOINT
//   BY_VPID   the kernel finds tasks by the caller's numbers (bpf_task_from_vpid, since 6.14)
#include "trace.h"
#include "wanted.h"

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, trace_most_words);
  __type(key, __u32);
  __type(value, __u64);
} touched SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, trace_most_actors);
  __type(key, __u32);  // a pid
  __type(value, struct trace_actor_rate);
} rates SEC(".maps");

#if defined(BY_BTF)
#define AT(name) SEC("tp_btf/" #name)
#else
#define AT(name) SEC("raw_tp/" #name)
#endif

struct call {
  bool set;
  bool compat;
  int pid;
  __u64 length;
  __u64 mask;
};

// Numbers of 32-bit calls are those of other 64-bit calls: what the caller is decides.
static __always_inline bool read_call(const struct task_struct* task, const struct pt_regs* regs,
                                      struct call* call) {
#if defined(__TARGET_ARCH_x86)
  enum {
    x32_bit = 0x40000000,
    status_compat = 2
  };
  const unsigned number = (unsigned)FIELD(regs, orig_ax) & ~(unsigned)x32_bit;
  if (number != 203 && number != 204 && number != 241 && number != 242) return false;
  call->compat = (FIELD(task, thread_info.status) & status_compat) != 0;
  if (call->compat != (number > 204)) return false;
  call->set = number == 203 || number == 241;
  if (call->compat) {
    call->pid = (int)FIELD(regs, bx);
    call->length = (__u32)FIELD(regs, cx);
    call->mask = (__u32)FIELD(regs, dx);
  } else {
    call->pid = (int)FIELD(regs, di);
    call->length = (__u32)FIELD(regs, si);
    call->mask = FIELD(regs, dx);
  }
#elif defined(__TARGET_ARCH_arm64)
  enum {
    flag_32bit = 1 << 22
  };
  const int number = FIELD(regs, syscallno);
  if (number != 122 && number != 123 && number != 241 && number != 242) return false;
  call->compat = (FIELD(task, thread_info.flags) & flag_32bit) != 0;
  if (call->compat != (number > 123)) return false;
  call->set = number == 122 || number == 241;
  call->pid = (int)FIELD(regs, orig_x0);
  call->length = (__u32)FIELD(regs, regs[1]);
  call->mask = call->compat ? (__u32)FIELD(regs, regs[2]) : FIELD(regs, regs[2]);
#endif
  return call->set || settings.gets;
}

#ifdef BY_VPID
extern struct task_struct* bpf_task_from_vpid(__s32 pid) __ksym;
extern void bpf_task_release(struct task_struct* task) __ksym;
#define TARGET(...) ___arrow(__VA_ARGS__)
#else
#define TARGET(...) BPF_CORE_READ(__VA_ARGS__)

// find_task_by_vpid(): down the tree (lib/radix-tree.c) that a pid namespace keeps of its numbers.
static __always_inline const struct task_struct* find_task(const struct task_struct* caller,
                                                           int number) {
  enum {
    inner_node = 2,
    levels = 6,
    slots_mask = 63
  };
  if (number <= 0) return 0;
  const struct pid* own = BPF_CORE_READ(caller, thread_pid);
  const unsigned level = BPF_CORE_READ(own, level);
  const void* upid = (const void*)own + bpf_core_field_offset(struct pid, numbers) +
                     level * bpf_core_type_size(struct upid);
  const struct pid_namespace* space = 0;
  bpf_probe_read_kernel(&space, sizeof space, upid + bpf_core_field_offset(struct upid, ns));
  __u64 entry = (__u64)BPF_CORE_READ(space, idr.idr_rt.xa_head);
  for (int i = 0; i < levels && (entry & 3) == inner_node; ++i) {
    const struct xa_node* node = (const void*)(entry - inner_node);
    const unsigned shift = BPF_CORE_READ(node, shift);
    // Beyond what the tree holds.
    if (i == 0 && shift < 32 && ((__u32)number >> shift) > slots_mask) return 0;
    bpf_probe_read_kernel(&entry, sizeof entry,
                          &node->slots[((__u32)number >> (shift & 31)) & slots_mask]);
  }
  if (!entry || (entry & 3)) return 0;
  const struct pid* found = (const void*)entry;
  const struct hlist_node* first = BPF_CORE_READ(found, tasks[0].first);
  if (!first) return 0;
  return (const void*)first - bpf_core_field_offset(struct task_struct, pid_links);
}
#endif

static __always_inline __u64 user_bytes(void) {
  const __u64 least = trace_least_user_words * sizeof(__u64);
  return mask_bytes() > least ? mask_bytes() : least;
}

static __always_inline bool keeps_requests(void) {
  return bpf_core_type_exists(struct affinity_context);
}

static __always_inline bool is_below(const struct task_struct* task, __u64 wanted_cgroup) {
  enum {
    most_levels = 32
  };
  const struct cgroup* group = settings.cpuset_in_v2
                                   ? BPF_CORE_READ(task, cgroups, dfl_cgrp)
                                   : BPF_CORE_READ(task, cgroups, subsys[0], cgroup);
  for (int i = 0; i < most_levels && group; ++i) {
    if (BPF_CORE_READ(group, kn, id) == wanted_cgroup) return true;
    const struct cgroup_subsys_state* parent = BPF_CORE_READ(group, self.parent);
    group = parent ? BPF_CORE_READ(parent, cgroup) : 0;
  }
  return false;
}

static __always_inline bool has_comm(const struct task_struct* task) {
  char name[trace_name_bytes];
  bpf_probe_read_kernel(name, sizeof name, &task->comm);
  for (unsigned i = 0; i < trace_name_bytes; ++i) {
    if (i < settings.comm_length && name[i] != settings.comm[i]) return false;
  }
  return true;
}

static __always_inline bool is_actor_wanted(const struct task_struct* task, long result) {
  if (settings.only_failed && result >= 0) return false;
  if (settings.only_done && result < 0) return false;
  if (settings.by_uid && FIELD(task, real_cred, uid.val) != settings.uid) return false;
  if (settings.by_actor && !is_wanted(FIELD(task, tgid), FIELD(task, pid), trace_wanted_actor))
    return false;
  return !settings.comm_length || has_comm(task);
}

static __always_inline bool is_touching(const __u64* words) {
  for (__u32 i = 0; i < trace_most_words && i < settings.mask_words; ++i) {
    const __u64* word = bpf_map_lookup_elem(&touched, &i);
    if (word && (words[i] & *word)) return true;
  }
  return false;
}

// Whether this one is over its actor's rate.
static __always_inline bool is_over(const struct task_struct* task) {
  const __u32 pid = FIELD(task, tgid);
  const __u64 second = bpf_ktime_get_ns() / 1000000000;
  struct trace_actor_rate* rate = bpf_map_lookup_elem(&rates, &pid);
  if (!rate) {
    struct trace_actor_rate fresh = {.second = second, .told = 1};
    bpf_probe_read_kernel(fresh.comm, sizeof fresh.comm, &task->comm);
    bpf_map_update_elem(&rates, &pid, &fresh, BPF_ANY);
    return false;
  }
  if (rate->second != second) {
    rate->second = second;
    rate->told = 0;
  }
  if (__sync_fetch_and_add(&rate->told, 1) < settings.rate) return false;
  __sync_fetch_and_add(&rate->suppressed, 1);
  return true;
}

static __always_inline void write_ns_numbers(struct trace_record* record,
                                             const struct task_struct* task) {
  const unsigned level = FIELD(task, thread_pid, level);
  record->ns_pid = record->actor.pid;
  record->ns_tid = record->actor.tid;
  if (level == 0) return;
  const struct pid* own = BPF_CORE_READ(task, thread_pid);
  const __u64 at = bpf_core_field_offset(struct pid, numbers) +
                   level * bpf_core_type_size(struct upid) + bpf_core_field_offset(struct upid, nr);
  const struct pid* leader = BPF_CORE_READ(task, group_leader, thread_pid);
  bpf_probe_read_kernel(&record->ns_tid, sizeof record->ns_tid, (const void*)own + at);
  bpf_probe_read_kernel(&record->ns_pid, sizeof record->ns_pid, (const void*)leader + at);
}

#define WRITE_MASKS(READ, record, task)                                   \
  do {                                                                    \
    WRITE_MASK(READ, mask_at(record, 0), task, cpus_mask);                \
    if (keeps_requests()) {                                               \
      const struct cpumask* request = READ(task, user_cpus_ptr);          \
      (record)->flags |= request ? trace_has_request : trace_no_request;  \
      if (request && settings.mask_words == 1) {                          \
        *mask_at(record, 1) = READ(task, user_cpus_ptr, bits[0]);         \
      } else if (request) {                                               \
        bpf_probe_read_kernel(mask_at(record, 1), mask_bytes(), request); \
      }                                                                   \
    }                                                                     \
  } while (0)

static __always_inline void write_itself(struct trace_record* record,
                                         const struct task_struct* task) {
  record->target = record->actor;
  record->flags |= trace_has_target;
  WRITE_MASKS(FIELD, record, task);
}

static __always_inline void write_target(struct trace_record* record,
                                         const struct task_struct* task) {
  WRITE_TARGET(TARGET, record, task);
  WRITE_MASKS(TARGET, record, task);
}

static __always_inline void write_user_mask(struct trace_record* record, const struct call* call) {
  record->user_bytes = 0;
  __u64 bytes = call->length < user_bytes() ? call->length : user_bytes();
  if (!call->set) {
    if (record->result < 0) return;
    if ((__u64)record->result < bytes) bytes = record->result;
  }
  if (bytes == 0) return;
  if (bytes > user_bytes()) return;  // never: the kernel does not see it from the above
  if (bpf_probe_read_user(mask_at(record, 2), bytes, (const void*)call->mask) == 0)
    record->user_bytes = bytes;
}

static __always_inline void write_frames(void* context, struct trace_record* record,
                                         const struct pt_regs* regs) {
  __u64* words = (void*)mask_at(record, 2) + user_bytes();
#if defined(__TARGET_ARCH_x86)
  words[0] = FIELD(regs, ip);
  words[1] = 0;
  const __u64 word = record->flags & trace_compat ? 4 : 8;
  bpf_probe_read_user(&words[1], word, (const void*)FIELD(regs, sp));
#else
  words[0] = FIELD(regs, pc);
  words[1] = FIELD(regs, regs[30]);  // the link register
#endif
  record->frames =
      bpf_get_stack(context, &words[2], trace_most_frames * sizeof words[0], BPF_F_USER_STACK);
}

static __always_inline bool is_target_wanted(const struct trace_record* record,
                                             const struct task_struct* actor,
                                             const struct task_struct* target) {
  if (settings.by_target &&
      !(target && is_wanted(record->target.pid, record->target.tid, trace_wanted_target)) &&
      !(settings.actors_too &&
        is_wanted(record->actor.pid, record->actor.tid, trace_wanted_target)))
    return false;
  if (settings.cgroup && !is_below(actor, settings.cgroup) &&
      !(target && is_below(target, settings.cgroup)))
    return false;
  if (!settings.touches) return true;
  if (target && is_touching(mask_at((struct trace_record*)record, 0))) return true;
  return record->user_bytes && is_touching(mask_at((struct trace_record*)record, 2));
}

// What can be said before there is a record: one that is thrown away takes its room all the same
// until the reader has passed it.
static __always_inline bool is_worth_a_record(const struct task_struct* actor,
                                              const struct call* call, long result,
                                              struct trace_counts* count) {
  if (!is_actor_wanted(actor, result)) return false;
  const bool by_actor_alone = !settings.by_target && !settings.cgroup && !settings.touches;
  if (settings.by_target && call->pid == 0 &&
      !is_wanted(FIELD(actor, tgid), FIELD(actor, pid), trace_wanted_target))
    return false;
  if (!by_actor_alone || !settings.rate || !is_over(actor)) return true;
  ++count->seen;
  ++count->suppressed;
  return false;
}

static __always_inline int tell_call(void* context, const struct task_struct* actor,
                                     const struct pt_regs* regs, long result) {
  struct call call;
  if (!read_call(actor, regs, &call)) return 0;
  struct trace_counts* count = own_counts();
  if (!count || !is_worth_a_record(actor, &call, result, count)) return 0;
  const __u64 frames = settings.callers ? (trace_most_frames + 2) * sizeof(__u64) : 0;
  struct trace_record* record =
      reserve(count, 2 * mask_bytes() + user_bytes() + frames, call.set ? trace_set : trace_get);
  if (!record) {
    ++count->seen;
    ++count->lost;
    return 0;
  }
  write_actor(record, actor);
  write_ns_numbers(record, actor);
  if (call.compat) record->flags |= trace_compat;
  record->argument = call.pid;
  record->length = call.length;
  record->address = call.mask;
  record->result = result;
  record->target.tid = 0;  // nobody, until found
  write_user_mask(record, &call);
  if (settings.callers) write_frames(context, record, regs);

  bool told = true;
  if (call.pid == 0 || call.pid == record->ns_tid) {
    write_itself(record, actor);
    told = is_target_wanted(record, actor, actor);
  } else {
#ifdef BY_VPID
    struct task_struct* target = bpf_task_from_vpid(call.pid);
#else
    const struct task_struct* target = find_task(actor, call.pid);
#endif
    if (target) write_target(record, target);
    told = is_target_wanted(record, actor, target);
#ifdef BY_VPID
    if (target) bpf_task_release(target);
#endif
  }
  if (!told) {
    bpf_ringbuf_discard(record, wakeup());
    return 0;
  }
  ++count->seen;
  if (settings.rate && (settings.by_target || settings.cgroup || settings.touches) &&
      is_over(actor)) {
    ++count->suppressed;
    bpf_ringbuf_discard(record, wakeup());
    return 0;
  }
  ++count->sent;
  // Where addresses are in the caller's files has to be asked while it is there.
  bpf_ringbuf_submit(record, settings.callers ? BPF_RB_FORCE_WAKEUP : wakeup());
  return 0;
}

#ifdef AS_TRACEPOINT
struct exit_of_call {
  __u64 common;
  long number;
  long result;
};

SEC("tp/syscalls/sys_exit_sched_setaffinity")
int calls(struct exit_of_call* context) {
  const struct task_struct* task = bpf_get_current_task_btf();
  return tell_call(context, task, (const void*)bpf_task_pt_regs((void*)task), context->result);
}
#else
AT(sys_exit)
int BPF_PROG(calls, struct pt_regs* regs, long result) {
  return tell_call(ctx, bpf_get_current_task_btf(), regs, result);
}
#endif

// Of something else than a call: `bytes` follow it.
static __always_inline struct trace_record* begin_other(__u32 kind, __u64 bytes) {
  struct trace_counts* count = own_counts();
  if (!count) return 0;
  struct trace_record* record = reserve(count, bytes, kind);
  if (!record) {
    ++count->lost_others;
    return 0;
  }
  const struct task_struct* actor = bpf_get_current_task_btf();
  write_actor(record, actor);
  if (FIELD(actor, flags) & pf_kthread) record->flags |= trace_by_kernel;
  record->ns_pid = record->ns_tid = 0;
  record->result = 0;
  record->user_bytes = 0;
  return record;
}

// Whether anything that happens to its threads may pass the filter.
static __always_inline bool is_followed(const struct task_struct* task) {
  if (!settings.by_target && (!settings.by_actor || settings.lives)) return true;
  return role_of(FIELD(task, tgid), false) || role_of(FIELD(task, pid), true);
}

static __always_inline void write_other_target(struct trace_record* record,
                                               const struct task_struct* task) {
  WRITE_TARGET(FIELD, record, task);
  WRITE_MASK(FIELD, mask_at(record, 0), task, cpus_mask);
}

AT(sched_process_fork)
int BPF_PROG(forks, struct task_struct* creator, struct task_struct* child) {
  if (settings.follow) follow(creator, child);
  if (!is_followed(creator)) return 0;
  struct trace_record* record = begin_other(trace_fork, mask_bytes());
  if (!record) return 0;
  write_other_target(record, child);
  record->target.cgroup = CGROUP_OF(FIELD, child);
  bpf_ringbuf_submit(record, wakeup());
  return 0;
}

AT(sched_process_exec)
int BPF_PROG(execs, struct task_struct* task, int old_tid) {
  if (!is_followed(task)) return 0;
  struct trace_record* record = begin_other(trace_exec, mask_bytes());
  if (!record) return 0;
  write_other_target(record, task);
  record->argument = old_tid;
  bpf_ringbuf_submit(record, wakeup());
  return 0;
}

// Whoever renames it, it has its old name still.
AT(task_rename)
int BPF_PROG(renames, struct task_struct* task, const char* name) {
  if (!is_followed(task)) return 0;
  struct trace_record* record = begin_other(trace_rename, mask_bytes());
  if (!record) return 0;
  write_other_target(record, task);
  bpf_probe_read_kernel_str(record->target.name, sizeof record->target.name, name);
  bpf_ringbuf_submit(record, wakeup());
  return 0;
}

AT(sched_process_exit)
int BPF_PROG(exits, struct task_struct* task) {
  const bool is_last = FIELD(task, signal, live.counter) == 0;
  const bool told = is_last || is_followed(task);
  forget(task, is_last);
  // The end of any process is told: it may have written to a cpuset before.
  if (!told) return 0;
  struct trace_record* record = begin_other(trace_exit, 0);
  if (!record) return 0;
  if (is_last) record->flags |= trace_whole_process;
  bpf_ringbuf_submit(record, wakeup());
  return 0;
}

AT(cgroup_attach_task)
int BPF_PROG(moves, struct cgroup* to, const char* path, struct task_struct* task,
             bool whole_process) {
  struct trace_record* record = begin_other(trace_move, 3 * mask_bytes() + trace_path_bytes);
  if (!record) return 0;
  write_other_target(record, task);
  if (whole_process) record->flags |= trace_whole_process;
  record->length = BPF_CORE_READ(to, root, hierarchy_id);
  char* written = (char*)mask_at(record, 3);
  written[0] = 0;
  bpf_probe_read_kernel_str(written, trace_path_bytes, path);
  bpf_ringbuf_submit(record, BPF_RB_FORCE_WAKEUP);
  return 0;
}

// Each of some hundred steps of switching a CPU; those that the kernel's own threads take say
// nothing about who began it.
AT(cpuhp_enter)
int BPF_PROG(hotplugs, unsigned cpu) {
  const struct task_struct* actor = bpf_get_current_task_btf();
  if (FIELD(actor, flags) & pf_kthread) return 0;
  struct trace_record* record = begin_other(trace_hotplug, 0);
  if (!record) return 0;
  record->argument = (int)cpu;
  bpf_ringbuf_submit(record, wakeup());
  return 0;
}
