#include "sim/call_numbers.h"

#include <array>

namespace pinfold::sim {
namespace {

// arch/x86/entry/syscalls/syscall_64.tbl, syscall_32.tbl; scripts/syscall.tbl; arch/arm/tools.
#if defined(__x86_64__)

constexpr std::array own = {
    CallNumber{CallKind::set_affinity, 203},
    CallNumber{CallKind::get_affinity, 204},
    CallNumber{CallKind::get_cpu, 309},
    CallNumber{CallKind::open, 2},
    CallNumber{CallKind::open_at, 257},
    CallNumber{CallKind::open_at2, 437},
    CallNumber{CallKind::set_scheduler_attributes, 314},
    CallNumber{CallKind::set_memory_policy, 238},
    CallNumber{CallKind::get_memory_policy, 239},
    CallNumber{CallKind::bind_memory, 237},
    CallNumber{CallKind::trace, 101},
    CallNumber{CallKind::set_up_io_uring, 425},
    CallNumber{CallKind::register_rseq, 334},
};
constexpr std::array narrow = {
    CallNumber{CallKind::set_affinity, 241},
    CallNumber{CallKind::get_affinity, 242},
    CallNumber{CallKind::get_cpu, 318},
    CallNumber{CallKind::open, 5},
    CallNumber{CallKind::open_at, 295},
    CallNumber{CallKind::open_at2, 437},
    CallNumber{CallKind::set_scheduler_attributes, 351},
    CallNumber{CallKind::trace, 26},
    CallNumber{CallKind::set_up_io_uring, 425},
    CallNumber{CallKind::register_rseq, 386},
};
constexpr std::array tables = {
    CallTable{AUDIT_ARCH_X86_64, false, own},
    CallTable{AUDIT_ARCH_I386, true, narrow},
};

#elif defined(__aarch64__)

constexpr std::array own = {
    CallNumber{CallKind::set_affinity, 122},
    CallNumber{CallKind::get_affinity, 123},
    CallNumber{CallKind::get_cpu, 168},
    CallNumber{CallKind::open_at, 56},
    CallNumber{CallKind::open_at2, 437},
    CallNumber{CallKind::set_scheduler_attributes, 274},
    CallNumber{CallKind::set_memory_policy, 237},
    CallNumber{CallKind::get_memory_policy, 236},
    CallNumber{CallKind::bind_memory, 235},
    CallNumber{CallKind::trace, 117},
    CallNumber{CallKind::set_up_io_uring, 425},
    CallNumber{CallKind::register_rseq, 293},
};
constexpr std::array narrow = {
    CallNumber{CallKind::set_affinity, 241},
    CallNumber{CallKind::get_affinity, 242},
    CallNumber{CallKind::get_cpu, 345},
    CallNumber{CallKind::open, 5},
    CallNumber{CallKind::open_at, 322},
    CallNumber{CallKind::open_at2, 437},
    CallNumber{CallKind::set_scheduler_attributes, 380},
    CallNumber{CallKind::trace, 26},
    CallNumber{CallKind::set_up_io_uring, 425},
    CallNumber{CallKind::register_rseq, 398},
};
constexpr std::array tables = {
    CallTable{AUDIT_ARCH_AARCH64, false, own},
    CallTable{AUDIT_ARCH_ARM, true, narrow},
};

#else

constexpr std::array<CallTable, 0> tables;

#endif

}  // namespace

std::span<const CallTable> call_tables() { return tables; }

}  // namespace pinfold::sim
