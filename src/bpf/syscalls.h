// bpf(2), as far as src/bpf and what stands above it need it. Errors are of kind `system`, with the
// kernel's errno.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <pinfold/ids.h>
#include <pinfold/result.h>

#include "base/fd.h"

namespace pinfold::bpf {

/// An array of one element.
Result<Fd> make_array(std::size_t bytes);

/// Writes the element of an array of one.
Result<void> write_array(const Fd& map, std::span<const unsigned char> element);

/// Writes, reads or removes an element of a map, or asks for the key that follows one in no order;
/// after none comes the first. Sizes are the map's. ENOENT where there is none (any more).
Result<void> write_element(const Fd& map, const void* key, const void* value);
Result<void> read_element(const Fd& map, const void* key, void* value);
Result<void> remove_element(const Fd& map, const void* key);
Result<void> next_key(const Fd& map, const void* key, void* next);

/// Puts a program where its type says (tp_btf, fentry), or raw_tp at the tracepoint of this name.
/// It stays as long as the descriptor.
Result<Fd> attach(const Fd& program, const char* raw_tracepoint = nullptr);

/// The same for a classic tracepoint, by its id in tracefs; on all CPUs. Needs CAP_PERFMON.
Result<Fd> attach_tracepoint(const Fd& program, std::uint64_t id);

/// A program that the caller runs himself (BPF_PROG_TYPE_SYSCALL), and whose only map is `map`.
Result<Fd> load_syscall_program(std::span<const unsigned char> instructions, const Fd& map);

/// Runs it with `context` to read and write. What it returns is an error where it is negative.
Result<void> run_syscall_program(const Fd& program, std::span<unsigned char> context);

/// Runs a program for raw tracepoints, which needs no context, on that CPU: in an interrupt of
/// whatever runs there. ENXIO where it is off. Since Linux 5.10.
Result<void> run_on(const Fd& program, CpuId cpu);

/// Of whom a task iterator tells: a process's threads, one thread, or where both are 0 everybody.
/// Kernels before 6.1 tell of everybody in any case.
struct IteratorTarget {
  Pid pid;
  Tid tid;
};

/// What to read an iterator's output from: each is one pass. Read it to its end (read(2) gives 0).
Result<Fd> open_task_iterator(const Fd& program, const IteratorTarget& target);

}  // namespace pinfold::bpf
