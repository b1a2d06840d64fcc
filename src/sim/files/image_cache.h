// The images of machines, kept from one time to the next.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <pinfold/machine.h>

#include "base/state_dir.h"

namespace pinfold::sim {

/// An image of erofs_image(), in a file that stays as it is as long as it is open, whatever becomes
/// of its name.
struct MachineImage {
  Fd file;
  bool kept = false;  ///< whether the next one who asks will find it

  /// A name to mount it by, for this process alone: /proc/self/fd/N.
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(file.get()); }
};

/// The image of the machine that was opened by `text`. A description's is kept in ImageCache, where
/// one can be had. That of a folder has the folder's own files (overlay.h), and like that of the
/// host is made each time, because the files may have changed. Errors are those of StateDir, and
/// kind `system` where nothing can be written anywhere.
Result<MachineImage> image_for(std::string_view text, const Machine& machine);

/// A folder of the caller's own with a file for each description. They are checked when they are
/// used: one that is damaged or somebody else's is made anew. The oldest go when there are more
/// than 16 or they take more than 256 MB.
class ImageCache {
 public:
  /// Root's is /var/cache/pinfold, that of others $XDG_CACHE_HOME/pinfold or ~/.cache/pinfold.
  /// Errors are those of StateDir.
  static Result<ImageCache> open();
  static Result<ImageCache> open_in(const std::string& parent);

  /// Its image, made where it is missing. Any number of processes may do so at once.
  [[nodiscard]] Result<MachineImage> image_for(std::string_view description,
                                               const Machine& machine) const;

 private:
  explicit ImageCache(StateDir folder) : folder_(std::move(folder)) {}

  [[nodiscard]] std::optional<MachineImage> find(const std::string& name,
                                                 std::string_view key) const;
  [[nodiscard]] Result<MachineImage> keep(const std::string& name, std::string_view key,
                                          const std::vector<char>& image) const;
  void tidy(const std::string& newest) const;

  StateDir folder_;
};

}  // namespace pinfold::sim
