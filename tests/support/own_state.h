// A state folder of one's own, so that what a test or a benchmark writes does not stay on the
// machine.
#pragma once

#include <string>

namespace pinfold::test {

/// As long as it lives, StateDir::open() of this process and of what it starts, and the cache of
/// `pinfold sim`, are folders that nobody else uses, and that are gone afterwards: as root an empty
/// /run and /var/cache in a mount namespace of its own (till the process ends), else a temporary
/// XDG_RUNTIME_DIR, which is XDG_CACHE_HOME, too. To be made before there are other threads.
class OwnState {
 public:
  OwnState();
  OwnState(const OwnState&) = delete;
  OwnState& operator=(const OwnState&) = delete;
  ~OwnState();

  /// Why there is none, and the machine's is used; empty where there is one.
  [[nodiscard]] const std::string& missing() const { return missing_; }

  /// The state folder, made or not, for tests that look into it: "/run/pinfold". Empty where it
  /// would be the machine's.
  static const std::string& folder() { return path_; }

 private:
  void hide_folders();
  void make_folder();

  inline static std::string path_;

  std::string made_;
  std::string missing_;
};

}  // namespace pinfold::test
