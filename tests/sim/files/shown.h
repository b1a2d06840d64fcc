// Machines whose files stand in a folder.
#pragma once

#include <string>
#include <string_view>

#include <pinfold/machine.h>

#include "base/fd.h"
#include "sim/files/erofs_image.h"
#include "sim/files/file_tree.h"
#include "sim/files/sysfs.h"
#include "support/own_folder.h"

namespace pinfold::test {

/// The machine that somebody describes; throws std::invalid_argument where that makes no sense.
Machine described(const std::string& text);

/// The image of a tree, in memory.
sim::ErofsImage image_of(const sim::FileTree& tree);
/// The same as a file.
Fd image_file(const sim::FileTree& tree);

/// A folder with the files of a tree, in memory where that is possible; gone with the object.
class Shown {
 public:
  explicit Shown(const sim::FileTree& tree);
  Shown(const Shown&) = delete;
  Shown& operator=(const Shown&) = delete;
  ~Shown();

  [[nodiscard]] const std::string& path() const { return path_; }
  /// The content of a file below it; "(missing)" where there is none.
  [[nodiscard]] std::string read(const std::string& file) const;
  [[nodiscard]] bool has(const std::string& file) const;
  /// Where a link leads to.
  [[nodiscard]] std::string link(const std::string& file) const;

 private:
  std::string path_;
};

/// The content of a file of a tree; "(missing)" where there is none.
std::string text_in(const sim::FileTree& tree, std::string_view path);

}  // namespace pinfold::test
