#include "sim/fuse/image_files.h"

#include <algorithm>
#include <array>

namespace pinfold::sim {
namespace {

// The image's root may have any number, here it has 1; so the others are put above that.
constexpr Node above_root = root_node + 1;

unsigned char type_of(ErofsImage::Type type) {
  switch (type) {
    case ErofsImage::Type::folder:
      return DT_DIR;
    case ErofsImage::Type::file:
      return DT_REG;
    case ErofsImage::Type::link:
      return DT_LNK;
  }
  return DT_UNKNOWN;
}

}  // namespace

Node ImageFiles::node_of(ErofsImage::NodeNumber number) const {
  return number == image_.root() ? root_node : static_cast<Node>(number) + above_root;
}

ErofsImage::NodeNumber ImageFiles::number_of(Node node) const {
  return node == root_node ? image_.root() : ErofsImage::NodeNumber{node - above_root};
}

int ImageFiles::find(Node folder, std::string_view name, Node& found) {
  const auto entry = image_.find(number_of(folder), name);
  if (!entry) return -ENOENT;
  found = node_of(entry->node);
  return 0;
}

int ImageFiles::status(Node node, Status& status) {
  const auto found = image_.status(number_of(node));
  if (!found) return -ENOENT;
  status = {.mode = found->mode, .size = found->size, .links = found->links};
  return 0;
}

int ImageFiles::entries(Node folder, std::vector<Entry>& entries) {
  image_.for_each_entry(number_of(folder), [&](const ErofsImage::Entry& entry) {
    if (entry.name != "." && entry.name != "..") {
      entries.push_back({.name = std::string(entry.name),
                         .node = node_of(entry.node),
                         .type = type_of(entry.type)});
    }
    return true;
  });
  return 0;
}

int ImageFiles::read(Node node, std::uint64_t offset, std::size_t length, pid_t /*who*/,
                     std::string& text) {
  const auto number = number_of(node);
  const auto status = image_.status(number);
  if (!status) return -ENOENT;
  if (offset >= status->size) return 0;
  const std::size_t before = text.size();
  text.resize(before + std::min<std::uint64_t>(length, status->size - offset));
  text.resize(before + image_.read(number, offset, std::span(text).subspan(before)));
  return 0;
}

int ImageFiles::read_link(Node node, std::string& target) {
  std::array<char, 4096> buffer{};
  const auto found = image_.link_target(number_of(node), buffer);
  if (!found) return -EINVAL;
  target = *found;
  return 0;
}

}  // namespace pinfold::sim
