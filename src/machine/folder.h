// Many small files below one folder, read fast: one buffer, and paths from that folder.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <pinfold/cpu_set.h>

#include "machine/root.h"

namespace pinfold {

/// What cannot be read, or is not what it should be, is nothing: on other kernels and machines
/// files are missing, and each caller knows what that means.
class Folder {
 public:
  /// `root` must outlive it.
  Folder(const Root& root, std::string path);

  [[nodiscard]] bool is_open() const { return folder_.is_open(); }

  /// Without the line feed at the end; valid until the next call.
  std::optional<std::string_view> read(const char* path);

  /// A CPU list; empty text is an empty set.
  std::optional<CpuSet> list(const char* path);
  /// A mask as the kernel prints bitmaps: "ffffffff,00000001", the highest word first.
  std::optional<CpuSet> mask(const char* path);
  std::optional<long> number(const char* path);

  [[nodiscard]] bool has(const char* path) const;

 private:
  [[nodiscard]] Fd open(const char* path, int flags) const;

  static constexpr std::size_t buffer_size = 1U << 16U;

  const Root& root_;
  std::string path_;
  Fd folder_;
  std::unique_ptr<std::array<char, buffer_size>> buffer_;
};

/// A bitmap as the kernel prints it. Nothing where the text is none.
std::optional<CpuSet> parse_kernel_mask(std::string_view text);

}  // namespace pinfold
