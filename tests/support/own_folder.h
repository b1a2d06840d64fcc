// A folder of the test's own, gone with it.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace pinfold::test {

class OwnFolder {
 public:
  OwnFolder() {
    std::string name = testing::TempDir() + "/pinfold-XXXXXX";
    if (const char* made = ::mkdtemp(name.data())) path_ = made;
  }
  OwnFolder(const OwnFolder&) = delete;
  OwnFolder& operator=(const OwnFolder&) = delete;
  ~OwnFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace pinfold::test
