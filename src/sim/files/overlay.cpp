#include "sim/files/overlay.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/try.h"

namespace pinfold::sim {
namespace {

using FolderId = FileTree::FolderId;
using Type = FileTree::Type;

constexpr std::string_view taken[] = {"proc/cpuinfo",           "sys/bus/cpu",
                                      "sys/bus/node",           "sys/devices/cpu_atom",
                                      "sys/devices/cpu_core",   "sys/devices/cpu_lowpower",
                                      "sys/devices/system/cpu", "sys/devices/system/node"};

// More than any machine has; a copy comes from somebody else.
constexpr unsigned deepest = 24;
constexpr std::size_t most_bytes_of_file = 16U << 20U;
constexpr std::size_t most_bytes = 512U << 20U;
constexpr std::size_t most_entries = 8U << 20U;

// Whether `path` is `folder` or below it.
bool is_in(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

bool is_taken(std::string_view path) {
  return std::ranges::any_of(taken, [&](std::string_view folder) { return is_in(path, folder); });
}

class Merger {
 public:
  Merger(const FileTree& generated, const Root& copy) : generated_(generated), copy_(copy) {}

  Result<FileTree> merge() {
    merge(FileTree::root, FileTree::root, "");
    if (too_large_) {
      return fail({.kind = ErrorKind::unsupported,
                   .text = copy_.name_of(""),
                   .reason = "too large for a copy of a machine's files"});
    }
    return std::move(merged_);
  }

 private:
  // What the copy has in a folder, as far as it counts, sorted.
  [[nodiscard]] std::vector<std::string> names_in(const std::string& path) const {
    if (is_taken(path)) return copy_.list(path);
    std::vector<std::string> names;
    for (const std::string_view folder : taken) {
      if (!path.empty() && !is_in(folder, path)) continue;
      std::string_view rest = folder.substr(path.empty() ? 0 : path.size() + 1);
      rest = rest.substr(0, rest.find('/'));
      if (names.empty() || names.back() != rest) names.emplace_back(rest);
    }
    return names;
  }

  // Nothing where it is a link or a device, or not there.
  [[nodiscard]] std::optional<Type> type_of(const std::string& path) const {
    // On the way to what is taken links may lead, as far as they stay in the copy.
    const bool follow = !is_taken(path) || std::ranges::find(taken, path) != std::end(taken);
    const Fd there = copy_.open(path.c_str(), O_PATH | (follow ? 0 : O_NOFOLLOW));
    struct stat status{};
    if (!there.is_open() || ::fstat(there.get(), &status) != 0) return std::nullopt;
    if (S_ISDIR(status.st_mode)) return Type::folder;
    if (S_ISREG(status.st_mode) && is_taken(path)) return Type::file;
    return std::nullopt;
  }

  std::optional<std::string> read(const std::string& path) {
    const Fd file = copy_.open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY);
    struct stat status{};
    if (!file.is_open() || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode))
      return std::nullopt;
    const auto size = static_cast<std::size_t>(status.st_size);
    too_large_ |= size > most_bytes_of_file || size > most_bytes - bytes_;
    if (too_large_) return std::nullopt;
    bytes_ += size;
    auto content = read_all(file);
    if (!content) return std::nullopt;
    return std::move(*content);
  }

  void merge(FolderId to, std::optional<FolderId> generated, const std::string& path) {
    if (std::ranges::count(path, '/') > deepest) return;
    const std::vector<std::string> own = names_in(path);
    if (is_caches(path, own)) generated.reset();
    std::vector<FileTree::Entry> made;
    if (generated) generated_.list(*generated, made);
    auto next_made = made.begin();
    auto next_own = own.begin();
    while (next_made != made.end() || next_own != own.end()) {
      const bool is_made =
          next_own == own.end() || (next_made != made.end() && next_made->name <= *next_own);
      const bool is_own =
          next_made == made.end() || (next_own != own.end() && *next_own <= next_made->name);
      const std::string name = is_own ? *next_own : std::string(next_made->name);
      std::string below = path;
      if (!below.empty()) below += '/';
      below += name;
      if (!is_own || !add_own(to, is_made ? &*next_made : nullptr, name, below)) {
        if (is_made) add_made(to, *next_made, below);
      }
      if (is_made) ++next_made;
      if (is_own) ++next_own;
      too_large_ |= merged_.entry_count() > most_entries;
      if (too_large_) return;
    }
  }

  // False where the copy has nothing of that name that counts.
  bool add_own(FolderId to, const FileTree::Entry* made, const std::string& name,
               const std::string& path) {
    const auto type = type_of(path);
    if (!type) return false;
    if (*type == Type::file) {
      const auto content = read(path);
      if (content) merged_.add_file(to, name, *content);
      return content.has_value();
    }
    std::optional<FolderId> below;
    if (made != nullptr && made->type == Type::folder) below = made->folder;
    // One on the way that has nothing of what is taken is no folder of the machine's.
    if (!below && !is_taken(path)) return false;
    merge(merged_.add_folder(to, name), below, path);
    return true;
  }

  void add_made(FolderId to, const FileTree::Entry& made, const std::string& path) {
    switch (made.type) {
      case Type::folder:
        merge(merged_.add_folder(to, made.name), made.folder, path);
        break;
      case Type::file:
        merged_.add_file(to, made.name, generated_.text(made.content));
        break;
      case Type::link:
        merged_.add_link(to, made.name, generated_.text(made.content));
        break;
    }
  }

  static bool is_caches(std::string_view path, const std::vector<std::string>& names) {
    return is_in(path, "sys/devices/system/cpu") && path.ends_with("/cache") &&
           std::ranges::any_of(names, [](const auto& name) { return name.starts_with("index"); });
  }

  const FileTree& generated_;
  const Root& copy_;
  FileTree merged_;
  std::size_t bytes_ = 0;
  bool too_large_ = false;
};

}  // namespace

Result<FileTree> with_own_files(const FileTree& generated, const Root& copy) {
  return Merger(generated, copy).merge();
}

}  // namespace pinfold::sim
