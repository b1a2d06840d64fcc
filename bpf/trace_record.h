// What the programs of calls.bpf.c and commits.bpf.c tell, as they write it and src/trace reads it.
#pragma once

enum {
  trace_least_user_words = 16,  // of the caller's mask: 1,024 CPUs, whatever the kernel has
  trace_most_words = 128,  // of 64 bits, in a mask: 8,192 CPUs, the most that kernels are built for
  trace_most_frames = 32,
  trace_path_bytes = 256,
  trace_name_bytes = 16,
  trace_most_actors = 8192,  // whose rates are counted
  trace_most_wanted = 65536,
};

enum trace_kind {
  trace_set,      // sched_setaffinity ended
  trace_get,      // sched_getaffinity ended
  trace_fork,     // a thread or process began; the actor is who made it, the target the new one
  trace_exec,     // the actor became another program; it is the target, too
  trace_exit,     // the actor ended
  trace_move,     // the actor moved the target to another cgroup
  trace_hotplug,  // the actor switches a CPU on or off
  trace_commit,   // the kernel replaces the target's mask
  trace_asked,    // the mask that a call handed on inside the kernel
  trace_rename,   // the target gets the name that it has here
};

enum trace_flag {
  trace_compat = 1,             // the caller's 32-bit interface
  trace_has_target = 2,         // target_… and the allowed mask are filled in
  trace_has_request = 4,        // the kernel's copy was there
  trace_no_request = 8,         // the kernel keeps requests, and had none of this task
  trace_whole_process = 16,     // a move of all threads
  trace_by_kernel = 32,         // the actor is a kernel thread
  trace_target_by_kernel = 64,  // the target is a kernel thread
};

// What the programs must know: their constant `settings`.
struct trace_settings {
  unsigned mask_words;    // in the kernel's masks
  unsigned cpuset_in_v2;  // whose cgroup ids: the one hierarchy's, else those of v1's cpusets

  // What is told.
  unsigned gets;
  unsigned callers;
  unsigned lives;       // births, ends and names of all that may be targets, whoever is an actor
  unsigned wake_bytes;  // the reader is woken when more waits for it

  // Filters; 0: none. All that are given must hold.
  unsigned by_target;   // the map `wanted`: the target's process or thread
  unsigned by_actor;    // the same, the actor's
  unsigned actors_too;  // what wanted targets do passes as well
  unsigned follow;      // children of those in `wanted` are wanted too
  unsigned by_uid;
  unsigned uid;  // the actor's real one
  unsigned only_failed;
  unsigned only_done;
  unsigned touches;  // the map `touched`: the request or what is allowed has one of those CPUs
  unsigned rate;     // sets an actor and second
  unsigned
      comm_length;  // how much of `comm` must be the actor's, its end with it where it is whole
  char comm[trace_name_bytes];
  unsigned long long cgroup;  // the actor or the target is in it, or below
};

// Keys of the map `wanted`.
enum trace_role {
  trace_wanted_target = 1,
  trace_wanted_actor = 2,
};
struct trace_wanted_key {
  int number;  // a pid or a tid, of the first pid namespace
  unsigned is_thread;
};

// Per CPU. seen = sent + lost + suppressed, of sets and gets, and of commits where these are told.
struct trace_counts {
  unsigned long long seen;
  unsigned long long sent;
  unsigned long long lost;
  unsigned long long suppressed;
  unsigned long long lost_others;  // of lives, moves, …
};

struct trace_actor_rate {
  unsigned long long second;
  unsigned long long told;        // in that second
  unsigned long long suppressed;  // ever
  char comm[trace_name_bytes];
};

// Numbers of tasks are those of the first pid namespace. Times are nanoseconds, CLOCK_MONOTONIC;
// start times after boot.
struct trace_task {
  int pid;
  int tid;
  unsigned long long start_time;
  unsigned long long cgroup;  // its id, in the hierarchy with the cpusets; only of who is born
  char name[trace_name_bytes];
  int parent;  // a pid
  unsigned uid;
};

struct trace_record {
  unsigned kind;   // enum trace_kind
  unsigned flags;  // enum trace_flag
  unsigned long long time;
  unsigned long long lost;         // on this CPU before this record, of what is counted as seen
  unsigned long long lost_others;  // and of the others
  unsigned cpu;
  unsigned reserved;
  struct trace_task actor;
  struct trace_task target;
  int ns_pid;  // the actor's, in its own pid namespace
  int ns_tid;
  int argument;                // the call's pid; of hotplug the CPU; of an exec its tid before
  unsigned user_bytes;         // of `request`, read from the caller's memory
  unsigned long long length;   // the call's, of a move the hierarchy
  unsigned long long address;  // the call's mask; of a commit its flags (SCA_…)
  long long result;
  int frames;  // bytes of them, or an error
  int call;    // of a commit: the call that the actor is in; -1: none
};

// Behind a commit and a move come three masks of mask_words each, behind a fork, an exec and a
// rename the first of them:
// what the target is allowed now, what the kernel keeps as asked for, and of a commit what is
// replaced (the first is what replaces it); of a move then trace_path_bytes. Behind a call come the
// first two, and what the caller's memory says: as many words, trace_least_user_words at least;
// then, only where callers are told, two words and trace_most_frames: the instruction, the word at
// its stack pointer, and the user's stack.

// A thread was on a CPU. Times as above.
struct trace_run {
  unsigned long long from;
  unsigned long long to;
  unsigned cpu;
  int pid;
  int tid;
  unsigned lost;  // on this CPU before this one; it begins anew after 2^32
};
