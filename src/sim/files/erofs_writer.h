// A FileTree as a file system image that the kernel can mount.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <pinfold/result.h>

#include "base/fd.h"
#include "sim/files/file_tree.h"

namespace pinfold::sim {

/// Of an image, what is free for others: the kernel looks at nothing before this byte.
inline constexpr std::size_t erofs_header_size = 1024;

/// An image in EROFS, which Linux mounts since 5.4, and from a file without a loop device since
/// 6.12. Equal trees give equal images. Everybody may read all; equal files are one inode, with one
/// link, because nobody shall take them for hard links. Kind `unsupported` where a link or a folder
/// is too large, which no machine's are.
Result<std::vector<char>> erofs_image(const FileTree& tree);

}  // namespace pinfold::sim
