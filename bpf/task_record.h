// What the task iterator tells of a thread, as tasks.bpf.c writes it and src/bpf reads it.
#pragma once

enum {
  task_record_most_words = 128
};  // 8,192 CPUs: the most that kernels are built for

// What the program must know: the value of its map `question`.
struct task_question {
  unsigned mask_words;  // of 64 bits, in the kernel's masks: 1 to task_record_most_words
};

enum task_request {
  task_request_unknown,  // the kernel does not keep it
  task_request_none,     // the thread has never asked, nor has anybody whose child it is
  task_request_known,
};

// Behind it come the words of cpus_mask, and behind these, where the request is known, its own.
// Numbers of tasks are those of the reader's pid namespace, and 0 where a task has none there.
struct task_record {
  unsigned long long start_time;  // nanoseconds after boot, by the reader's time namespace
  int pid;
  int tid;
  int parent;
  unsigned flags;  // PF_…
  unsigned policy;
  unsigned state;  // TASK_…
  unsigned exit_state;
  unsigned cpu;
  unsigned request;   // enum task_request
  unsigned has_call;  // whether it is known
  char name[16];      // comm
  long long call;     // the system call that it is in, -1 where in none or at its end
};
