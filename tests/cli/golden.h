// What the command writes, compared with files. CONTRIBUTING.md says how those are written anew.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace pinfold::test {

inline void compare_with_golden(const std::string& path, const std::string& text) {
  if (std::getenv("PINFOLD_WRITE_GOLDEN")) {
    std::ofstream(path) << text;
    return;
  }
  std::stringstream golden;
  golden << std::ifstream(path).rdbuf();
  EXPECT_EQ(text, golden.str()) << path;
}

}  // namespace pinfold::test
