#include "temporary_folder.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace pinfold::bench {

TemporaryFolder::TemporaryFolder() {
  std::error_code ignored;
  for (const std::filesystem::path& parent :
       {std::filesystem::path("/dev/shm"), std::filesystem::temp_directory_path(ignored)}) {
    std::string path = (parent / "pinfold-bench-XXXXXX").string();
    if (!::mkdtemp(path.data())) continue;
    path_ = std::move(path);
    return;
  }
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace pinfold::bench
