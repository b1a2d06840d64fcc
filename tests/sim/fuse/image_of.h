// A tree of files as an image that is served.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <stdexcept>

#include "sim/files/erofs_writer.h"
#include "sim/fuse/image_files.h"

namespace pinfold::test {

inline sim::ImageFiles image_of(const sim::FileTree& tree) {
  const auto image = sim::erofs_image(tree);
  if (!image) throw std::runtime_error(message(image.error()));
  const Fd file(::memfd_create("image", MFD_CLOEXEC));
  if (::write(file.get(), image->data(), image->size()) != static_cast<ssize_t>(image->size())) {
    throw std::runtime_error("write");
  }
  auto opened = sim::ErofsImage::open(file);
  if (!opened) throw std::runtime_error(message(opened.error()));
  return sim::ImageFiles(std::move(*opened));
}

}  // namespace pinfold::test
