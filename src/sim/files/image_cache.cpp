#include "sim/files/image_cache.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <ctime>

#include "base/try.h"
#include "machine/facts.h"
#include "sim/files/erofs_writer.h"
#include "sim/files/image_seal.h"
#include "sim/files/overlay.h"
#include "sim/files/sysfs.h"

namespace pinfold::sim {
namespace {

// To be raised whenever the same description gives other files or another image
// (image_cache_test.cpp notices).
constexpr unsigned generation = 1;

constexpr std::size_t most_images = 16;
constexpr std::uint64_t most_bytes = 256U << 20U;
constexpr std::time_t abandoned_after = 3600;  // seconds: nobody writes an image for that long

constexpr std::string_view image_suffix = ".erofs";
constexpr std::string_view unfinished_suffix = ".new";

std::string hexadecimal(std::uint64_t number) {
  std::array<char, 16> digits{};
  const char* const end =
      std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
  return {digits.data(), static_cast<std::size_t>(end - digits.data())};
}

// Nobody else's, in whatever pid namespace they are.
std::string unfinished_name() {
  std::uint64_t random = 0;
  if (::getrandom(&random, sizeof random, GRND_NONBLOCK) != sizeof random)
    random = static_cast<std::uint64_t>(::getpid());
  return hexadecimal(random).append(unfinished_suffix);
}

std::string key_of(std::string_view description) {
  std::string key = "generation " + std::to_string(generation) + ", architecture " +
                    std::to_string(static_cast<int>(own_architecture())) + ": ";
  return key.append(description);
}

Result<void> write_all(const Fd& file, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(file.get(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0)
      return fail({.kind = ErrorKind::system, .number = errno, .text = "the machine's image"});
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> write_all(const Fd& file, const std::vector<char>& content) {
  return write_all(file, std::string_view(content.data(), content.size()));
}

Result<std::vector<char>> make_image(const Machine& machine) {
  const FileTree made = machine_files(machine);
  const Root* const root = machine.facts().root.get();
  if (root == nullptr || root->is_host()) return erofs_image(made);
  TRY(const FileTree with_own, with_own_files(made, *root));
  return erofs_image(with_own);
}

// On a disk if possible: not every kernel mounts an image that is in memory.
Result<MachineImage> nameless(const std::vector<char>& image) {
  for (const char* folder : {"/var/tmp", "/tmp"}) {
    Fd file(::open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (file.is_open() && write_all(file, image)) return MachineImage{.file = std::move(file)};
  }
  Fd file(::memfd_create("machine", MFD_CLOEXEC));
  if (!file.is_open())
    return fail({.kind = ErrorKind::system, .number = errno, .text = "the machine's image"});
  CHECK_OK(write_all(file, image));
  return MachineImage{.file = std::move(file)};
}

std::optional<std::string> own_cache_folder() {
  if (::geteuid() == 0) return "/var/cache";
  const char* const cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && *cache == '/') return cache;
  const char* const home = std::getenv("HOME");
  if (home == nullptr || *home != '/') return std::nullopt;
  return std::string(home) + "/.cache";
}

}  // namespace

Result<MachineImage> image_for(std::string_view text, const Machine& machine) {
  if (machine.facts().root == nullptr) {
    if (const auto cache = ImageCache::open()) return cache->image_for(text, machine);
  }
  TRY(const auto image, make_image(machine));
  return nameless(image);
}

Result<ImageCache> ImageCache::open() {
  const auto parent = own_cache_folder();
  if (!parent) {
    return fail({.kind = ErrorKind::unsupported,
                 .text = "HOME",
                 .reason = "it is not set: it names your folder"});
  }
  if (::mkdir(parent->c_str(), S_IRWXU) != 0 && errno != EEXIST)
    return fail({.kind = ErrorKind::system, .number = errno, .text = *parent});
  return open_in(*parent);
}

Result<ImageCache> ImageCache::open_in(const std::string& parent) {
  TRY(StateDir folder, StateDir::open_in(parent));
  return ImageCache(std::move(folder));
}

Result<MachineImage> ImageCache::image_for(std::string_view description,
                                           const Machine& machine) const {
  const std::string key = key_of(description);
  const std::string name = hexadecimal(fast_hash(key)).append(image_suffix);
  if (auto found = find(name, key)) return std::move(*found);
  TRY(auto image, make_image(machine));
  seal_image(image, key);
  auto kept = keep(name, key, image);
  if (kept) return kept;
  return nameless(image);  // the disk is full, or the name is a folder's
}

std::optional<MachineImage> ImageCache::find(const std::string& name, std::string_view key) const {
  auto file = folder_.existing_file(name.c_str());
  if (!file || !is_sealed(*file, key)) return std::nullopt;
  (void)::futimens(file->get(), nullptr);  // the last time that it was of use
  return MachineImage{.file = std::move(*file), .kept = true};
}

Result<MachineImage> ImageCache::keep(const std::string& name, std::string_view key,
                                      const std::vector<char>& image) const {
  const std::string unfinished = unfinished_name();
  TRY(Fd file, folder_.file(unfinished.c_str()));
  auto done = write_all(file, image);
  if (done) {
    // Whatever has the name is not whole, or not of this machine.
    (void)folder_.remove(name.c_str());
    done = folder_.rename(unfinished.c_str(), name.c_str());
  }
  if (done) {
    tidy(name);
    return MachineImage{.file = std::move(file), .kept = true};
  }
  (void)folder_.remove(unfinished.c_str());
  // Somebody was faster, and made the same.
  if (auto found = find(name, key)) return std::move(*found);
  return fail(std::move(done).error());
}

void ImageCache::tidy(const std::string& newest) const {
  struct Kept {
    std::string name;
    std::time_t time;
    std::uint64_t size;
  };
  const auto names = folder_.names();
  if (!names) return;
  std::vector<Kept> images;
  for (const std::string& name : *names) {
    const bool unfinished = name.ends_with(unfinished_suffix);
    if (name == newest || !(unfinished || name.ends_with(image_suffix))) continue;
    const auto file = folder_.existing_file(name.c_str());
    struct stat status{};
    if (!file || ::fstat(file->get(), &status) != 0) continue;
    if (!unfinished) {
      images.push_back({name, status.st_mtime, static_cast<std::uint64_t>(status.st_size)});
    } else if (status.st_mtime + abandoned_after < std::time(nullptr)) {
      (void)folder_.remove(name.c_str());
    }
  }
  std::ranges::sort(images, std::greater(), &Kept::time);
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < images.size(); ++i) {
    bytes += images[i].size;
    if (i + 1 >= most_images || bytes > most_bytes) (void)folder_.remove(images[i].name.c_str());
  }
}

}  // namespace pinfold::sim
