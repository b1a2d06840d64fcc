#include "trace/records.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "support/program.h"

namespace pinfold::test {
namespace {

constexpr std::size_t head_words = sizeof(trace_record) / sizeof(std::uint64_t);
constexpr std::size_t tail_words = 2 + trace_most_frames;  // a path is shorter

}  // namespace

RecordBuilder::RecordBuilder(trace_kind kind, const trace::RecordShape& shape)
    : shape_(shape),
      bytes_(head_words + (2 * shape.mask_words()) + shape.user_words() + tail_words) {
  head().kind = kind;
  head().call = -1;
}

trace_record& RecordBuilder::head() { return *reinterpret_cast<trace_record*>(bytes_.data()); }

std::uint64_t* RecordBuilder::words(unsigned mask) {
  return bytes_.data() + head_words + (mask * shape_.mask_words());
}

RecordBuilder& RecordBuilder::write(unsigned mask, const CpuSet& cpus) {
  std::ranges::copy(cpus.words(), words(mask));
  return *this;
}

trace_task RecordBuilder::raw(const RecordTask& task) {
  static const auto ticks_per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  trace_task raw{};
  raw.pid = task.pid;
  raw.tid = task.tid;
  raw.start_time = task.start * (1'000'000'000 / ticks_per_second);
  raw.cgroup = task.cgroup;
  raw.parent = task.parent;
  task.name.copy(static_cast<char*>(raw.name), sizeof raw.name - 1);
  return raw;
}

RecordBuilder& RecordBuilder::at(std::uint64_t nanoseconds) {
  head().time = nanoseconds;
  return *this;
}

RecordBuilder& RecordBuilder::cpu(unsigned cpu) {
  head().cpu = cpu;
  return *this;
}

RecordBuilder& RecordBuilder::actor(const RecordTask& task) {
  head().actor = raw(task);
  return *this;
}

RecordBuilder& RecordBuilder::target(const RecordTask& task) {
  head().target = raw(task);
  return flag(trace_has_target);
}

RecordBuilder& RecordBuilder::flag(trace_flag flag) {
  head().flags |= static_cast<unsigned>(flag);
  return *this;
}

RecordBuilder& RecordBuilder::allowed(const char* cpus) { return write(0, test::cpus(cpus)); }

RecordBuilder& RecordBuilder::kernel_request(const char* cpus) {
  flag(trace_has_request);
  return write(1, test::cpus(cpus));
}

RecordBuilder& RecordBuilder::user(const char* cpus) {
  return user(cpus, static_cast<unsigned>(shape_.mask_words() * sizeof(CpuSet::Word)));
}

RecordBuilder& RecordBuilder::user(const char* cpus, unsigned bytes) {
  head().user_bytes = bytes;
  head().length = bytes;
  const CpuSet mask = test::cpus(cpus);
  std::memcpy(words(2), mask.words().data(),
              std::min<std::size_t>(bytes, mask.words().size_bytes()));
  return *this;
}

RecordBuilder& RecordBuilder::old(const char* cpus) { return write(2, test::cpus(cpus)); }

RecordBuilder& RecordBuilder::result(std::int64_t result) {
  head().result = result;
  return *this;
}

RecordBuilder& RecordBuilder::argument(int argument) {
  head().argument = argument;
  return *this;
}

RecordBuilder& RecordBuilder::length(std::uint64_t length) {
  head().length = length;
  return *this;
}

RecordBuilder& RecordBuilder::lost(std::uint64_t count) {
  head().lost = count;
  return *this;
}

RecordBuilder& RecordBuilder::lost_others(std::uint64_t count) {
  head().lost_others = count;
  return *this;
}

RecordBuilder& RecordBuilder::path(std::string_view path) {
  path.copy(reinterpret_cast<char*>(words(3)), trace_path_bytes - 1);
  return *this;
}

RecordBuilder& RecordBuilder::by_call(int number) {
  head().call = number;
  return *this;
}

RecordBuilder& RecordBuilder::by_user() {
  constexpr unsigned sca_user = 8;
#if defined(__aarch64__)
  constexpr int set_affinity = 122;
#else
  constexpr int set_affinity = 203;
#endif
  head().address = sca_user;
  return by_call(set_affinity);
}

RecordBuilder& RecordBuilder::frames(const std::vector<std::uint64_t>& addresses) {
  std::ranges::copy(addresses, words(2) + shape_.user_words());
  head().frames = static_cast<int>((addresses.size() - 2) * sizeof addresses[0]);
  return *this;
}

RecordBuilder& RecordBuilder::frames_failed(int error) {
  head().frames = -error;
  return *this;
}

RecordBuilder& RecordBuilder::stray_bit(unsigned mask, unsigned bit) {
  words(mask)[bit / CpuSet::word_bits] |= std::uint64_t{1} << (bit % CpuSet::word_bits);
  return *this;
}

trace::Record RecordBuilder::record() const {
  return {std::span(reinterpret_cast<const unsigned char*>(bytes_.data()),
                    bytes_.size() * sizeof bytes_[0]),
          shape_};
}

}  // namespace pinfold::test
