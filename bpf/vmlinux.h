// The kernel's types, as far as our programs look at them: fields by name, whose places the kernel
// fills in when a program is loaded (CO-RE). Order and size mean nothing here.
#pragma once

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef int __s32;
typedef long long __s64;
// bpf_helper_defs.h names these.
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
enum bpf_map_type {
  BPF_MAP_TYPE_HASH = 1,
  BPF_MAP_TYPE_ARRAY = 2,
  BPF_MAP_TYPE_PERCPU_ARRAY = 6,
  BPF_MAP_TYPE_LRU_HASH = 9,
  BPF_MAP_TYPE_RINGBUF = 27
};
enum {
  BPF_ANY = 0,
  BPF_RB_NO_WAKEUP = 1,
  BPF_RB_FORCE_WAKEUP = 2,
  BPF_RB_AVAIL_DATA = 0,
  BPF_F_USER_STACK = 256
};

typedef _Bool bool;
enum {
  false,
  true
};
typedef int pid_t;

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct cpumask {
  unsigned long bits[1];
};

struct timens_offsets {
  struct {
    __s64 tv_sec;
    long tv_nsec;
  } boottime;
};

struct time_namespace {
  struct timens_offsets offsets;
};

struct nsproxy {
  struct time_namespace* time_ns;
};

struct hlist_node {
  struct hlist_node* next;
};

struct xarray {
  void* xa_head;
};

struct xa_node {
  unsigned char shift;
  void* slots[64];
};

struct idr {
  struct xarray idr_rt;
};

struct pid_namespace {
  struct idr idr;
  unsigned int level;
};

struct upid {
  int nr;
  struct pid_namespace* ns;
};

struct hlist_head {
  struct hlist_node* first;
};

struct pid {
  unsigned int level;
  struct hlist_head tasks[4];
  struct upid numbers[1];
};

struct thread_info {
  unsigned long flags;
  __u32 status;  // x86 only
  __u32 cpu;
};

struct pt_regs {
#if defined(__TARGET_ARCH_x86)
  unsigned long bx;
  unsigned long cx;
  unsigned long dx;
  unsigned long si;
  unsigned long di;
  unsigned long ip;
  unsigned long sp;
  unsigned long orig_ax;
#elif defined(__TARGET_ARCH_arm64)
  __u64 regs[31];
  __u64 sp;
  __u64 pc;
  __u64 orig_x0;
  __s32 syscallno;
#endif
};

struct kernfs_node {
  __u64 id;
};

struct cgroup;

struct cgroup_subsys_state {
  struct cgroup* cgroup;
  struct cgroup_subsys_state* parent;
};

struct cgroup_root {
  int hierarchy_id;
};

struct cgroup {
  struct cgroup_subsys_state self;
  struct kernfs_node* kn;
  struct cgroup_root* root;
};

struct css_set {
  struct cgroup_subsys_state* subsys[16];
  struct cgroup* dfl_cgrp;
};

typedef struct {
  unsigned int val;
} kuid_t;

struct cred {
  kuid_t uid;
};

typedef struct {
  int counter;
} atomic_t;

struct signal_struct {
  atomic_t live;
};

struct task_struct {
  struct thread_info thread_info;
  unsigned int __state;
  int exit_state;
  unsigned int flags;
  int on_cpu;
  unsigned long nvcsw;
  unsigned long nivcsw;
  unsigned int policy;
  pid_t pid;
  pid_t tgid;
  struct cpumask cpus_mask;
  struct cpumask* user_cpus_ptr;
  struct task_struct* real_parent;
  struct task_struct* group_leader;
  struct pid* thread_pid;
  struct hlist_node pid_links[4];
  __u64 start_boottime;
  struct cred* real_cred;
  struct signal_struct* signal;
  struct css_set* cgroups;
  char comm[16];
  struct nsproxy* nsproxy;
};

// With it came requests that are kept for everybody (6.2).
struct affinity_context {
  const struct cpumask* new_mask;
  struct cpumask* user_mask;
  unsigned int flags;
};

struct seq_file {};

struct bpf_iter_meta {
  struct seq_file* seq;
  __u64 session_id;
  __u64 seq_num;
};

struct bpf_iter__task {
  struct bpf_iter_meta* meta;
  struct task_struct* task;
};

#pragma clang attribute pop
