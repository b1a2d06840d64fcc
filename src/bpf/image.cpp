#include "bpf/image.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "base/try.h"
#include "bpf/syscalls.h"

namespace pinfold::bpf {
namespace {

// What a loader is given, and where it leaves the descriptors of what it made: a Context, and
// behind it a MapSlot for each map and an int for each program. Bound to libbpf's by
// bpf/make_loader.cpp.
struct Context {
  std::uint32_t bytes;
  std::uint32_t flags;
  std::uint32_t log_level;
  std::uint32_t log_bytes;
  std::uint64_t log;
};
struct MapSlot {
  int descriptor;
  std::uint32_t max_entries;
  std::uint64_t initial_value;
};

template <class Value>
Value read_at(std::span<const unsigned char> bytes, std::size_t offset) {
  Value value;
  std::memcpy(&value, bytes.subspan(offset, sizeof value).data(), sizeof value);
  return value;
}

template <class Value>
void write_at(std::span<unsigned char> bytes, std::size_t offset, const Value& value) {
  std::memcpy(bytes.subspan(offset, sizeof value).data(), &value, sizeof value);
}

std::size_t slot_at(std::size_t map) { return sizeof(Context) + (map * sizeof(MapSlot)); }

bool has_perfmon() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct words[2] = {};
  if (::syscall(SYS_capget, &header, words) != 0) return false;
  const std::uint64_t effective = std::uint64_t{words[1].effective} << 32U | words[0].effective;
  constexpr std::uint64_t either =
      std::uint64_t{1} << unsigned{CAP_PERFMON} | std::uint64_t{1} << unsigned{CAP_SYS_ADMIN};
  return (effective & either) != 0;
}

Result<Fd> load_loader(const Image& image) {
  TRY(const Fd data, make_array(image.data.size()));
  CHECK_OK(write_array(data, image.data));
  auto loader = load_syscall_program(image.instructions, data);
  // Without CAP_PERFMON a loader may not do what it does, and kernels say so in different ways.
  if (!loader && !has_perfmon()) {
    Error error = std::move(loader).error();
    error.number = EPERM;
    return fail(std::move(error));
  }
  return loader;
}

}  // namespace

Result<Loaded> load(const Image& image, const LoadOptions& options) {
  auto made = load_loader(image);
  if (!made) {
    Error error = std::move(made).error();
    if (error.number == EPERM) {
      error.advice = "be root, or give pinfold the capabilities: setcap cap_bpf,cap_perfmon+ep";
    }
    return fail(std::move(error));
  }
  const Fd loader = std::move(*made);

  const std::size_t programs_at = slot_at(image.maps);
  std::vector<unsigned char> bytes(programs_at + (image.programs * sizeof(int)));
  const Context context{.bytes = static_cast<std::uint32_t>(bytes.size()),
                        .flags = 0,
                        .log_level = 0,
                        .log_bytes = 0,
                        .log = 0};
  std::memcpy(bytes.data(), &context, sizeof context);
  if (!options.constants.empty()) {
    write_at(bytes, slot_at(options.constants_map) + offsetof(MapSlot, initial_value),
             std::uint64_t{std::bit_cast<std::uintptr_t>(options.constants.data())});
  }
  if (options.entries != 0) {
    write_at(bytes, slot_at(options.sized_map) + offsetof(MapSlot, max_entries), options.entries);
  }
  CHECK_OK(run_syscall_program(loader, bytes));

  Loaded loaded;
  for (std::size_t i = 0; i < image.maps; ++i)
    loaded.maps.emplace_back(read_at<MapSlot>(bytes, slot_at(i)).descriptor);
  for (std::size_t i = 0; i < image.programs; ++i)
    loaded.programs.emplace_back(read_at<int>(bytes, programs_at + (i * sizeof(int))));
  return loaded;
}

}  // namespace pinfold::bpf
