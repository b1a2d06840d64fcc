#include "model/profile.h"

#include <algorithm>
#include <array>

namespace pinfold::model {
namespace {

constexpr Known seen = Known::seen;
constexpr Known emulated = Known::emulated;
constexpr Known read = Known::read;
constexpr Known recalled = Known::recalled;

constexpr std::string_view love = "R. Love's patches for 2.5.8 and 2.4.19, April 2002";
constexpr std::string_view sched_2_6_9 = "2.6.9, kernel/sched.c";
constexpr std::string_view table = "tests/kernel: the conformance table";
constexpr std::string_view vm = "tests/vm on Debian's kernel";
constexpr std::string_view cpuset_6_1 = "6.1, kernel/cgroup/cpuset.c";
constexpr std::string_view cpuset_6_12 = "6.12, kernel/cgroup/cpuset.c";

// The first kernels with the two calls (2.5.8 to 2.5.75).
// The contract suite asks for it.
constexpr const char* contract = "tests/kernel/snapshot_system_test.cpp";

constexpr Profile linux_2_5 = {
    .name = "2.5",
    .mask_size = {MaskSize::word, read, love},
    .configured_cpus = {32, recalled, "NR_CPUS of i386"},
    .short_mask = {false, read, love},
    .get_length = {GetLength::whole_mask, read, love},
    .get_answer = {GetAnswer::mask, read, love},
    .get_shows = {GetShows::online, read, love},
    .mask_before_task = {true, read, love},
    .keeps = {Keeps::online, read, love},
    .bound_threads = {false, read, love},
    .capabilities = {false, read, love},
    .user_namespaces = {false, recalled},
    .deadline = {false, recalled},
    .fair_servers = {false, recalled, "they came with 6.12"},
    .unchanged_is_taken = {false, read, love},
    .requests = {false, recalled},
    .task_iterator = {false, recalled},
    .sleepers_are_moved = {true, recalled, "there was no hotplug: as in 2.6.9"},
    .cpusets_v1 = {false, recalled},
    .cpusets_v2 = {false, recalled},
    .race = {Race::none, read, love},
    .top_allows = {TopAllows::possible, recalled},
    .partitions = {Partitions::none, recalled},
    .same_cpus_move_nobody = {false, recalled},
};

constexpr Profile linux_2_6_9 = {
    .name = "2.6.9",
    .mask_size = {MaskSize::configured, read, sched_2_6_9},
    .configured_cpus = {32, recalled, "NR_CPUS of i386"},
    .short_mask = {true, read, sched_2_6_9},
    .get_length = {GetLength::whole_mask, read, sched_2_6_9},
    .get_answer = {GetAnswer::mask, read, sched_2_6_9},
    .get_shows = {GetShows::possible, read, sched_2_6_9},
    .mask_before_task = {false, read, sched_2_6_9},
    .keeps = {Keeps::all, read, sched_2_6_9},
    .bound_threads = {false, read, sched_2_6_9},
    .capabilities = {false, read, sched_2_6_9},
    .user_namespaces = {false, recalled},
    .deadline = {false, recalled},
    .fair_servers = {false, recalled, "they came with 6.12"},
    .unchanged_is_taken = {false, read, sched_2_6_9},
    .requests = {false, read, sched_2_6_9},
    .task_iterator = {false, recalled},
    .sleepers_are_moved = {true, read, sched_2_6_9},
    .cpusets_v1 = {false, recalled, "they came with 2.6.12"},
    .cpusets_v2 = {false, recalled},
    .race = {Race::none, read, sched_2_6_9},
    .top_allows = {TopAllows::possible, recalled},
    .partitions = {Partitions::none, recalled},
    .same_cpus_move_nobody = {false, recalled},
};

// Where no other kernel is named, what is read was read in a tree between 5.15 and 6.1.
constexpr Profile linux_5_15 = {
    .name = "5.15",
    .mask_size = {MaskSize::offstack, recalled},
    .configured_cpus = {8192, recalled, "as Debian configures it"},
    .short_mask = {true, read, "kernel/sched/core.c"},
    .get_length = {GetLength::every_number, read, "kernel/sched/core.c"},
    .get_answer = {GetAnswer::smaller, read, "kernel/sched/core.c"},
    .get_shows = {GetShows::active, read, "kernel/sched/core.c"},
    .mask_before_task = {false, read, "kernel/sched/core.c"},
    .keeps = {Keeps::allowed, read, "kernel/sched/core.c"},
    .bound_threads = {true, read, "kernel/sched/core.c"},
    .capabilities = {true, recalled},
    .user_namespaces = {true, read, "kernel/sched/core.c"},
    .deadline = {true, read, "kernel/sched/core.c"},
    .fair_servers = {false, recalled, "they came with 6.12"},
    .unchanged_is_taken = {true, recalled},
    .requests = {false, read, "kernel/sched/core.c"},
    .task_iterator = {false, recalled, "the kernel finds fields itself (CO-RE) since 5.17"},
    .sleepers_are_moved = {false, recalled},
    .cpusets_v1 = {true, recalled},
    .cpusets_v2 = {true, recalled},
    .race = {Race::retried, read, "kernel/sched/core.c"},
    .top_allows = {TopAllows::online, recalled},
    .partitions = {Partitions::subparts, recalled, "the rules of 6.1"},
    .same_cpus_move_nobody = {false, recalled},
};

constexpr Profile linux_6_1 = {
    .name = "6.1",
    .mask_size = {MaskSize::offstack, emulated, vm},
    .configured_cpus = {8192, emulated, vm},
    .short_mask = {true, emulated, table},
    .get_length = {GetLength::every_number, emulated, table},
    .get_answer = {GetAnswer::smaller, emulated, table},
    .get_shows = {GetShows::active, emulated, vm},
    .mask_before_task = {false, emulated, table},
    .keeps = {Keeps::allowed, emulated, vm},
    .bound_threads = {true, emulated, table},
    .capabilities = {true, emulated, table},
    .user_namespaces = {true, emulated, table},
    .deadline = {true, emulated, table},
    .fair_servers = {false, recalled, "they came with 6.12"},
    .unchanged_is_taken = {true, recalled},
    .requests = {false, emulated, vm},
    .task_iterator = {true, emulated, contract},
    .sleepers_are_moved = {false, emulated, vm},
    .cpusets_v1 = {true, emulated, vm},
    .cpusets_v2 = {true, emulated, vm},
    .race = {Race::retried, read, "kernel/sched/core.c"},
    .top_allows = {TopAllows::online, read, cpuset_6_1},
    .partitions = {Partitions::subparts, emulated, vm},
    .same_cpus_move_nobody = {false, read, cpuset_6_1},
};

constexpr Profile linux_6_12 = {
    .name = "6.12",
    .mask_size = {MaskSize::large_only, emulated, vm},
    .configured_cpus = {8192, emulated, vm},
    .short_mask = {true, emulated, table},
    .get_length = {GetLength::every_number, emulated, table},
    .get_answer = {GetAnswer::smaller, emulated, table},
    .get_shows = {GetShows::active, emulated, vm},
    .mask_before_task = {false, emulated, table},
    .keeps = {Keeps::allowed, emulated, vm},
    .bound_threads = {true, emulated, table},
    .capabilities = {true, emulated, table},
    .user_namespaces = {true, emulated, table},
    .deadline = {true, emulated, table},
    .fair_servers = {true, recalled, "kernel/sched/deadline.c: dl_server"},
    .unchanged_is_taken = {true, read, "6.12, kernel/sched/core.c"},
    .requests = {true, emulated, vm},
    .task_iterator = {true, emulated, contract},
    .sleepers_are_moved = {false, emulated, vm},
    .cpusets_v1 = {true, recalled, "Debian's kernel is built without"},
    .cpusets_v2 = {true, emulated, vm},
    .race = {Race::refused, read, "6.12, kernel/sched/syscalls.c"},
    .top_allows = {TopAllows::possible, emulated, vm},
    .partitions = {Partitions::exclusive, emulated,
                   "tests/differential on 6.12.117: the rules of 6.15, carried back"},
    .same_cpus_move_nobody = {true, read, cpuset_6_12},
};

constexpr Profile linux_6_18 = {
    .name = "6.18",
    .mask_size = {MaskSize::large_only, seen, table},
    .configured_cpus = {256, seen, "the kernel that this was developed on"},
    .short_mask = {true, seen, table},
    .get_length = {GetLength::every_number, seen, table},
    .get_answer = {GetAnswer::smaller, seen, table},
    .get_shows = {GetShows::active, seen, table},
    .mask_before_task = {false, seen, table},
    .keeps = {Keeps::allowed, seen, table},
    .bound_threads = {true, seen, table},
    .capabilities = {true, seen, table},
    .user_namespaces = {true, seen, table},
    .deadline = {true, seen, table},
    .fair_servers = {true, seen, "tests/differential"},
    .unchanged_is_taken = {true, recalled, "read in 6.12"},
    .requests = {true, seen, "tests/cli/cpuset_v1_test.cpp"},
    .task_iterator = {true, seen, contract},
    .sleepers_are_moved = {false, seen, "facts/kernel.md"},
    .cpusets_v1 = {true, seen, "tests/cli/cpuset_v1_test.cpp"},
    .cpusets_v2 = {true, recalled},
    .race = {Race::refused, read, "6.18, kernel/sched/syscalls.c"},
    .top_allows = {TopAllows::possible, seen, "facts/kernel.md"},
    .partitions = {Partitions::exclusive, recalled,
                   "the rules of 6.12, which are not quite the same"},
    .same_cpus_move_nobody = {true, read, "6.19, kernel/cgroup/cpuset.c"},
};

constexpr std::array all = {linux_2_5, linux_2_6_9, linux_5_15, linux_6_1, linux_6_12, linux_6_18};

}  // namespace

std::span<const Profile> profiles() { return all; }

const Profile* find_profile(std::string_view name) {
  const auto* const found = std::ranges::find(all, name, &Profile::name);
  return found == all.end() ? nullptr : found;
}

const Profile& newest_profile() { return all.back(); }

const char* name(Known known) {
  switch (known) {
    case Known::seen:
      return "seen";
    case Known::emulated:
      return "emulated";
    case Known::read:
      return "read";
    case Known::recalled:
      return "recalled";
  }
  return "";
}

}  // namespace pinfold::model
