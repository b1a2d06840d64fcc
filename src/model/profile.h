// What one generation of the kernel does, as facts. The code of the model asks for facts and never
// for a version.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pinfold::model {

/// How a fact is known.
enum class Known {
  seen,      ///< tried on a kernel of that generation on a real machine
  emulated,  ///< tried on a kernel of that generation in an emulator
  read,      ///< read in that kernel's source
  recalled,  ///< from memory, nothing here shows it
};

template <class T>
struct Fact {
  T value;
  Known known;
  std::string_view where = {};  ///< what shows it: a test, a file, a function of the kernel

  constexpr operator const T&() const {
    return value;
  }  // NOLINT(*-explicit-*): a fact is its value
};

/// How long the kernel's mask is.
enum class MaskSize {
  word,        ///< one unsigned long
  configured,  ///< NR_CPUS bits
  offstack,    ///< nr_cpu_ids where masks are allocated (NR_CPUS above 512 on x86), else NR_CPUS
  large_only,  ///< nr_cpu_ids where NR_CPUS is above 256, else NR_CPUS
};

/// What sched_getaffinity asks of the length that it is given.
enum class GetLength {
  whole_mask,    ///< not less than the kernel's mask
  every_number,  ///< whole words with a bit for every CPU number there can be
};

/// What it answers, and how much it writes.
enum class GetAnswer {
  mask,     ///< the kernel's mask, however long the buffer is
  smaller,  ///< the buffer or the kernel's mask, whichever is shorter
};

/// CPUs that it leaves out of what the kernel keeps.
enum class GetShows {
  online,
  possible,
  active,
};

/// What sched_setaffinity keeps of the CPUs that it is asked for.
enum class Keeps {
  online,   ///< those that are online
  all,      ///< all of them
  allowed,  ///< those that the cpuset allows
};

/// What happens when a cpuset became narrower while a mask was being set.
enum class Race {
  none,     ///< there are no cpusets
  retried,  ///< the task gets the whole cpuset, and the call succeeds
  refused,  ///< the task gets what it had asked for before, the call fails with EINVAL
};

/// What the root cpuset allows.
enum class TopAllows {
  online,    ///< CPUs that are online and in no partition
  possible,  ///< CPUs in no partition, online or not
};

enum class Partitions {
  none,
  subparts,   ///< since 5.0: a partition takes what is in cpuset.cpus from a parent that is one
  exclusive,  ///< since 6.7: with cpuset.cpus.exclusive, below any parent
};

/// Marks and sources: facts/kernel.md.
struct Profile {
  std::string_view name;  ///< "6.1"

  // The two calls.
  Fact<MaskSize> mask_size;
  Fact<unsigned> configured_cpus;  ///< NR_CPUS of the kernel that was looked at
  Fact<bool> short_mask;           ///< set takes a length below that of the kernel's mask
  Fact<GetLength> get_length;
  Fact<GetAnswer> get_answer;
  Fact<GetShows> get_shows;
  Fact<bool> mask_before_task;  ///< a mask without an online CPU is EINVAL, whoever is asked for
  Fact<Keeps> keeps;

  // Who may set whom.
  Fact<bool> bound_threads;  ///< PF_NO_SETAFFINITY: the mask of some kernel threads is fixed
  Fact<bool> capabilities;   ///< a task that holds more capabilities is refused
  Fact<bool> user_namespaces;
  Fact<bool> deadline;      ///< SCHED_DEADLINE, and EBUSY for less than its root domain
  Fact<bool> fair_servers;  ///< 5 % of each CPU are set aside for who is no SCHED_DEADLINE task
  Fact<bool> unchanged_is_taken;  ///< the mask that a task has is taken, also with no CPU active
  Fact<bool> requests;            ///< what was asked for last is remembered
  Fact<bool> task_iterator;       ///< a BPF program can read all tasks in one pass
  Fact<bool> sleepers_are_moved;  ///< also who sleeps leaves a CPU that goes offline at once

  // Cpusets.
  Fact<bool> cpusets_v1;
  Fact<bool> cpusets_v2;
  Fact<Race> race;
  Fact<TopAllows> top_allows;
  Fact<Partitions> partitions;
  Fact<bool> same_cpus_move_nobody;  ///< v2: a move between cpusets with the same effective CPUs
                                     ///< and nodes leaves masks alone
};

/// From the oldest to the newest.
std::span<const Profile> profiles();
/// "6.1"; null where there is none of that name.
const Profile* find_profile(std::string_view name);
/// The newest.
const Profile& newest_profile();

/// A fact as text: "keeps", "allowed".
struct FactText {
  std::string_view name;   ///< as the member's
  std::string_view about;  ///< in words
  std::string value;
  Known known;
  std::string_view where;
};
/// All of them, in the order in which they stand.
std::vector<FactText> facts_of(const Profile& profile);

/// "seen", "emulated", "read", "recalled".
const char* name(Known known);

}  // namespace pinfold::model
