// Machines for properties of drawings: random ones, and those of real machines.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace pinfold::test {

/// A description of at most some thousand CPUs, with limits; for rapidcheck.
std::string any_machine();

/// Copies of real machines' /sys and /proc, where those are.
class Snapshots : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  std::vector<std::string> machines_;

 private:
  std::filesystem::path folder_;
};

}  // namespace pinfold::test
