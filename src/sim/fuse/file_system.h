// What a FuseServer shows: files and folders, by number.
#pragma once

#include <dirent.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pinfold::sim {

/// A file or folder. A number means the same one as long as the file system is mounted, also when
/// that is gone.
using Node = std::uint64_t;

inline constexpr Node root_node = 1;  // FUSE_ROOT_ID

struct Status {
  mode_t mode = 0;  ///< its type and permissions; it belongs to root
  std::uint64_t size = 0;
  std::uint32_t links = 1;
};

struct Entry {
  std::string name;
  Node node = 0;
  unsigned char type = DT_UNKNOWN;  ///< readdir(3)
};

/// For how long what was answered holds. Statuses hold for ever in both cases.
enum class Contents {
  constant,  ///< for ever: the kernel keeps everything and does not ask again
  live,      ///< for no time: names are looked up and files are read each time
};

enum class Access {
  read,
  write,
};

/// Asked by several threads at a time. Where a call may fail, 0 or a negative errno is the answer.
/// `who` is the thread that makes the call, as the pid namespace in which it was mounted numbers
/// it; 0 for one that has no number there.
class FileSystem {
 public:
  FileSystem() = default;
  FileSystem(const FileSystem&) = delete;
  FileSystem& operator=(const FileSystem&) = delete;
  virtual ~FileSystem() = default;

  [[nodiscard]] virtual Contents contents() const = 0;

  /// -ENOENT where the folder has none of that name. It is neither empty nor "." nor "..", and
  /// has no slash.
  virtual int find(Node folder, std::string_view name, Node& found) = 0;
  virtual int status(Node node, Status& status) = 0;
  /// Appends what is in the folder, "." and ".." left out.
  virtual int entries(Node folder, std::vector<Entry>& entries) = 0;
  /// Whether it may be opened. Asked of live contents only, after the kernel has looked at the
  /// mode.
  virtual int open(Node node, Access access, pid_t who) {
    (void)node, (void)access, (void)who;
    return 0;
  }
  /// Appends up to `length` bytes; fewer at the end only. Of live contents everything is read from
  /// offset 0 at once.
  virtual int read(Node node, std::uint64_t offset, std::size_t length, pid_t who,
                   std::string& text) = 0;
  virtual int read_link(Node node, std::string& target) {
    (void)node, (void)target;
    return -EINVAL;
  }

  /// What one write(2) wrote, all of it or nothing; `offset` is where the file stood.
  virtual int write(Node node, std::uint64_t offset, std::string_view text, pid_t who) {
    (void)node, (void)offset, (void)text, (void)who;
    return -EROFS;
  }
  /// O_TRUNC and truncate(2).
  virtual int truncate(Node node, pid_t who) {
    (void)node, (void)who;
    return -EROFS;
  }
  virtual int make_folder(Node folder, std::string_view name, pid_t who, Node& made) {
    (void)folder, (void)name, (void)who, (void)made;
    return -EROFS;
  }
  virtual int remove_folder(Node folder, std::string_view name, pid_t who) {
    (void)folder, (void)name, (void)who;
    return -EROFS;
  }
};

}  // namespace pinfold::sim
