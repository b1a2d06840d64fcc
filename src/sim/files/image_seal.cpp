#include "sim/files/image_seal.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "sim/files/erofs_writer.h"

namespace pinfold::sim {
namespace {

struct Seal {
  std::array<char, 16> magic{};
  std::uint64_t image_size = 0;
  std::uint64_t key_size = 0;
  std::uint64_t checksum = 0;  // of the image without its header, and of the key
};
static_assert(sizeof(Seal) <= erofs_header_size);

constexpr std::array<char, 16> magic = {'p', 'i', 'n', 'f', 'o', 'l', 'd', ' ',
                                        'i', 'm', 'a', 'g', 'e', ' ', '1', '\n'};

std::uint64_t mixed(std::uint64_t hash, std::uint64_t word) {
  constexpr std::uint64_t odd = 0x9E3779B97F4A7C15;
  return std::rotl((hash ^ word) * odd, 29);
}

}  // namespace

// Four chains side by side: one after the other a multiplication takes its time.
std::uint64_t fast_hash(std::string_view bytes) {
  std::array<std::uint64_t, 4> chains = {1, 2, 3, 4};
  std::array<std::uint64_t, 4> words{};
  const std::size_t size = bytes.size();
  while (bytes.size() >= sizeof words) {
    std::memcpy(words.data(), bytes.data(), sizeof words);
    for (std::size_t i = 0; i < words.size(); ++i)
      chains[i] = mixed(chains[i], words[i]);
    bytes.remove_prefix(sizeof words);
  }
  words = {};
  if (!bytes.empty()) std::memcpy(words.data(), bytes.data(), bytes.size());
  std::uint64_t hash = size;
  for (std::size_t i = 0; i < words.size(); ++i)
    hash = mixed(mixed(hash, chains[i]), words[i]);
  return hash ^ (hash >> 32U);
}

void seal_image(std::vector<char>& image, std::string_view key) {
  Seal seal{.magic = magic, .image_size = image.size(), .key_size = key.size()};
  image.insert(image.end(), key.begin(), key.end());
  seal.checksum = fast_hash(std::string_view(image.data(), image.size()).substr(erofs_header_size));
  std::memcpy(image.data(), &seal, sizeof seal);
}

bool is_sealed(const Fd& file, std::string_view key) {
  struct stat status{};
  if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size < erofs_header_size + key.size()) return false;
  void* const mapped = ::mmap(nullptr, size, PROT_READ, MAP_SHARED | MAP_POPULATE, file.get(), 0);
  if (mapped == MAP_FAILED) return false;
  const std::string_view bytes(static_cast<const char*>(mapped), size);
  Seal seal;
  std::memcpy(&seal, bytes.data(), sizeof seal);
  const bool sealed = seal.magic == magic && seal.key_size == key.size() &&
                      seal.image_size == size - key.size() && bytes.ends_with(key) &&
                      seal.checksum == fast_hash(bytes.substr(erofs_header_size));
  ::munmap(mapped, size);
  return sealed;
}

}  // namespace pinfold::sim
