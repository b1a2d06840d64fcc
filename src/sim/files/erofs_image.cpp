#include "sim/files/erofs_image.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "sim/files/erofs_format.h"

namespace pinfold::sim {

using erofs::block_size;

namespace {

template <class T>
T at(const char* data) {
  T value;
  std::memcpy(&value, data, sizeof value);
  return value;
}

std::unexpected<Error> no_image(const char* reason) {
  return fail({.kind = ErrorKind::unsupported, .text = "the image", .reason = reason});
}

std::optional<ErofsImage::Type> type_of(std::uint8_t type) {
  switch (type) {
    case erofs::regular_file:
      return ErofsImage::Type::file;
    case erofs::folder:
      return ErofsImage::Type::folder;
    case erofs::symbolic_link:
      return ErofsImage::Type::link;
    default:
      return std::nullopt;
  }
}

std::optional<ErofsImage::Type> type_of_mode(std::uint32_t mode) {
  if (S_ISREG(mode)) return ErofsImage::Type::file;
  if (S_ISDIR(mode)) return ErofsImage::Type::folder;
  if (S_ISLNK(mode)) return ErofsImage::Type::link;
  return std::nullopt;
}

// A position in a folder: the block and the entry in it. There are fewer than 2^12 in a block.
constexpr unsigned index_bits = 12;

}  // namespace

struct ErofsImage::Node {
  Status status;
  const char* inode = nullptr;
  std::uint64_t first_block = 0;
  std::uint64_t whole_blocks = 0;
};

// Names are in order, and each begins where the one before ends: of a damaged block, as far as that
// is so.
struct ErofsImage::Block {
  std::string_view bytes;
  std::size_t count = 0;

  [[nodiscard]] erofs::Entry entry(std::size_t i) const {
    return at<erofs::Entry>(bytes.data() + i * sizeof(erofs::Entry));
  }

  // Empty for one that cannot be.
  [[nodiscard]] std::string_view name(std::size_t i) const {
    const std::size_t begin = entry(i).name;
    const std::size_t end = i + 1 < count ? std::size_t{entry(i + 1).name} : bytes.size();
    if (begin < count * sizeof(erofs::Entry) || begin > end || end > bytes.size()) return {};
    std::string_view name = bytes.substr(begin, end - begin);
    // The last one may stand before the end of the block.
    name = name.substr(0, name.find('\0'));
    if (name.size() > erofs::longest_name || name.contains('/')) return {};
    return name;
  }

  [[nodiscard]] std::optional<Entry> read(std::size_t i, std::uint64_t next) const {
    const erofs::Entry found = entry(i);
    const auto type = type_of(found.type);
    const std::string_view own = name(i);
    if (!type || own.empty()) return std::nullopt;
    return Entry{.name = own,
                 .node = static_cast<NodeNumber>(std::uint64_t{found.inode}),
                 .type = *type,
                 .next = next};
  }
};

Result<ErofsImage> ErofsImage::open(const Fd& file) {
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return fail({.kind = ErrorKind::system, .number = errno});
  const auto size = static_cast<std::size_t>(status.st_size);
  if (!S_ISREG(status.st_mode) || size < block_size) return no_image("it is too short");
  void* const mapped = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.get(), 0);
  if (mapped == MAP_FAILED) return fail({.kind = ErrorKind::system, .number = errno});
  ErofsImage image(static_cast<const char*>(mapped), size, NodeNumber{});
  const auto super = at<erofs::SuperBlock>(image.data_ + erofs::super_offset);
  if (super.magic != erofs::magic) return no_image("it is not in EROFS");
  if (super.block_bits != erofs::block_bits || super.incompatible != 0 || super.inode_block != 0)
    return no_image("it uses parts of EROFS that are not known here");
  image.root_ = static_cast<NodeNumber>(std::uint64_t{std::uint16_t{super.root}});
  const auto root = image.status(image.root_);
  if (!root || root->type != Type::folder) return no_image("it has no root");
  return image;
}

ErofsImage::ErofsImage(ErofsImage&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      root_(other.root_) {}

ErofsImage& ErofsImage::operator=(ErofsImage&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(root_, other.root_);
  return *this;
}

ErofsImage::~ErofsImage() {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): munmap(2) takes what mmap(2) gave
  if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
}

std::optional<ErofsImage::Node> ErofsImage::node(NodeNumber number) const {
  const auto slot = static_cast<std::uint64_t>(number);
  if (slot >= size_ / erofs::slot_size) return std::nullopt;
  Node node{.status = {}, .inode = data_ + slot * erofs::slot_size};
  const auto inode = at<erofs::Inode>(node.inode);
  const std::uint16_t format = inode.format;
  if (format != erofs::whole_blocks && format != erofs::tail_inline) return std::nullopt;
  if (inode.attributes != 0) return std::nullopt;
  node.status = {.mode = std::uint16_t{inode.mode}, .size = std::uint32_t{inode.size}};
  node.status.links = std::uint16_t{inode.links};
  const auto type = type_of_mode(node.status.mode);
  if (!type) return std::nullopt;
  node.status.type = *type;
  const std::uint64_t blocks = (node.status.size + block_size - 1) / block_size;
  node.whole_blocks = format == erofs::tail_inline ? node.status.size / block_size : blocks;
  if (node.whole_blocks == 0) return node;
  node.first_block = std::uint32_t{inode.block};
  const std::uint64_t in_image = size_ / block_size;
  if (node.first_block > in_image || node.whole_blocks > in_image - node.first_block)
    return std::nullopt;
  return node;
}

// A block of the node's content; empty behind its end, or the image's.
std::string_view ErofsImage::piece(const Node& node, std::uint64_t block) const {
  if (block > node.status.size / block_size) return {};
  const std::uint64_t left = node.status.size - block * block_size;
  const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(left, block_size));
  if (block < node.whole_blocks) return {data_ + (node.first_block + block) * block_size, length};
  const char* const tail = node.inode + sizeof(erofs::Inode);
  const auto offset = static_cast<std::size_t>(tail - data_);
  if (length > size_ - offset) return {};
  return {tail, length};
}

std::optional<ErofsImage::Block> ErofsImage::block(const Node& folder, std::uint64_t index) const {
  const std::string_view bytes = piece(folder, index);
  if (bytes.size() < sizeof(erofs::Entry)) return std::nullopt;
  // Where the first name begins the entries end.
  const std::size_t names = at<erofs::Entry>(bytes.data()).name;
  if (names < sizeof(erofs::Entry) || names > bytes.size() || names % sizeof(erofs::Entry) != 0)
    return std::nullopt;
  return Block{.bytes = bytes, .count = names / sizeof(erofs::Entry)};
}

std::optional<ErofsImage::Entry> ErofsImage::find(NodeNumber folder, std::string_view name) const {
  const auto found = node(folder);
  if (!found || found->status.type != Type::folder) return std::nullopt;
  // The last block whose first name is not behind the wanted one.
  std::uint64_t first = 0;
  std::uint64_t end = (found->status.size + block_size - 1) / block_size;
  while (end - first > 1) {
    const std::uint64_t middle = first + (end - first) / 2;
    const auto there = block(*found, middle);
    if (!there) return std::nullopt;
    (there->name(0) <= name ? first : end) = middle;
  }
  const auto there = block(*found, first);
  if (!there) return std::nullopt;
  std::size_t low = 0;
  std::size_t high = there->count;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    const std::string_view own = there->name(middle);
    if (own == name) return there->read(middle, (first << index_bits) + middle + 1);
    if (own < name) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return std::nullopt;
}

std::optional<ErofsImage::NodeNumber> ErofsImage::find_path(std::string_view path) const {
  NodeNumber at = root_;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view name = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (name.empty()) continue;
    const auto entry = find(at, name);
    if (!entry) return std::nullopt;
    at = entry->node;
  }
  return at;
}

std::optional<ErofsImage::Status> ErofsImage::status(NodeNumber number) const {
  const auto found = node(number);
  return found ? std::optional(found->status) : std::nullopt;
}

std::size_t ErofsImage::read(NodeNumber number, std::uint64_t offset,
                             std::span<char> buffer) const {
  const auto found = node(number);
  if (!found) return 0;
  std::size_t copied = 0;
  while (copied < buffer.size() && offset < found->status.size) {
    std::string_view bytes = piece(*found, offset / block_size);
    const auto before = static_cast<std::size_t>(offset % block_size);
    if (bytes.size() <= before) break;
    bytes.remove_prefix(before);
    const std::size_t length = std::min(bytes.size(), buffer.size() - copied);
    std::memcpy(buffer.data() + copied, bytes.data(), length);
    copied += length;
    offset += length;
  }
  return copied;
}

std::optional<std::string_view> ErofsImage::link_target(NodeNumber number,
                                                        std::span<char, 4096> buffer) const {
  const auto found = node(number);
  if (!found || found->status.type != Type::link) return std::nullopt;
  const std::size_t length = read(number, 0, buffer);
  if (length == 0 || length != found->status.size) return std::nullopt;
  const std::string_view target(buffer.data(), length);
  return target.contains('\0') ? std::nullopt : std::optional(target);
}

// The one at a position, or the next that can be read.
std::optional<ErofsImage::Entry> ErofsImage::entry_at(NodeNumber folder, std::uint64_t from) const {
  const auto found = node(folder);
  if (!found || found->status.type != Type::folder) return std::nullopt;
  const std::uint64_t blocks = (found->status.size + block_size - 1) / block_size;
  std::size_t i = from & ((1U << index_bits) - 1);
  for (std::uint64_t index = from >> index_bits; index < blocks; ++index, i = 0) {
    const auto there = block(*found, index);
    if (!there) continue;
    for (; i < there->count; ++i) {
      if (auto entry = there->read(i, (index << index_bits) + i + 1)) return entry;
    }
  }
  return std::nullopt;
}

}  // namespace pinfold::sim
