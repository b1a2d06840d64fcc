// Whether this is a machine, and a moment, to measure in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <pinfold/cpu_set.h>
#include <pinfold/result.h>

namespace pinfold::measure {

/// A reason not to believe a number.
struct Doubt {
  enum class Kind {
    busy,       ///< others used the CPUs
    stolen,     ///< the host of this virtual machine took them away
    throttled,  ///< the cgroup's CPU limit, or heat, stopped or slowed them
    virtual_    ///< a virtual machine: what its CPUs share is what the host says, not what is
  };
  Kind kind = Kind::busy;
  bool spoils = false;  ///< no number is better than this one
  std::string text;     ///< for people: "others used CPU 3 for 12 % of the time"
};

/// "busy", "stolen", "throttled", "virtual".
const char* name_of(Doubt::Kind kind);

/// What counters of /proc/stat and of /sys say of some CPUs, at one moment.
struct Counters {
  std::uint64_t busy = 0;       ///< nanoseconds that all of them together worked for anybody
  std::uint64_t stolen = 0;     ///< nanoseconds
  std::uint64_t heat = 0;       ///< times that one was slowed down
  std::uint64_t throttled = 0;  ///< times that the caller's cgroup used up its share
};

/// What a text of /proc/stat (proc_stat(5)) says of some CPUs: `busy` and `stolen`.
Counters counters_in(std::string_view stat, const CpuSet& cpus);

/// Of what is not there, 0. Kind `system` where /proc/stat cannot be read.
Result<Counters> read_counters(const CpuSet& cpus);

/// Whether there is a hypervisor below us.
bool is_virtual();

/// What two readings say of the time between them, in which we ourselves worked for `own_work`
/// nanoseconds on these CPUs, and `elapsed` went by. Others' work spoils a number from a twentieth
/// of the time on, stolen time from a hundredth, being throttled always.
std::vector<Doubt> doubts_between(const Counters& before, const Counters& after, const CpuSet& cpus,
                                  std::uint64_t own_work, std::uint64_t elapsed);

}  // namespace pinfold::measure
