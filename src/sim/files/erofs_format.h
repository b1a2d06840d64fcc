// What stands where in an EROFS image (fs/erofs/erofs_fs.h), as far as we use it: not compressed,
// compact inodes, the end of a file behind its inode where there is room.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace pinfold::erofs {

/// A number as it stands in the image: the lowest byte first, wherever it is.
template <class T>
class Little {
 public:
  Little() = default;
  constexpr Little(T value)  // NOLINT(*-explicit-*): it is a T
      : bytes_(std::bit_cast<Bytes>(swapped(value))) {}
  constexpr operator T() const {  // NOLINT(*-explicit-*)
    return swapped(std::bit_cast<T>(bytes_));
  }

 private:
  using Bytes = std::array<std::byte, sizeof(T)>;

  static constexpr T swapped(T value) {
    return std::endian::native == std::endian::little ? value : std::byteswap(value);
  }

  Bytes bytes_{};
};

inline constexpr std::size_t block_size = 4096;
inline constexpr unsigned block_bits = 12;
inline constexpr std::size_t slot_size = 32;  ///< inodes are numbered by where they stand
inline constexpr std::size_t super_offset = 1024;
inline constexpr std::uint32_t magic = 0xE0F5E1E2;
inline constexpr std::size_t longest_name = 255;
inline constexpr std::size_t longest_link = 4095;  // PATH_MAX

struct SuperBlock {
  Little<std::uint32_t> magic;
  Little<std::uint32_t> checksum;
  Little<std::uint32_t> compatible;
  std::uint8_t block_bits;
  std::uint8_t extended_slots;
  Little<std::uint16_t> root;  // number of its inode
  Little<std::uint64_t> inodes;
  Little<std::uint64_t> time;
  Little<std::uint32_t> nanoseconds;
  Little<std::uint32_t> blocks;
  Little<std::uint32_t> inode_block;  // where inode 0 would stand
  Little<std::uint32_t> attribute_block;
  std::uint8_t id[16];
  std::uint8_t volume[16];
  Little<std::uint32_t> incompatible;
  std::uint8_t unused[44];
};
static_assert(sizeof(SuperBlock) == 128);

/// The way of storing a file, as Inode::format has it; its lowest bit would be an inode of 64
/// bytes.
enum Format : std::uint16_t {
  whole_blocks = 0U << 1U,
  tail_inline = 2U << 1U,  ///< what is left after whole blocks stands behind the inode
};

struct Inode {
  Little<std::uint16_t> format;
  Little<std::uint16_t> attributes;
  Little<std::uint16_t> mode;
  Little<std::uint16_t> links;
  Little<std::uint32_t> size;
  Little<std::uint32_t> reserved;
  Little<std::uint32_t> block;  // of the first whole one
  Little<std::uint32_t> number;
  Little<std::uint16_t> user;
  Little<std::uint16_t> group;
  Little<std::uint32_t> reserved2;
};
static_assert(sizeof(Inode) == slot_size);

/// A folder's content: in each block these, then the names, all by ascending bytes of the names.
struct Entry {
  Little<std::uint64_t> inode;
  Little<std::uint16_t> name;  // where it begins in the block
  std::uint8_t type;
  std::uint8_t reserved;
};
static_assert(sizeof(Entry) == 12);

enum EntryType : std::uint8_t {
  regular_file = 1,
  folder = 2,
  symbolic_link = 7,
};

inline constexpr std::uint32_t no_block = ~0U;

}  // namespace pinfold::erofs
