#include "trace/record.h"

#include <unistd.h>

#include <array>
#include <bit>
#include <cstring>

namespace pinfold::trace {
namespace {

std::string name_of(const char (&name)[trace_name_bytes]) {
  return {name, ::strnlen(name, sizeof name)};
}

CallAbi abi_of(bool compat) {
#if defined(__aarch64__)
  return compat ? CallAbi::arm : CallAbi::arm64;
#else
  return compat ? CallAbi::i386 : CallAbi::x86_64;
#endif
}

}  // namespace

std::uint64_t start_ticks(std::uint64_t nanoseconds) {
  static const auto ticks_per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  constexpr std::uint64_t second = 1'000'000'000;
  return nanoseconds / (second / ticks_per_second);
}

CpuSet Record::mask(std::size_t which, std::size_t words) const {
  std::array<CpuSet::Word, trace_most_words> copy{};
  const std::size_t all = shape_->mask_words();
  const auto from = bytes_.subspan(sizeof(trace_record) + (which * all * sizeof(CpuSet::Word)));
  std::memcpy(copy.data(), from.data(), words * sizeof(CpuSet::Word));
  const unsigned bits = shape_->cpu_ids % CpuSet::word_bits;
  if (words == all && bits != 0) copy[words - 1] &= (CpuSet::Word{1} << bits) - 1;
  return CpuSet::from_words(std::span(copy).first(words));
}

std::optional<CpuSet> Record::allowed() const {
  if (!has(trace_has_target)) return std::nullopt;
  return mask(0, shape_->mask_words());
}

std::optional<CpuSet> Record::kernel_request() const {
  if (has(trace_has_request)) return mask(1, shape_->mask_words());
  if (has(trace_no_request)) return CpuSet();
  return std::nullopt;
}

std::optional<CpuSet> Record::user_mask() const {
  const std::size_t bytes = (*this)->user_bytes;
  if (bytes == 0) return std::nullopt;
  // The kernel takes any length: the last word may be a part of one.
  std::array<CpuSet::Word, trace_most_words> words{};
  const std::size_t before = 2 * shape_->mask_words() * sizeof(CpuSet::Word);
  std::memcpy(words.data(), bytes_.subspan(sizeof(trace_record) + before, bytes).data(), bytes);
  return CpuSet::from_words(words);
}

Actor Record::actor() const {
  const trace_task& task = (*this)->actor;
  Actor actor{.pid = Pid(task.pid),
              .tid = Tid(task.tid),
              .start_time = start_ticks(task.start_time),
              .ns_pid = {},
              .ns_tid = {},
              .comm = name_of(task.name),
              .exe = {},
              .uid = task.uid,
              .cgroup = {},
              .container = {},
              .abi = {},
              .parents = {}};
  if ((*this)->ns_tid != 0) {
    actor.ns_pid = Pid((*this)->ns_pid);
    actor.ns_tid = Tid((*this)->ns_tid);
  }
  if (is_call()) actor.abi = abi_of(has(trace_compat));
  return actor;
}

std::optional<TargetTask> Record::target() const {
  if (!has(trace_has_target)) return std::nullopt;
  const trace_task& task = (*this)->target;
  return TargetTask{.pid = Pid(task.pid),
                    .tid = Tid(task.tid),
                    .comm = name_of(task.name),
                    .start_time = start_ticks(task.start_time),
                    .cgroup = {}};
}

std::span<const unsigned char> Record::tail() const {
  const std::size_t third = is_call() ? shape_->user_words() : shape_->mask_words();
  return bytes_.subspan(sizeof(trace_record) +
                        (((2 * shape_->mask_words()) + third) * sizeof(CpuSet::Word)));
}

std::string_view Record::path() const {
  const auto* const text = reinterpret_cast<const char*>(tail().data());
  return {text, ::strnlen(text, std::min<std::size_t>(tail().size(), trace_path_bytes))};
}

std::span<const std::uint64_t> Record::frames() const {
  if (!is_call() || !shape_->callers) return {};
  const auto* const words = reinterpret_cast<const std::uint64_t*>(tail().data());
  const int bytes = (*this)->frames;
  const std::size_t walked = bytes > 0 ? static_cast<std::size_t>(bytes) / sizeof *words : 0;
  return {words, 2 + walked};
}

}  // namespace pinfold::trace
