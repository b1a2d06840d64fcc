// An EROFS image, read without mounting it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <pinfold/result.h>

#include "base/fd.h"

namespace pinfold::sim {

/// What erofs_image() writes and anything of that form: not compressed, compact inodes. A damaged
/// image shows less than there was, and is never read beyond its end; but who shortens the file
/// meanwhile ends the program (SIGBUS).
class ErofsImage {
 public:
  enum class NodeNumber : std::uint64_t {
  };
  enum class Type : std::uint8_t {
    folder,
    file,
    link,
  };

  struct Status {
    Type type = Type::file;
    std::uint32_t mode = 0;  ///< as st_mode
    std::uint64_t size = 0;  ///< bytes
    std::uint32_t links = 0;
  };

  struct Entry {
    std::string_view name;  ///< valid as long as the image is open
    NodeNumber node{};
    Type type = Type::file;
    std::uint64_t next = 0;  ///< from where to go on after this one
  };

  /// Maps the file, which may be closed afterwards. Kind `unsupported` where it is no such image,
  /// `system` where it cannot be mapped.
  static Result<ErofsImage> open(const Fd& file);

  ErofsImage(ErofsImage&& other) noexcept;
  ErofsImage& operator=(ErofsImage&& other) noexcept;
  ErofsImage(const ErofsImage&) = delete;
  ErofsImage& operator=(const ErofsImage&) = delete;
  ~ErofsImage();

  [[nodiscard]] NodeNumber root() const { return root_; }

  /// What is called so in a folder, "." and ".." too.
  [[nodiscard]] std::optional<Entry> find(NodeNumber folder, std::string_view name) const;

  /// The same along a path from the root, links not followed: "sys/devices/system/cpu".
  [[nodiscard]] std::optional<NodeNumber> find_path(std::string_view path) const;

  /// Nothing where there is no such node.
  [[nodiscard]] std::optional<Status> status(NodeNumber number) const;

  /// Copies what stands in the node from `offset` on, and says how much that is; 0 at the end.
  std::size_t read(NodeNumber number, std::uint64_t offset, std::span<char> buffer) const;

  /// Where a link leads to, in `buffer`, which has 4,096 bytes; nothing for what is no link.
  [[nodiscard]] std::optional<std::string_view> link_target(NodeNumber number,
                                                            std::span<char, 4096> buffer) const;

  /// Calls `each(const Entry&)` for what is in a folder in ascending order of the names, "." and
  /// ".." among them, until it returns false. `from` is 0, or an Entry::next.
  template <class Each>
  void for_each_entry(NodeNumber folder, Each&& each, std::uint64_t from = 0) const {
    while (const auto entry = entry_at(folder, from)) {
      if (!each(*entry)) return;
      from = entry->next;
    }
  }

 private:
  struct Node;   // an inode that can be read
  struct Block;  // of a folder

  ErofsImage(const char* data, std::size_t size, NodeNumber root)
      : data_(data), size_(size), root_(root) {}

  [[nodiscard]] std::optional<Node> node(NodeNumber number) const;
  [[nodiscard]] std::string_view piece(const Node& node, std::uint64_t block) const;
  [[nodiscard]] std::optional<Block> block(const Node& folder, std::uint64_t index) const;
  [[nodiscard]] std::optional<Entry> entry_at(NodeNumber folder, std::uint64_t from) const;

  const char* data_ = nullptr;
  std::size_t size_ = 0;
  NodeNumber root_{};
};

}  // namespace pinfold::sim
