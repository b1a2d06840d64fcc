#include "document/sections.h"

#include <fnmatch.h>

#include <array>

namespace pinfold::bench {

bool is_named(const std::string& name, const char* pattern) {
  return ::fnmatch(pattern, name.c_str(), FNM_NOESCAPE) == 0;
}

std::span<const Section> sections() {
  static const std::array all = {
      Section{.title = "Starting a program",
              .wanted =
                  "`pinfold run --on 0 -- true` takes at most 0.80 of `taskset 1 true`: `run` "
                  "and `taskset` parse their own options, nothing else is built at start.",
              .rows = {"launch: run --on 0 -- true / taskset 1 true"}},
      Section{.title = "Pinning the calling thread",
              .wanted =
                  "`pin()` takes at most 1.05 of the raw set and get, `ScopedPin` of get, set, "
                  "get and set; up to 1,024 CPUs nothing is allocated.",
              .rows = {"pin: *", "ScopedPin: *"}},
      Section{
          .title = "Setting all threads of a process",
          .wanted = "10,000 threads that sleep, set and proved, take at most 1.0 of `taskset "
                    "-ap`, and at most 0.6 where the task iterator may be read (`pinfold set` as "
                    "root; `pin(Pid)` does without).",
          .rows = {"set: 10,000 quiet threads / *", "pin(Pid): 10,000 quiet threads / *"},
          .elsewhere =
              "That no thread escapes is not a time, and has no row. Tests show it in each `./dev "
              "test --system`: 15 runs of each shape of `churn` (`2 30` among them, another "
              "process moved between cgroups, with the task iterator and without), `slowclone`, "
              "and that a victim sees no EINTR. The 10,000 runs are made by hand: "
              "`PINFOLD_CHURN_RUNS=10000 build/dev/tests/host/host_tests "
              "--gtest_filter='*NoThreadEscapes*'`, the same with `host_system_tests`."},
      Section{.title = "Reading every thread's mask",
              .wanted =
                  "With 10,000 threads, listing them and asking for each mask takes at most 0.2 "
                  "of reading `/proc/*/task/*/status`; a task iterator that stays loaded at "
                  "most 0.1.",
              .rows = {"list: every mask, 10,000 threads / *",
                       "snapshot: every mask and request, 10,000 threads / *"}},
      Section{.title = "Sets of CPUs",
              .wanted = "And, or and andnot are twice as fast as hwloc's bitmaps to 1,024 CPUs (at "
                        "most 0.5) and one and a half times at 8,192 (at most 0.667); counting is "
                        "not slower (at most 1).",
              .rows = {"and: *", "or: *", "andnot: *", "count: *"}},
      Section{.title = "Parsing lists",
              .wanted = "Two and a half times as fast as hwloc's: at most 0.4.",
              .rows = {"list: * / hwloc_bitmap_list_sscanf"}},
      Section{
          .title = "Loading a machine",
          .wanted = "This machine and each snapshot of another take at most 0.25 of "
                    "`hwloc_topology_load`.",
          .rows = {"machine: host / hwloc", "machine: snapshots / hwloc", "machine: *-* / hwloc"}},
      Section{.title = "A machine of 4,096 CPUs",
              .wanted =
                  "From a description at most 5 ms; from a tree of /sys at most 0.10 of hwloc "
                  "on the same tree; one level of it (`l3:0`) at most 5 ms.",
              .rows = {"machine: description of 4,096 CPUs", "machine: /sys of 4,096 CPUs*"}},
      Section{.title = "Calls that are traced",
              .wanted =
                  "With a full record of it, a call that sets a mask takes at most 1.45 times as "
                  "long on oneself, 1.55 times on another thread; any other call at most 35 ns "
                  "longer.",
              .rows = {"trace: sched_setaffinity on *", "trace: any other call, *"}},
      Section{.title = "Events that are lost",
              .wanted = "None, at a million calls a second on one core with a sink that counts.",
              .rows = {"trace: lost *", "trace: calls a second meanwhile"},
              .elsewhere =
                  "That any loss is counted exactly is shown by tests (`tests/trace`), not "
                  "by a row."},
      Section{.title = "Calls in a simulated machine",
              .wanted =
                  "An intercepted call takes at most 6 µs, any other at most 45 ns longer than "
                  "outside, open and close at most 6 µs longer; a parallel compile at most 1.10 "
                  "of the time.",
              .rows = {"sim: sched_getaffinity", "sim: what *", "sim: make *"}},
      Section{.title = "Starting a simulated machine",
              .wanted =
                  "With 4,096 CPUs at most 250 ms the first time as root, 1 s as another user, "
                  "20 ms again, and 200 MB of memory.",
              .rows = {"sim: start, 4,096 CPUs, *", "sim: memory, 4,096 CPUs"}},
      Section{.title = "The modelled kernel",
              .wanted = "Setting and getting a mask 5 million times a second at 64 CPUs (at most "
                        "200 ns) and 2 million times at 4,096 (at most 500 ns); a million tasks on "
                        "4,096 CPUs in at most 512 MB.",
              .rows = {"model: set and get, 64 CPUs", "model: set and get, 4,096 CPUs",
                       "model: memory of 1,000,000 tasks, 4,096 CPUs"}}};
  return all;
}

}  // namespace pinfold::bench
