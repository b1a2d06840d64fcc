#include "base/elf.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace pinfold {
namespace {

TEST(Is32BitProgram, KnowsTheTestItself) {
  EXPECT_EQ(is_32_bit_program("/proc/self/exe"), sizeof(void*) == 4);
}

TEST(Is32BitProgram, GoesByTheClassAlone) {
  const std::string path = testing::TempDir() + "/pinfold-elf";
  const auto of = [&](const std::string& content) {
    std::ofstream(path, std::ios::trunc) << content;
    return is_32_bit_program(path.c_str());
  };
  const std::string rest(11, '\0');
  EXPECT_EQ(of("\x7f"
               "ELF\x01" +
               rest),
            true);
  EXPECT_EQ(of("\x7f"
               "ELF\x02" +
               rest),
            false);
  EXPECT_EQ(of("#!/bin/sh\n# a script"), std::nullopt);
  EXPECT_EQ(of("\x7f"
               "ELF"),
            std::nullopt);
  std::filesystem::remove(path);
  EXPECT_EQ(is_32_bit_program(path.c_str()), std::nullopt);
  EXPECT_EQ(is_32_bit_program("/"), std::nullopt);
}

}  // namespace
}  // namespace pinfold
