// An EROFS image as a file system that is served, where the kernel cannot mount it itself.
#pragma once

#include "sim/files/erofs_image.h"
#include "sim/fuse/file_system.h"

namespace pinfold::sim {

class ImageFiles : public FileSystem {
 public:
  explicit ImageFiles(ErofsImage image) : image_(std::move(image)) {}

  [[nodiscard]] Contents contents() const override { return Contents::constant; }
  int find(Node folder, std::string_view name, Node& found) override;
  int status(Node node, Status& status) override;
  int entries(Node folder, std::vector<Entry>& entries) override;
  int read(Node node, std::uint64_t offset, std::size_t length, pid_t who,
           std::string& text) override;
  int read_link(Node node, std::string& target) override;

 private:
  [[nodiscard]] Node node_of(ErofsImage::NodeNumber number) const;
  [[nodiscard]] ErofsImage::NodeNumber number_of(Node node) const;

  const ErofsImage image_;
};

}  // namespace pinfold::sim
