#include "machine/folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

#include <pinfold/cpu_list.h>

#include "base/number.h"

namespace pinfold {

Folder::Folder(const Root& root, std::string path)
    : root_(root),
      path_(std::move(path)),
      folder_(root.open(path_.c_str(), O_PATH | O_DIRECTORY)),
      buffer_(std::make_unique_for_overwrite<std::array<char, buffer_size>>()) {}

Fd Folder::open(const char* path, int flags) const {
  if (root_.is_host()) return Fd(::openat(folder_.get(), path, flags | O_CLOEXEC));
  Fd file = open_beneath(folder_, path, flags);
  // A link that leads out of this folder may still lead to something in the copy.
  if (!file.is_open() && errno == EXDEV) return root_.open((path_ + '/' + path).c_str(), flags);
  return file;
}

std::optional<std::string_view> Folder::read(const char* path) {
  const Fd file = open(path, O_RDONLY);
  if (!file.is_open()) return std::nullopt;
  std::size_t size = 0;
  for (;;) {
    const ssize_t length = ::read(file.get(), buffer_->data() + size, buffer_size - size);
    if (length < 0) return std::nullopt;
    size += static_cast<std::size_t>(length);
    if (size == buffer_size) return std::nullopt;  // half a list would be a wrong one
    // The kernel gives such a file at once; a second call would only say so.
    if (length == 0 || (size > 0 && (*buffer_)[size - 1] == '\n')) break;
  }
  std::string_view text(buffer_->data(), size);
  while (text.ends_with('\n') || text.ends_with('\0'))
    text.remove_suffix(1);
  return text;
}

std::optional<CpuSet> Folder::list(const char* path) {
  const auto text = read(path);
  if (!text) return std::nullopt;
  if (text->empty()) return CpuSet();
  auto cpus = parse_cpu_list(*text);
  if (!cpus) return std::nullopt;
  return std::move(*cpus);
}

std::optional<CpuSet> Folder::mask(const char* path) {
  const auto text = read(path);
  return text ? parse_kernel_mask(*text) : std::nullopt;
}

std::optional<long> Folder::number(const char* path) {
  const auto text = read(path);
  if (!text) return std::nullopt;
  const auto number = parse_number<long>(*text);
  return number ? std::optional(*number) : std::nullopt;
}

bool Folder::has(const char* path) const { return open(path, O_PATH).is_open(); }

std::optional<CpuSet> parse_kernel_mask(std::string_view text) {
  constexpr unsigned bits = 32;
  CpuSet cpus;
  for (unsigned base = 0;; base += bits) {
    if (base > highest_cpu_in_text.value()) return std::nullopt;
    const std::size_t comma = text.rfind(',');
    const std::string_view digits = text.substr(comma == std::string_view::npos ? 0 : comma + 1);
    const auto word = parse_number<std::uint32_t>(digits, 16);
    if (!word) return std::nullopt;
    for (unsigned bit = 0; bit < bits; ++bit) {
      if (((*word >> bit) & 1U) != 0) cpus.add(CpuId(base + bit));
    }
    if (comma == std::string_view::npos) return cpus;
    text.remove_suffix(text.size() - comma);
  }
}

}  // namespace pinfold
