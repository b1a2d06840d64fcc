#include "bpf/syscalls.h"

#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bit>
#include <cerrno>

#include "base/try.h"

namespace pinfold::bpf {
namespace {

std::uint64_t address(const void* at) { return std::bit_cast<std::uintptr_t>(at); }

Result<int> call(bpf_cmd command, const char* name, bpf_attr& attributes) {
  const long result = ::syscall(SYS_bpf, command, &attributes, sizeof attributes);
  if (result < 0) return fail({.kind = ErrorKind::system, .number = errno, .text = name});
  return static_cast<int>(result);
}

Result<Fd> open(bpf_cmd command, const char* name, bpf_attr& attributes) {
  TRY(const int number, call(command, name, attributes));
  return Fd(number);  // close-on-exec, as all descriptors of bpf(2)
}

}  // namespace

Result<Fd> make_array(std::size_t bytes) {
  bpf_attr attributes{};
  attributes.map_type = BPF_MAP_TYPE_ARRAY;
  attributes.key_size = sizeof(std::uint32_t);
  attributes.value_size = static_cast<std::uint32_t>(bytes);
  attributes.max_entries = 1;
  return open(BPF_MAP_CREATE, "bpf, to make a map", attributes);
}

Result<void> write_array(const Fd& map, std::span<const unsigned char> element) {
  const std::uint32_t only = 0;
  bpf_attr attributes{};
  attributes.map_fd = static_cast<std::uint32_t>(map.get());
  attributes.key = address(&only);
  attributes.value = address(element.data());
  CHECK_OK(call(BPF_MAP_UPDATE_ELEM, "bpf, to write a map", attributes));
  return {};
}

namespace {

Result<void> element(bpf_cmd command, const char* name, const Fd& map, const void* key,
                     const void* value) {
  bpf_attr attributes{};
  attributes.map_fd = static_cast<std::uint32_t>(map.get());
  attributes.key = address(key);
  attributes.value = address(value);
  CHECK_OK(call(command, name, attributes));
  return {};
}

}  // namespace

Result<void> write_element(const Fd& map, const void* key, const void* value) {
  return element(BPF_MAP_UPDATE_ELEM, "bpf, to write a map", map, key, value);
}

Result<void> read_element(const Fd& map, const void* key, void* value) {
  return element(BPF_MAP_LOOKUP_ELEM, "bpf, to read a map", map, key, value);
}

Result<void> remove_element(const Fd& map, const void* key) {
  return element(BPF_MAP_DELETE_ELEM, "bpf, to write a map", map, key, nullptr);
}

Result<void> next_key(const Fd& map, const void* key, void* next) {
  return element(BPF_MAP_GET_NEXT_KEY, "bpf, to read a map", map, key, next);
}

Result<Fd> attach(const Fd& program, const char* raw_tracepoint) {
  bpf_attr attributes{};
  attributes.raw_tracepoint.name = address(raw_tracepoint);
  attributes.raw_tracepoint.prog_fd = static_cast<std::uint32_t>(program.get());
  return open(BPF_RAW_TRACEPOINT_OPEN, "bpf, to attach a program", attributes);
}

Result<Fd> attach_tracepoint(const Fd& program, std::uint64_t id) {
  perf_event_attr event{};
  event.size = sizeof event;
  event.type = PERF_TYPE_TRACEPOINT;
  event.config = id;
  // The program belongs to the tracepoint: it runs on every CPU, whichever the event is for.
  const long opened = ::syscall(SYS_perf_event_open, &event, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
  if (opened < 0)
    return fail({.kind = ErrorKind::system, .number = errno, .text = "perf_event_open"});
  Fd descriptor(static_cast<int>(opened));
  if (::ioctl(descriptor.get(), PERF_EVENT_IOC_SET_BPF, program.get()) != 0 ||
      ::ioctl(descriptor.get(), PERF_EVENT_IOC_ENABLE, 0) != 0)
    return fail({.kind = ErrorKind::system, .number = errno, .text = "ioctl, to attach a program"});
  return descriptor;
}

Result<Fd> load_syscall_program(std::span<const unsigned char> instructions, const Fd& map) {
  const int maps[] = {map.get()};
  bpf_attr attributes{};
  attributes.prog_type = BPF_PROG_TYPE_SYSCALL;
  attributes.insns = address(instructions.data());
  attributes.insn_cnt = static_cast<std::uint32_t>(instructions.size() / sizeof(bpf_insn));
  attributes.license = address("Dual MIT/GPL");
  attributes.fd_array = address(maps);
  attributes.prog_flags = BPF_F_SLEEPABLE;
  return open(BPF_PROG_LOAD, "bpf, to load a program", attributes);
}

Result<void> run_syscall_program(const Fd& program, std::span<unsigned char> context) {
  bpf_attr attributes{};
  attributes.test.prog_fd = static_cast<std::uint32_t>(program.get());
  attributes.test.ctx_in = address(context.data());
  attributes.test.ctx_size_in = static_cast<std::uint32_t>(context.size());
  CHECK_OK(call(BPF_PROG_RUN, "bpf, to run a program", attributes));
  const int result = std::bit_cast<int>(attributes.test.retval);
  if (result < 0) {
    return fail({.kind = ErrorKind::system, .number = -result, .text = "bpf, to load programs"});
  }
  return {};
}

Result<void> run_on(const Fd& program, CpuId cpu) {
  bpf_attr attributes{};
  attributes.test.prog_fd = static_cast<std::uint32_t>(program.get());
  attributes.test.flags = BPF_F_TEST_RUN_ON_CPU;
  attributes.test.cpu = cpu.value();
  CHECK_OK(call(BPF_PROG_RUN, "bpf, to run a program", attributes));
  return {};
}

Result<Fd> open_task_iterator(const Fd& program, const IteratorTarget& target) {
  bpf_iter_link_info info{};
  info.task.pid = static_cast<std::uint32_t>(target.pid.value());
  info.task.tid = static_cast<std::uint32_t>(target.tid.value());
  bpf_attr link_attributes{};
  link_attributes.link_create.prog_fd = static_cast<std::uint32_t>(program.get());
  link_attributes.link_create.attach_type = BPF_TRACE_ITER;
  link_attributes.link_create.iter_info = address(&info);
  link_attributes.link_create.iter_info_len = sizeof info;
  TRY(const Fd link, open(BPF_LINK_CREATE, "bpf, to attach an iterator", link_attributes));
  bpf_attr attributes{};
  attributes.iter_create.link_fd = static_cast<std::uint32_t>(link.get());
  return open(BPF_ITER_CREATE, "bpf, to open an iterator", attributes);
}

}  // namespace pinfold::bpf
