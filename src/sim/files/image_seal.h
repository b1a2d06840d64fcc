// By what an image that was kept is known to be whole, and whose it is.
#pragma once

#include <string_view>
#include <vector>

#include "base/fd.h"

namespace pinfold::sim {

/// Writes into the free header of an image what it is of, how large it is and a checksum, and `key`
/// behind it: a file that was cut off, overwritten or half written is not taken for it.
void seal_image(std::vector<char>& image, std::string_view key);

/// Whether the file is an image sealed with that key, and every byte as it was. Reads all of it.
bool is_sealed(const Fd& file, std::string_view key);

/// A hash for names and checksums: not against who wants two texts to have the same.
std::uint64_t fast_hash(std::string_view bytes);

}  // namespace pinfold::sim
