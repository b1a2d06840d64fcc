// Folders, files and links in memory, of which many are alike.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace pinfold::sim {

/// A tree that only grows. Of a large machine it has hundreds of thousands of files and a few
/// thousand contents: each content is kept once, and names cost no allocation of their own.
class FileTree {
 public:
  enum class FolderId : std::uint32_t {
  };
  enum class ContentId : std::uint32_t {
  };
  enum class Type : std::uint8_t {
    folder,
    file,
    link,
  };

  struct Entry {
    std::string_view name;
    Type type = Type::file;
    FolderId folder{};    ///< where it is one
    ContentId content{};  ///< else: of a link, where it leads to
  };

  static constexpr FolderId root{0};

  FileTree();

  /// Equal texts are one content.
  ContentId content(std::string_view text);

  /// Names are 1 to 255 bytes without slash and NUL, and of one folder all different, which is for
  /// the caller to see to.
  FolderId add_folder(FolderId in, std::string_view name);
  void add_file(FolderId in, std::string_view name, ContentId content);
  void add_file(FolderId in, std::string_view name, std::string_view text) {
    add_file(in, name, content(text));
  }
  void add_link(FolderId in, std::string_view name, ContentId target);
  void add_link(FolderId in, std::string_view name, std::string_view target) {
    add_link(in, name, content(target));
  }

  /// What is in a folder, by ascending bytes of the names. `entries` is overwritten: to be used
  /// again and again.
  void list(FolderId folder, std::vector<Entry>& entries) const;

  /// The folder that a folder is in; of the root, itself.
  [[nodiscard]] FolderId parent(FolderId folder) const;
  /// Valid as long as the tree.
  [[nodiscard]] std::string_view text(ContentId content) const;

  /// Folders and contents are numbered from 0; a folder's number is higher than its parent's.
  [[nodiscard]] std::size_t folder_count() const { return folders_.size(); }
  [[nodiscard]] std::size_t content_count() const { return contents_.size(); }
  /// Folders, files and links, without the root.
  [[nodiscard]] std::size_t entry_count() const { return entries_.size(); }

 private:
  static constexpr std::uint32_t none = ~0U;

  struct Link {  // of the list of a folder's entries
    const char* name = nullptr;
    std::uint32_t next = none;
    std::uint32_t target = 0;
    std::uint8_t name_size = 0;
    Type type = Type::file;
  };
  struct Folder {
    FolderId parent{};
    std::uint32_t first = none;
    std::uint32_t last = none;
  };

  // Text that stays where it is.
  class Store {
   public:
    std::string_view keep(std::string_view text);

   private:
    std::vector<std::unique_ptr<char[]>> blocks_;
    char* free_ = nullptr;
    std::size_t left_ = 0;
  };

  void add(FolderId in, std::string_view name, Type type, std::uint32_t target);

  std::vector<Folder> folders_;
  std::vector<Link> entries_;
  std::vector<std::string_view> contents_;
  std::unordered_map<std::string_view, ContentId> known_;
  Store names_;
  Store texts_;
};

}  // namespace pinfold::sim
