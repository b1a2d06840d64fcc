#include "shown.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "sim/files/erofs_writer.h"
#include "sim/files/folder_writer.h"

namespace pinfold::test {
using namespace sim;

namespace fs = std::filesystem;

Machine described(const std::string& text) {
  auto machine = Machine::open(text);
  if (!machine) throw std::invalid_argument(message(machine.error()));
  return *machine;
}

Fd image_file(const FileTree& tree) {
  const auto image = erofs_image(tree);
  if (!image) throw std::runtime_error(message(image.error()));
  Fd file(::memfd_create("image", MFD_CLOEXEC));
  std::size_t done = 0;
  while (done < image->size()) {
    const ssize_t written = ::write(file.get(), image->data() + done, image->size() - done);
    if (written <= 0) throw std::runtime_error("the image cannot be written");
    done += static_cast<std::size_t>(written);
  }
  return file;
}

ErofsImage image_of(const FileTree& tree) {
  auto image = ErofsImage::open(image_file(tree));
  if (!image) throw std::runtime_error(message(image.error()));
  return std::move(*image);
}

Shown::Shown(const FileTree& tree) {
  path_ = (fs::exists("/dev/shm") ? "/dev/shm" : testing::TempDir()) + "/pinfold-shown-XXXXXX";
  if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no folder");
  const Fd folder(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const auto written = write_folder(image_of(tree), folder.get());
  if (!written) throw std::runtime_error(message(written.error()));
}

Shown::~Shown() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string Shown::read(const std::string& file) const {
  std::ifstream stream(path_ + '/' + file, std::ios::binary);
  if (!stream) return "(missing)";
  return {std::istreambuf_iterator<char>(stream), {}};
}

bool Shown::has(const std::string& file) const {
  return fs::exists(fs::symlink_status(path_ + '/' + file));
}

std::string Shown::link(const std::string& file) const {
  std::error_code none;
  return fs::read_symlink(path_ + '/' + file, none).string();
}

std::string text_in(const FileTree& tree, std::string_view path) {
  const ErofsImage image = image_of(tree);
  const auto node = image.find_path(path);
  const auto status = node ? image.status(*node) : std::nullopt;
  if (!status || status->type == ErofsImage::Type::folder) return "(missing)";
  std::string text(status->size, '\0');
  text.resize(image.read(*node, 0, text));
  return text;
}

}  // namespace pinfold::test
