#include "sim/files/erofs_writer.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <span>

#include "base/try.h"
#include "sim/files/erofs_format.h"

namespace pinfold::sim {
namespace {

using erofs::block_size;

constexpr std::size_t round_up(std::size_t offset, std::size_t unit) {
  return (offset + unit - 1) / unit * unit;
}

std::uint32_t index(FileTree::FolderId id) { return static_cast<std::uint32_t>(id); }
std::uint32_t index(FileTree::ContentId id) { return static_cast<std::uint32_t>(id); }

// Where something with an inode is kept.
struct Place {
  std::uint64_t inode = 0;  // 0: it is not in the image
  std::size_t size = 0;
  std::size_t blocks = 0;  // whole ones
  std::uint32_t first_block = erofs::no_block;
  bool tail = false;  // whether the rest stands behind the inode
};

class Writer {
 public:
  explicit Writer(const FileTree& tree)
      : tree_(tree),
        folders_(tree.folder_count()),
        files_(tree.content_count()),
        links_(tree.content_count()) {}

  Result<std::vector<char>> write() {
    place_all();
    if (too_large_) {
      return fail({.kind = ErrorKind::unsupported,
                   .text = "the files of the machine",
                   .reason = "too large for an image"});
    }
    std::vector<char> image(end_);
    image_ = image.data();
    write_super_block();
    for (std::size_t i = 0; i < folders_.size(); ++i)
      write_folder(static_cast<FileTree::FolderId>(i));
    for (std::size_t i = 0; i < files_.size(); ++i) {
      const std::string_view text = tree_.text(static_cast<FileTree::ContentId>(i));
      write_text(files_[i], text, S_IFREG | S_IRUSR | S_IRGRP | S_IROTH);
      write_text(links_[i], text, S_IFLNK | S_IRWXU | S_IRWXG | S_IRWXO);
    }
    return image;
  }

 private:
  // The entries of a folder in the order of the image: "." and ".." stand among the others.
  void list(FileTree::FolderId folder) {
    using Type = FileTree::Type;
    tree_.list(folder, entries_);
    const FileTree::Entry own{.name = ".", .type = Type::folder, .folder = folder};
    const FileTree::Entry above{.name = "..", .type = Type::folder, .folder = tree_.parent(folder)};
    for (const FileTree::Entry& entry : {own, above}) {
      const auto at = std::ranges::lower_bound(entries_, entry.name, {}, &FileTree::Entry::name);
      entries_.insert(at, entry);
    }
  }

  // Calls `each` with the entries that share a block, and how many bytes they take.
  template <class Each>
  void for_each_block(Each&& each) {
    std::size_t begin = 0;
    std::size_t used = 0;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const std::size_t size = sizeof(erofs::Entry) + entries_[i].name.size();
      if (used + size > block_size) {
        each(std::span(entries_).subspan(begin, i - begin), used);
        begin = i;
        used = 0;
      }
      used += size;
    }
    each(std::span(entries_).subspan(begin), used);
  }

  void place(Place& place, std::size_t size) {
    place.size = size;
    const std::size_t rest = size % block_size;
    place.tail = rest + sizeof(erofs::Inode) <= block_size && (rest != 0 || size == 0);
    place.blocks = place.tail ? size / block_size : round_up(size, block_size) / block_size;
    const std::size_t needed = sizeof(erofs::Inode) + (place.tail ? rest : 0);
    if (end_ / block_size != (end_ + needed - 1) / block_size) end_ = round_up(end_, block_size);
    place.inode = end_ / erofs::slot_size;
    end_ = round_up(end_ + needed, erofs::slot_size);
    too_large_ |= size > std::numeric_limits<std::uint32_t>::max();
    ++inodes_;
  }

  // Inodes first, so that they stand close to each other, and the root's first of all: its number
  // has 16 bits.
  void place_all() {
    end_ = erofs::super_offset + sizeof(erofs::SuperBlock);
    for (std::size_t i = 0; i < folders_.size(); ++i) {
      list(static_cast<FileTree::FolderId>(i));
      for (const FileTree::Entry& entry : entries_) {
        if (entry.type == FileTree::Type::file) files_[index(entry.content)].inode = 1;
        if (entry.type == FileTree::Type::link) links_[index(entry.content)].inode = 1;
      }
      std::size_t size = 0;
      for_each_block([&](auto, std::size_t used) { size = round_up(size, block_size) + used; });
      place(folders_[i], size);
    }
    for (std::size_t i = 0; i < files_.size(); ++i) {
      const std::size_t size = tree_.text(static_cast<FileTree::ContentId>(i)).size();
      if (files_[i].inode != 0) place(files_[i], size);
      if (links_[i].inode == 0) continue;
      too_large_ |= size > erofs::longest_link;
      place(links_[i], size);
    }
    end_ = round_up(end_, block_size);
    for (std::vector<Place>* places : {&folders_, &files_, &links_}) {
      for (Place& place : *places) {
        if (place.blocks == 0) continue;
        place.first_block = static_cast<std::uint32_t>(end_ / block_size);
        end_ += place.blocks * block_size;
      }
    }
    too_large_ |= end_ / block_size > std::numeric_limits<std::uint32_t>::max();
  }

  template <class T>
  void put(std::size_t offset, const T& value) {
    std::memcpy(image_ + offset, &value, sizeof value);
  }

  void write_super_block() {
    erofs::SuperBlock super{};
    super.magic = erofs::magic;
    super.block_bits = erofs::block_bits;
    super.root = static_cast<std::uint16_t>(folders_[0].inode);
    super.inodes = inodes_;
    super.blocks = static_cast<std::uint32_t>(end_ / block_size);
    std::memcpy(super.id, "pinfold machine", sizeof super.id);
    put(erofs::super_offset, super);
  }

  void write_inode(const Place& place, mode_t mode, std::size_t links) {
    erofs::Inode inode{};
    inode.format = place.tail ? erofs::tail_inline : erofs::whole_blocks;
    inode.mode = static_cast<std::uint16_t>(mode);
    // Of a folder with more of them, one says that they are not counted.
    const bool counted = links <= std::numeric_limits<std::uint16_t>::max();
    inode.links = static_cast<std::uint16_t>(counted ? links : 1);
    inode.size = static_cast<std::uint32_t>(place.size);
    inode.block = place.first_block;
    inode.number = static_cast<std::uint32_t>(place.inode);
    put(place.inode * erofs::slot_size, inode);
  }

  // Where a block of it stands.
  [[nodiscard]] std::size_t offset(const Place& place, std::size_t block) const {
    if (block < place.blocks) return (place.first_block + block) * block_size;
    return place.inode * erofs::slot_size + sizeof(erofs::Inode);
  }

  void write_text(const Place& place, std::string_view text, mode_t mode) {
    if (place.inode == 0) return;
    write_inode(place, mode, 1);
    const std::size_t whole = std::min(place.blocks * block_size, text.size());
    if (whole != 0) std::memcpy(image_ + offset(place, 0), text.data(), whole);
    text.remove_prefix(whole);
    if (!text.empty()) std::memcpy(image_ + offset(place, place.blocks), text.data(), text.size());
  }

  void write_folder(FileTree::FolderId folder) {
    list(folder);
    const Place& own = folders_[index(folder)];
    // Its name and its ".", and the ".." of each folder in it; its own ".." is above.
    const auto subfolders =
        std::ranges::count(entries_, FileTree::Type::folder, &FileTree::Entry::type);
    write_inode(own, S_IFDIR | S_IRWXU | S_IRGRP | S_IXGRP | S_IROTH | S_IXOTH,
                static_cast<std::size_t>(subfolders));
    std::size_t block = 0;
    for_each_block([&](std::span<const FileTree::Entry> entries, std::size_t) {
      const std::size_t begin = offset(own, block++);
      std::size_t name = entries.size() * sizeof(erofs::Entry);
      for (std::size_t i = 0; i < entries.size(); ++i) {
        put(begin + i * sizeof(erofs::Entry), written(entries[i], name));
        std::memcpy(image_ + begin + name, entries[i].name.data(), entries[i].name.size());
        name += entries[i].name.size();
      }
    });
  }

  [[nodiscard]] erofs::Entry written(const FileTree::Entry& entry, std::size_t name) const {
    erofs::Entry written{};
    written.name = static_cast<std::uint16_t>(name);
    switch (entry.type) {
      case FileTree::Type::folder:
        written.inode = folders_[index(entry.folder)].inode;
        written.type = erofs::folder;
        break;
      case FileTree::Type::file:
        written.inode = files_[index(entry.content)].inode;
        written.type = erofs::regular_file;
        break;
      case FileTree::Type::link:
        written.inode = links_[index(entry.content)].inode;
        written.type = erofs::symbolic_link;
        break;
    }
    return written;
  }

  const FileTree& tree_;
  std::vector<Place> folders_;
  std::vector<Place> files_;  // by content
  std::vector<Place> links_;  // by content
  std::vector<FileTree::Entry> entries_;
  std::size_t end_ = 0;  // of what has a place
  std::uint64_t inodes_ = 0;
  bool too_large_ = false;
  char* image_ = nullptr;
};

}  // namespace

Result<std::vector<char>> erofs_image(const FileTree& tree) { return Writer(tree).write(); }

}  // namespace pinfold::sim
