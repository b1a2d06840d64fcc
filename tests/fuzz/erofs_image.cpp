#include "sim/files/erofs_image.h"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <string>

#include "require.h"

namespace pinfold::fuzz {
using namespace sim;
namespace {

// A damaged image may have folders within themselves.
constexpr unsigned deep_enough = 8;
constexpr unsigned many_enough = 200;

class Walker {
 public:
  explicit Walker(const ErofsImage& image) : image_(image) {}

  void visit(ErofsImage::NodeNumber node, unsigned depth) {
    const auto status = image_.status(node);
    if (!status) {
      require(image_.read(node, 0, buffer_) == 0, "what has no status has no content");
      return;
    }
    if (++visited_ > many_enough) return;
    read(node, *status);
    const auto target = image_.link_target(node, target_);
    require(!target || (status->type == ErofsImage::Type::link && target->size() == status->size),
            "only a link leads somewhere, and wholly");
    list(node, *status, depth);
  }

 private:
  void read(ErofsImage::NodeNumber node, const ErofsImage::Status& status) {
    std::uint64_t offset = 0;
    while (const std::size_t length = image_.read(node, offset, buffer_)) {
      require(length <= buffer_.size(), "what is read fits");
      offset += length;
    }
    require(offset <= status.size, "a file ends at its size");
    require(image_.read(node, status.size, buffer_) == 0, "nothing is behind the end");
    require(image_.read(node, ~std::uint64_t{0}, buffer_) == 0, "nothing is far behind the end");
  }

  void list(ErofsImage::NodeNumber node, const ErofsImage::Status& status, unsigned depth) {
    std::uint64_t before = 0;
    image_.for_each_entry(node, [&](const ErofsImage::Entry& entry) {
      require(status.type == ErofsImage::Type::folder, "only a folder has entries");
      require(!entry.name.empty() && entry.name.size() <= 255, "names have a length");
      require(entry.name.find('/') == std::string_view::npos, "a name is no path");
      require(entry.name.find('\0') == std::string_view::npos, "a name is text");
      require(entry.next > before, "a listing goes on");
      before = entry.next;
      (void)image_.find(node, entry.name);
      if (depth < deep_enough && visited_ <= many_enough) visit(entry.node, depth + 1);
      return visited_ <= many_enough;
    });
    (void)image_.find(node, "");
    (void)image_.find(node, "online");
  }

  const ErofsImage& image_;
  unsigned visited_ = 0;
  std::array<char, 1000> buffer_{};
  std::array<char, 4096> target_{};
};

}  // namespace
}  // namespace pinfold::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinfold;
  using namespace pinfold::sim;
  const Fd file(::memfd_create("image", MFD_CLOEXEC));
  if (::write(file.get(), data, size) != static_cast<ssize_t>(size)) return 0;
  const auto image = ErofsImage::open(file);
  if (!image) return 0;
  fuzz::Walker(*image).visit(image->root(), 0);
  (void)image->find_path(fuzz::as_text(data, std::min<std::size_t>(size, 64)));
  return 0;
}
