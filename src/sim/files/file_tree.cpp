#include "sim/files/file_tree.h"

#include <algorithm>
#include <cstring>

namespace pinfold::sim {

std::string_view FileTree::Store::keep(std::string_view text) {
  constexpr std::size_t block_size = 1U << 18U;
  if (text.size() > block_size / 4) {
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(text.size()));
    char* const alone = blocks_.back().get();
    std::memcpy(alone, text.data(), text.size());
    return {alone, text.size()};
  }
  if (left_ < text.size()) {
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(block_size));
    free_ = blocks_.back().get();
    left_ = block_size;
  }
  char* const kept = free_;
  if (!text.empty()) std::memcpy(kept, text.data(), text.size());
  free_ += text.size();
  left_ -= text.size();
  return {kept, text.size()};
}

FileTree::FileTree() : folders_(1) {}

FileTree::ContentId FileTree::content(std::string_view text) {
  if (const auto found = known_.find(text); found != known_.end()) return found->second;
  const auto id = static_cast<ContentId>(contents_.size());
  contents_.push_back(texts_.keep(text));
  known_.emplace(contents_.back(), id);
  return id;
}

FileTree::FolderId FileTree::add_folder(FolderId in, std::string_view name) {
  const auto id = static_cast<std::uint32_t>(folders_.size());
  add(in, name, Type::folder, id);
  folders_.push_back({.parent = in});
  return static_cast<FolderId>(id);
}

void FileTree::add_file(FolderId in, std::string_view name, ContentId content) {
  add(in, name, Type::file, static_cast<std::uint32_t>(content));
}

void FileTree::add_link(FolderId in, std::string_view name, ContentId target) {
  add(in, name, Type::link, static_cast<std::uint32_t>(target));
}

void FileTree::add(FolderId in, std::string_view name, Type type, std::uint32_t target) {
  const auto index = static_cast<std::uint32_t>(entries_.size());
  const std::string_view kept = names_.keep(name);
  entries_.push_back({.name = kept.data(),
                      .target = target,
                      .name_size = static_cast<std::uint8_t>(kept.size()),
                      .type = type});
  Folder& folder = folders_[static_cast<std::uint32_t>(in)];
  if (folder.last == none) {
    folder.first = index;
  } else {
    entries_[folder.last].next = index;
  }
  folder.last = index;
}

void FileTree::list(FolderId folder, std::vector<Entry>& entries) const {
  entries.clear();
  std::uint32_t next = folders_[static_cast<std::uint32_t>(folder)].first;
  while (next != none) {
    const Link& link = entries_[next];
    Entry entry{.name = {link.name, link.name_size}, .type = link.type};
    if (link.type == Type::folder) {
      entry.folder = static_cast<FolderId>(link.target);
    } else {
      entry.content = static_cast<ContentId>(link.target);
    }
    entries.push_back(entry);
    next = link.next;
  }
  if (!std::ranges::is_sorted(entries, {}, &Entry::name))
    std::ranges::sort(entries, {}, &Entry::name);
}

FileTree::FolderId FileTree::parent(FolderId folder) const {
  return folders_[static_cast<std::uint32_t>(folder)].parent;
}

std::string_view FileTree::text(ContentId content) const {
  return contents_[static_cast<std::uint32_t>(content)];
}

}  // namespace pinfold::sim
