#include "differential/task_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "differential/raw_call.h"

namespace pinfold::test {
namespace {

// One of its files, as far as the buffer goes; empty where it cannot be read.
std::string_view read(pid_t tid, const char* file, std::array<char, 4096>& buffer) {
  char path[64];
  std::snprintf(path, sizeof path, "/proc/%d/task/%d/%s", tid, tid, file);
  const Fd opened(::open(path, O_RDONLY | O_CLOEXEC));
  if (!opened.is_open()) return {};
  const ssize_t length = ::read(opened.get(), buffer.data(), buffer.size());
  if (length <= 0) return {};
  return {buffer.data(), static_cast<std::size_t>(length)};
}

// Of /proc/TID/stat, counted as in proc(5): 3 is the state.
std::string_view stat_field(pid_t tid, int number, std::array<char, 4096>& buffer) {
  std::string_view text = read(tid, "stat", buffer);
  const auto name_end = text.rfind(')');
  if (name_end == std::string_view::npos || name_end + 2 > text.size()) return {};
  text.remove_prefix(name_end + 2);
  for (int at = 3; at < number; ++at)
    text.remove_prefix(std::min(text.find(' ') + 1, text.size()));
  return text.substr(0, text.find(' '));
}

std::optional<unsigned> number_in(std::string_view text) {
  unsigned value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<CpuSet> effective_mask(pid_t tid, std::size_t size) {
  static std::vector<CpuSet::Word> words;
  words.assign(size / sizeof(CpuSet::Word), 0);
  if (raw_call(SYS_sched_getaffinity, tid, size, words.data()) < 0) return std::nullopt;
  return CpuSet::from_words(words);
}

std::optional<CpuSet> allowed_mask(pid_t tid) {
  std::array<char, 4096> buffer;
  std::string_view text = read(tid, "status", buffer);
  constexpr std::string_view field = "\nCpus_allowed:\t";
  const auto at = text.find(field);
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + field.size());
  text = text.substr(0, text.find('\n'));
  // "00000000,00000003": words of 32 bits, the highest first.
  constexpr unsigned bits = 32;
  const auto commas = static_cast<std::size_t>(std::ranges::count(text, ','));
  std::vector<CpuSet::Word> words(commas / 2 + 1);
  for (std::size_t i = commas + 1; i-- > 0;) {
    unsigned long word = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), word, 16);
    if (status != std::errc()) return std::nullopt;
    words[i / 2] |= word << (i % 2 * bits);
    text.remove_prefix(
        std::min<std::size_t>(static_cast<std::size_t>(end - text.data()) + 1, text.size()));
  }
  return CpuSet::from_words(words);
}

char state_of(pid_t tid) {
  std::array<char, 4096> buffer;
  const auto state = stat_field(tid, 3, buffer);
  return state.empty() ? '\0' : state.front();
}

std::optional<unsigned> cpu_of(pid_t tid) {
  std::array<char, 4096> buffer;
  return number_in(stat_field(tid, 39, buffer));
}

bool is_alone(pid_t pid) {
  std::array<char, 4096> buffer;
  return number_in(stat_field(pid, 20, buffer)) == 1U;
}

bool is_off_its_cpu(pid_t tid) {
  std::array<char, 4096> buffer;
  const std::string_view text = read(tid, "syscall", buffer);
  return !text.empty() && !text.starts_with("running");
}

}  // namespace pinfold::test
