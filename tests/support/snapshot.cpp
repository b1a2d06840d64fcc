#include "support/snapshot.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "support/program.h"

namespace pinfold::test {

namespace fs = std::filesystem;

std::vector<std::string> snapshot_archives() {
  std::vector<std::string> found;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(PINFOLD_MACHINES, missing)) {
    if (entry.path().extension() == ".bz2") found.push_back(entry.path());
  }
  std::ranges::sort(found);
  if (found.empty()) found.emplace_back();
  return found;
}

std::string snapshot_name(const testing::TestParamInfo<std::string>& archive) {
  std::string name = fs::path(archive.param).stem().stem();
  std::ranges::replace_if(name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name.empty() ? "None" : name;
}

Snapshot::Snapshot(const std::string& archive) {
  // Tens of thousands of small files: in memory, where that is possible.
  const fs::path parent = fs::exists("/dev/shm") ? "/dev/shm" : fs::temp_directory_path();
  std::string name = parent / "pinfold-machine-XXXXXX";
  if (!::mkdtemp(name.data())) throw std::runtime_error(name);
  folder_ = name;
  const Output tar = run({"tar", "-xjf", archive, "-C", folder_});
  for (const auto& entry : fs::directory_iterator(folder_))
    root_ = entry.path();
  if (tar.exit == 0) return;
  fs::remove_all(folder_);
  throw std::runtime_error(tar.err);
}

Snapshot::~Snapshot() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

}  // namespace pinfold::test
